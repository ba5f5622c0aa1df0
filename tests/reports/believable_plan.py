"""The small program's plan: budget lines, their changes and what they earned, people's time, gates of models, links between teams."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.reports import believable
from tests.reports.believable import AS_OF, Rows


def program() -> dict[str, Rows]:
    """All marts of the small program, fresh copies on each call."""
    marts = {**believable.program(), **_budget(), **_earned(), **_people(), **_compliance(), **_links()}
    marts["release_gates"] = [
        {"model_id": "acme:ranker", "framework_reference": "SR 11-7 controls", **row} for row in marts["release_gates"]
    ]
    return marts


def _budget() -> dict[str, Rows]:
    """Two lines of fraud, one of search, over January to December; October is the last closed month."""
    lines: Rows = []
    row_number = 1
    for line, initiative, category, planned, actual in (
        ("B-1", "fraud", "People", 60000.0, 58000.0),
        ("B-2", "fraud", "Cloud compute", 10000.0, 14000.0),
        ("B-3", "search", "People", 40000.0, 55000.0),
    ):
        for month in range(1, 13):
            row_number += 1
            lines.append(
                {
                    "budget_line_id": f"acme:{line}",
                    "month_date": date(2026, month, 1),
                    "initiative_id": initiative,
                    "initiative_as_given": initiative,
                    "category": category,
                    "is_reserve": False,
                    "planned_amount": planned,
                    "actual_amount": actual if month < 11 else None,
                    "forecast_amount": actual,
                    "currency": "EUR",
                    "planned_cell": f"Budget!E{row_number}",
                    "actual_cell": f"Budget!F{row_number}" if month < 11 else None,
                    "forecast_cell": f"Budget!G{row_number}",
                    "faults": [],
                }
            )
    lines[4] |= {"actual_amount": None, "faults": ['Budget!F6: "12k" is not an amount']}
    reserve: dict[str, Any] = {
        "budget_line_id": "acme:B-9", "month_date": date(2026, 12, 1), "initiative_id": "fraud", "category": "Reserve",
        "is_reserve": True, "planned_amount": 50000.0, "planned_cell": "Budget!E40", "faults": [],
    }  # fmt: skip
    changes: Rows = [
        {"budget_line_id": "acme:B-3", "month_date": date(2026, 10, 1), "field": "actual", "old_amount": None, "new_amount": 55000.0, "seen_at": AS_OF - timedelta(days=20)},
        {"budget_line_id": "acme:B-1", "month_date": date(2026, 12, 1), "field": "forecast", "old_amount": 60000.0, "new_amount": 58000.0, "seen_at": AS_OF - timedelta(days=6)},
        {"budget_line_id": "acme:B-7", "month_date": date(2026, 12, 1), "field": "planned", "old_amount": 9000.0, "new_amount": None, "seen_at": AS_OF - timedelta(days=6)},
    ]  # fmt: skip
    burns: Rows = [
        {"scope_id": scope, "initiative_id": initiative, "run_rate_month_count": 3, "run_rate_amount": rate, "planned_rate_amount": planned, "runway_months": runway, "runs_out_month_date": until, "planned_until_month_date": date(2026, 12, 1), "notes": notes}
        for scope, initiative, rate, planned, runway, until, notes in (
            ("*", None, 127000.0, 110000.0, 48 / 127, date(2026, 11, 1), "one actual is missing: it counts at its plan, its month is not in the rate"),
            ("fraud", "fraud", 72000.0, 70000.0, 118 / 72, date(2026, 12, 1), "one actual is missing: it counts at its plan, its month is not in the rate"),
            ("search", "search", 55000.0, 40000.0, 0.0, date(2026, 10, 1), None),
            ("care", "care", None, None, None, None, "no month is closed yet"),
        )
    ]  # fmt: skip
    reserves: Rows = [
        {"scope_id": scope, "initiative_id": initiative, "open_risk_count": count, "residual_exposure": residual, "contingency_amount": held, "reserve_amount": kept, "drawn_amount": 0.0, "uncovered_exposure": residual - held, "reserve_left_amount": kept - residual + held}
        for scope, initiative, count, residual, held, kept in (("fraud", "fraud", 1, 60000.0, 40000.0, 50000.0), ("search", "search", 1, 45000.0, 0.0, 0.0), ("*", None, 2, 105000.0, 40000.0, 50000.0))
    ]  # fmt: skip
    return {
        "budget_lines": [*lines, reserve],
        "bad_cells": [
            {
                "tab": "budget",
                "cell": "Budget!F6",
                "message": 'Budget!F6: "12k" is not an amount',
                "seen_at": AS_OF - timedelta(days=1),
            },
            {
                "tab": "risks",
                "cell": "Risks!E4",
                "message": 'Risks!E4: "soon" is not a date; no version before had a value, so it is unknown',
                "seen_at": AS_OF - timedelta(days=2),
            },
        ],
        "budget_changes": changes,
        "budget_burn": burns,
        "risk_reserves": reserves,
    }


def _earned() -> dict[str, Rows]:
    rows: Rows = []
    for initiative, total, efficiency, pace in (
        (None, 2.4e6, 0.89, 0.93),
        ("fraud", 1.25e6, 0.97, 0.78),
        ("search", 9e5, 0.78, 1.01),
        ("care", 2.5e5, None, None),
    ):
        for index in range(12):
            planned = total * (index + 1) / 12
            passed = index < 11
            earned = planned * pace if passed and pace else None
            rows.append(
                {
                    "initiative_id": initiative,
                    "month_date": date(2026, index + 1, 1),
                    "bac_amount": total,
                    "pv_amount": planned,
                    "ev_amount": earned,
                    "ac_amount": (earned / efficiency) if earned and efficiency else planned if passed else None,
                    "cpi": efficiency,
                    "spi_t": pace,
                    "eac_amount": total / efficiency if efficiency else None,
                    "vac_amount": total - total / efficiency if efficiency else None,
                    "vac_tolerance_amount": total * 0.005,
                    "notes": None if efficiency else "no percent complete: no issue carries points",
                }
            )
    return {"earned_value": rows}  # fmt: skip


def _people() -> dict[str, Rows]:
    """October to December: p1 is promised twice, p2 has half a job."""
    shares = [("p1", "fraud", 0.8), ("p1", "search", 0.5), ("p2", "fraud", 0.4), ("p3", "care", 1.0)]
    months = [date(2026, month, 1) for month in (10, 11, 12)]
    monthly: Rows = []
    for month in months:
        is_now = month.month == 11
        monthly += [
            {"person_id": "p1", "month_date": month, "allocated_share": 1.3, "capacity_share": 1.0, "is_over_allocated": True, "initiative_ids": ["fraud", "search"], "wip_count": 2 if is_now else None},
            {"person_id": "p2", "month_date": month, "allocated_share": 0.4, "capacity_share": 0.5, "is_over_allocated": False, "initiative_ids": ["fraud"], "wip_count": 1 if is_now else None},
            {"person_id": "p3", "month_date": month, "allocated_share": 1.0, "capacity_share": None, "is_over_allocated": False, "initiative_ids": ["care"], "wip_count": 4 if is_now else None},
        ]  # fmt: skip
    return {
        "allocations": [
            {"person_id": person, "initiative_id": initiative, "month_date": month, "allocated_share": share}
            for person, initiative, share in shares
            for month in months
        ],
        "capacity_monthly": monthly,
        "team_hours_monthly": [
            {"team": "Fraud", "month_date": date(2026, 9, 1), "member_count": 6, "after_hours_share": 0.09},
            {"team": "Fraud", "month_date": date(2026, 10, 1), "member_count": 6, "after_hours_share": 0.14},
        ],
        "skill_gaps": [
            {"skill": "ranking", "month_date": date(2026, 11, 1), "needed_share": 1.5, "available_share": 0.9, "gap_share": 0.6},
            {"skill": "Python", "month_date": date(2026, 11, 1), "needed_share": 1.0, "available_share": 3.0, "gap_share": -2.0},
        ],
    }  # fmt: skip


def _compliance() -> dict[str, Rows]:
    return {
        "model_inventory": [
            {"model_id": "acme:ranker", "purpose": "Orders search results", "owner_person_id": "p3", "risk_tier": "limited", "training_data": ["clicks 3f2a"], "validation_status": "failed", "last_review_date": date(2026, 5, 4), "next_review_date": date(2026, 11, 4)},
            {"model_id": "acme:fraud-scorer", "purpose": "Holds payments", "owner_person_id": "p3", "risk_tier": "high", "training_data": ["payments 77c0", "labels 12ab"], "validation_status": "passed with waivers", "next_review_date": date(2027, 1, 15)},
            {"model_id": "acme:care-intent", "validation_status": "unknown"},
        ],
    }  # fmt: skip


def _links() -> dict[str, Rows]:
    return {
        "dependencies": [
            {"from_issue_id": "acme:1000", "to_issue_id": "acme:1002", "from_project": "FRAUD", "to_project": "SEARCH", "is_resolved": False, "needed_by_date": date(2026, 12, 1), "needed_by_source": "due date of SEARCH-88", "p80_date": date(2026, 12, 20), "p80_source": "12 finished items of FRAUD that took at least as long", "is_late": True, "late_days": 19},
            {"from_issue_id": "acme:1000", "to_issue_id": "acme:1003", "from_project": "FRAUD", "to_project": "SEARCH", "is_resolved": False, "needed_by_date": date(2026, 12, 9), "needed_by_source": "due date of SEARCH-91", "p80_date": date(2026, 12, 20), "p80_source": "12 finished items of FRAUD that took at least as long", "is_late": True, "late_days": 11},
            {"from_issue_id": "acme:1001", "to_issue_id": "acme:1003", "from_project": "FRAUD", "to_project": "SEARCH", "is_resolved": True},
        ],
        "dependency_chains": [
            {"milestone_id": "m2", "root_issue_id": "acme:1000", "initiative_id": "fraud", "chain_issue_ids": ["acme:1000", "acme:1002"], "chain_issue_keys": ["FRAUD-212", "SEARCH-88"], "held_issue_count": 2, "target_date": date(2026, 12, 18), "p80_date": date(2026, 12, 20), "is_late": True, "chain_rank": 1},
            {"milestone_id": "m4", "root_issue_id": "acme:1000", "initiative_id": "fraud", "chain_issue_ids": ["acme:1000", "acme:1002"], "chain_issue_keys": ["FRAUD-212", "SEARCH-88"], "held_issue_count": 2, "target_date": date(2026, 12, 19), "p80_date": date(2026, 12, 20), "is_late": True, "chain_rank": 1},
            {"milestone_id": "m2", "root_issue_id": "acme:1001", "initiative_id": "search", "chain_rank": 2},
        ],
        "unit_costs": [
            {"initiative_id": initiative, "unit": unit, "month_date": date(2026, month, 1), "amount": amount, "unit_count": count, "amount_per_unit": amount / count if amount and count else None, "amount_per_unit_to_date": to_date, "known_month_count": known, "notes": notes}
            for initiative, unit, month, amount, count, to_date, known, notes in (
                ("fraud", "story_point", 9, 60000.0, 20.0, 3000.0, 9, None),
                ("fraud", "story_point", 10, 72000.0, 18.0, 3300.0, 10, "2 of 9 finished items have no points"),
                ("fraud", "model_version", 10, 72000.0, None, None, 0, "the hub did not see the registry then"),
                ("search", "model_version", 10, 48000.0, None, None, 0, "the hub did not see the registry then"),
                ("search", "story_point", 9, 40000.0, 20.0, 2000.0, 9, None),
                ("search", "story_point", 10, 48000.0, 12.0, 2600.0, 10, None),
                ("search", "experiment_hour", 10, 9000.0, 30.0, 250.0, 10, None),
            )
        ],
        "increments": [
            {"increment_id": name, "team": team, "start_date": start, "end_date": end, "is_over": is_over, "sprint_count": 6, "misaligned_sprint_count": edge + step, "edge_sprint_count": edge, "out_of_step_sprint_count": step, "planned_value": planned, "actual_value": actual, "predictability_share": actual / planned if actual else None}
            for name, team, start, end, is_over, edge, step, planned, actual in (
                ("PI 2026-3", "Fraud", date(2026, 7, 1), date(2026, 9, 30), True, 1, 0, 40.0, 30.0),
                ("PI 2026-3", "Search", date(2026, 7, 1), date(2026, 9, 30), True, 0, 0, 50.0, 55.0),
                ("PI 2026-4", "Fraud", date(2026, 10, 1), date(2026, 12, 31), False, 1, 2, 45.0, None),
            )
        ],
        "evidence_chain": [
            {"chain_id": "fraud > acme:1000 > p > v", "initiative_id": "fraud", "budget_line_ids": ["acme:B-1", "acme:B-2"], "issue_id": "acme:1000", "pull_request_id": None, "mlflow_run_id": "acme:r1", "model_version_id": "acme:ranker:1", "run_count": 1, "reaches": "model_version", "confidence": 0.86, "broken_at": None, "remedy": None},
            {"chain_id": "? > ? > ? > w", "initiative_id": None, "budget_line_ids": [], "model_version_id": "acme:care-intent:2", "run_count": 0, "reaches": "model_version", "confidence": None, "broken_at": "run", "remedy": "Register versions from the run that trained them"},
            {"chain_id": "search > acme:1002 > p > w", "initiative_id": "search", "budget_line_ids": ["acme:B-3"], "issue_id": "acme:1002", "model_version_id": "acme:ranker:7", "run_count": 1, "reaches": "model_version", "confidence": 0.86, "broken_at": "initiative", "remedy": "Map the epic of the issue in the roadmap tab"},
            {"chain_id": "fraud > acme:1001 > ? > ?", "initiative_id": "fraud", "budget_line_ids": ["acme:B-1"], "issue_id": "acme:1001", "run_count": 0, "reaches": "issue", "confidence": 0.9, "broken_at": "pull_request", "remedy": "Name the issue in a branch or title"},
        ],
        "objectives": [
            {"objective_id": "O1", "objective": "Less fraud", "key_result": "Chargebacks per 10,000 orders", "baseline_value": 31.0, "target_value": 18.0, "current_value": 27.5, "value_from": "sheet", "progress_share": 0.27, "status": "on the way"},
        ],
        "identities": [
            {"source": "jira", "instance": "acme", "account": "j-1", "person_id": "p1", "method": "e-mail"},
            {"source": "github", "instance": "acme", "account": "octo-mei", "person_id": "p9", "method": "account"},
            {"source": "github", "instance": "acme", "account": "renovate", "person_id": None, "method": "bot"},
        ],
        "identity_suggestions": [
            {"suggestion_id": "github acme octo-mei -> p3", "source": "github", "account": "octo-mei", "person_id": "p3", "evidence": "the login reads like the name", "score": 0.8},
        ],
    }  # fmt: skip
