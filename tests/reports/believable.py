"""A small program as rows of the marts: three initiatives, each with its own trouble. Numbers here are not derived from
one another: the marts are given, the reports only show them.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any

Rows = list[dict[str, Any]]

AS_OF = datetime(2026, 11, 24, 6, 0)  # noqa: DTZ001 - marts hold naive UTC
TODAY = AS_OF.date()
MONDAY = date(2026, 11, 23)


def program() -> dict[str, Rows]:
    """All marts, fresh copies on each call."""
    return {**_plan(), **_status(), **_risks(), **_delivery(), **_pulls(), **_models(), **_sources()}


def _plan() -> dict[str, Rows]:
    initiatives = [
        ("fraud", "Fraud detection 2.0", 9.5),
        ("search", "Search ranking", 7.0),
        ("care", "Customer care assistant", 4.2),
    ]
    return {
        "initiatives": [
            {"initiative_id": key, "name": name, "wsjf": wsjf, "owner_person_id": "p1"} for key, name, wsjf in initiatives
        ],
        "people": [
            {"person_id": "p1", "display_name": "Ada Wiśniewska", "team": "Fraud", "is_listed": True},
            {"person_id": "p2", "display_name": "Jonas Lindqvist", "team": "Fraud", "is_listed": True},
            {"person_id": "p3", "display_name": "Mei Tanaka", "team": "Fraud", "is_listed": True},
            {"person_id": "person-79066a87a524", "display_name": "Ines Novak"},
        ],
        "milestones": [
            {"milestone_id": "m1", "initiative_id": "fraud", "name": "Pilot in two countries", "baseline_date": date(2026, 9, 30), "target_date": date(2026, 10, 15), "done_date": date(2026, 10, 20), "slip_days": 20, "status": "done"},
            {"milestone_id": "m2", "initiative_id": "fraud", "name": "General availability", "baseline_date": date(2026, 12, 18), "target_date": date(2026, 12, 18), "forecast_p50_date": date(2026, 12, 30), "forecast_p80_date": date(2027, 1, 8), "slip_days": 21, "on_time_share": 0.12, "status": "red"},
            {"milestone_id": "m3", "initiative_id": "search", "name": "Ranking model in production", "baseline_date": date(2027, 2, 1), "target_date": date(2027, 2, 15), "forecast_p50_date": date(2027, 1, 25), "forecast_p80_date": date(2027, 2, 11), "slip_days": -4, "on_time_share": 0.86, "status": "green"},
            {"milestone_id": "m4", "initiative_id": "care", "name": "Privacy review passed", "baseline_date": date(2027, 3, 1), "target_date": date(2027, 3, 1), "forecast_reason": "only 3 full weeks of finished work, 6 are needed"},
        ],
        "decisions": [
            {"decision_id": "D-7", "kind": "decision", "text": "Move the launch of fraud detection to January, or cut the second country?", "initiative_id": "fraud", "owner_person_id": "p1", "due_date": date(2026, 11, 20), "status": "open", "is_open": True, "is_overdue": True},
            {"decision_id": "D-8", "kind": "decision", "text": "Buy GPU capacity for the first half of 2027", "options": ["Buy 40 cards", "Rent by the hour"], "recommendation": "Rent until the pilot has shown its value", "owner_person_id": "p2", "due_date": date(2026, 12, 4), "status": "open", "is_open": True, "is_overdue": False},
            {"decision_id": "D-2", "kind": "decision", "text": "Vendor for labelling", "owner_person_id": "p2", "due_date": date(2026, 8, 4), "status": "closed", "is_open": False, "is_overdue": False},
            {"decision_id": "A-1", "kind": "action", "text": "Ask the platform team for a date", "owner_person_id": "p3", "due_date": date(2026, 11, 12), "status": "open", "is_open": True, "is_overdue": True},
            {"decision_id": "I-3", "kind": "issue", "text": "The feature store loses late events", "due_date": None, "status": "open", "is_open": True},
        ],
    }  # fmt: skip


DIMENSIONS = ("overall", "schedule", "budget", "scope", "delivery", "model_health", "risk", "resources", "compliance")
COLOURS = {
    None: ["red", "amber", "amber", "amber", "green", "red", "amber", "green", "white"],
    "fraud": ["red", "red", "green", "red", "green", "amber", "amber", "green", "white"],
    "search": ["amber", "green", "amber", "green", "green", "red", "green", "green", "white"],
    "care": ["white", "white", "green", "green", "white", "white", "green", "green", "white"],
}
REASONS = {
    "red": "General availability is forecast 3 weeks after its target",
    "amber": "Cost efficiency is 0.89, below 0.95",
    "green": "Everything measured is within its limits",
    "white": "No forecast: fewer than six full weeks of finished work",
}


def _status() -> dict[str, Rows]:
    now = [
        {
            "initiative_id": initiative,
            "dimension": dimension,
            "status": colour,
            "rule": f"{dimension}_rule",
            "value": {"red": 21.0, "amber": 0.89}.get(colour),
            "threshold": {"red": 14.0, "amber": 0.95}.get(colour),
            "unit": {"red": "days", "amber": "ratio"}.get(colour),
            "reason": REASONS[colour],
            "first_reason": REASONS[colour],
            "turns_green_when": {"red": "the forecast is at most 5 days after the target", "amber": "cost efficiency is 0.95 or more"}.get(colour),
            "evidence": [f"acme:{initiative or 'program'}-{dimension}"],
        }
        for initiative, colours in COLOURS.items()
        for dimension, colour in zip(DIMENSIONS, colours, strict=True)
    ]  # fmt: skip
    now[12] |= {
        "evidence": ["FRAUD-212", "earned_value fraud 2026-10"],
        "evidence_links": [
            {"id": "FRAUD-212", "kind": "issue", "url": "https://acme.example/browse/FRAUD-212", "place": None},
            {
                "id": "earned_value fraud 2026-10",
                "kind": "earned_value",
                "url": "javascript:alert(1)",
                "place": "Plan, row seven",
            },
        ],
        "evidence_chain_ids": ["fraud > acme:1000 > p > v"],
    }
    now[11] |= {
        "override_status": "amber",
        "override_reason": "The second country moves to 2027",
        "override_until_date": date(2026, 12, 15),
    }
    before = [
        {"week_date": date(2026, 11, 16), "initiative_id": row["initiative_id"], "dimension": row["dimension"], "status": "green" if row["dimension"] == "scope" else row["status"], "basis": "known"}
        for row in now
    ]  # fmt: skip
    return {
        "program_status": now,
        "program_status_weekly": before,
        "changes": [
            {"subject_kind": "milestone", "subject_id": "m2", "subject_name": "General availability", "initiative_id": "fraud", "what": "target_date", "old_value": "2026-12-11", "new_value": "2026-12-18", "seen_at": AS_OF - timedelta(days=2)},
            *({"subject_kind": "issue", "subject_id": f"acme:{number}", "subject_name": "FRAUD-9 Score", "initiative_id": "fraud", "what": what, "seen_at": AS_OF - timedelta(days=3)} for number, what in enumerate(("scope_in", "scope_in", "scope_out", "story_points"))),
            *({"subject_kind": "budget_line", "subject_id": f"acme:B-{month}", "initiative_id": "fraud", "what": f"actual 2026-{month}", "new_value": "1500.0", "seen_at": AS_OF - timedelta(days=4)} for month in (10, 11)),
            {"subject_kind": "risk", "subject_id": "R-9", "subject_name": "Old", "what": "row", "new_value": "there", "seen_at": AS_OF - timedelta(days=30)},
        ],
    }  # fmt: skip


def _risks() -> dict[str, Rows]:
    return {
        "risks": [
            {"risk_id": "R-1", "title": "Second country needs another data-protection assessment", "initiative_id": "fraud", "owner_person_id": "p1", "probability_share": 0.6, "impact": 180000.0, "exposure": 108000.0, "due_date": date(2026, 11, 10), "status": "open", "is_open": True, "is_overdue": True, "is_stale": False, "trigger": "champion_staleness_days > 60", "trigger_title": "Time since the model in service was trained", "trigger_operator": ">", "trigger_bound": 60.0, "trigger_unit": "days", "trigger_value": 143.7, "is_triggered": True},
            {"risk_id": "R-2", "title": "GPU capacity runs out in January", "initiative_id": "search", "probability_share": 0.3, "impact": 250000.0, "exposure": 75000.0, "due_date": date(2026, 12, 20), "status": "open", "is_open": True, "is_overdue": False, "is_stale": True, "is_triggered": False},
            {"risk_id": "R-3", "title": "Closed long ago", "status": "closed", "is_open": False, "exposure": 999999.0},
        ],
        "risk_signals": [
            {"signal_id": "s1", "rule": "milestone_p80_after_target", "severity": "high", "subject": "General availability", "initiative_id": "fraud", "since_at": AS_OF - timedelta(days=9), "evidence": ["21 days after target"]},
            {"signal_id": "s2", "rule": "blocker_older_than_5_days", "title": "Work stays blocked", "severity": "medium", "subject": "FRAUD-212", "initiative_id": "fraud", "since_at": AS_OF - timedelta(days=11), "evidence": ["FRAUD-212", "PLAT-90"]},
        ],
        "risk_proposals": [
            {"proposal_id": "milestone_forecast fraud", "rule": "milestone_forecast", "initiative_id": "fraud", "title": "A milestone is forecast to miss its target", "severity": "high", "reason": "General availability is expected 21 days after its target", "proposed_trigger": "milestone_p80_slip_days > 0", "trigger_title": "Days by which a milestone misses its target", "trigger_operator": ">", "trigger_bound": 0.0, "trigger_unit": "days", "signal_ids": ["s1"], "evidence": ["FRAUD-212"]},
        ],
    }  # fmt: skip


def _delivery() -> dict[str, Rows]:
    weeks: Rows = []
    for project, base, slowing in (("FRAUD", 5.0, 1.0), ("SEARCH", 7.0, 0.0)):
        for index in range(26):
            swing = 1 + 0.25 * math.sin(index * 1.7)
            middle = (90 + slowing * max(0, index - 18) * 18) * swing
            weeks.append(
                {
                    "project_key": project,
                    "week_date": MONDAY - timedelta(weeks=26 - index),
                    "arrived_count": round(base * swing + 1),
                    "finished_count": round(base * (2 - swing)),
                    "wip_count": 9 + index % 5,
                    "wip_age_p50_hours": 120.0,
                    "cycle_time_p50_hours": None if index == 4 else middle,
                    "cycle_time_p85_hours": None if index == 4 else middle * 2.3,
                    "flow_efficiency_share": 0.4,
                }
            )
    going = [
        ("FRAUD-212", "Score transactions within 80 ms at the 99th percentile", 31, True, True),
        ("FRAUD-240", "Backfill labels for Q3", 12, False, True),
        ("SEARCH-88", "Learning-to-rank features from clicks", 5, False, False),
        ("SEARCH-91", "Nightly evaluation on the golden set", 2, False, False),
    ]
    issues: Rows = [
        {"issue_id": f"acme:{1000 + index}", "issue_key": key, "instance": "acme", "project_key": key.split("-")[0], "summary": summary, "status": "In Review", "stage": "in_progress", "assignee_person_id": "p3" if index else None, "started_at": AS_OF - timedelta(days=age), "age_hours": age * 24.0, "is_blocked": blocked, "blocked_hours": 264.0 if blocked else 0.0, "is_stalled": stalled, "is_work_item": True, "is_in_progress": True}
        for index, (key, summary, age, blocked, stalled) in enumerate(going)
    ]  # fmt: skip
    going_on = {"started_at": AS_OF, "is_work_item": True, "is_in_progress": True}
    issues += [
        {**going_on, "issue_id": "acme:1", "issue_key": "FRAUD-1", "is_in_progress": False, "done_at": AS_OF},
        {**going_on, "issue_id": "acme:2", "issue_key": "FRAUD-2", "deleted_at": AS_OF},
        {**going_on, "issue_id": "acme:3", "issue_key": "FRAUD-3", "is_work_item": False, "issue_type": "Epic"},
    ]
    finished = [("FRAUD-180", 200, 31.0), ("FRAUD-201", 20, 130.0), ("FRAUD-209", 9, 60.0), ("SEARCH-80", 3, 250.0)]
    issues += [
        {**going_on, "issue_id": f"acme:{key}", "issue_key": key, "project_key": key.split("-")[0], "summary": "Done", "is_in_progress": False, "is_delivered": True, "done_at": AS_OF - timedelta(days=ago), "cycle_time_hours": hours}
        for key, ago, hours in finished
    ]  # fmt: skip
    return {
        "flow_weekly": weeks,
        "flow_recent": [
            {"scope_kind": "project", "scope_id": project, "from_date": MONDAY - timedelta(weeks=26), "cycle_time_count": 60, "cycle_time_p50_hours": 110.0, "cycle_time_p85_hours": 240.0, "cycle_time_p95_hours": p95, "wip_count": 2, "overdue_wip_count": old}
            for project, p95, old in (("FRAUD", 380.0, 2), ("SEARCH", None, 0))
        ],
        "flow_daily": [
            {"project_key": "FRAUD", "stage": stage, "stage_rank": rank, "day_date": TODAY - timedelta(days=ago), "issue_count": count}
            for ago in range(60)
            for stage, rank, count in (("ready", 1, 30 - ago // 10), ("in_progress", 2, 4 + ago % 3), ("done", 9, 200 - ago))
        ],
        "flow_daily_by_scope": [
            {"scope_kind": "initiative", "scope_id": "fraud", "stage": stage, "day_date": TODAY - timedelta(days=ago), "issue_count": count + ago}
            for ago in range(60)
            for stage, count in (("ready", 30), ("in_progress", 6), ("done", 100))
        ],
        "issues": issues,
        "sprints": [
            {"sprint_id": f"acme:{number}", "name": f"Fraud {number}", "state": "closed", "completed_at": AS_OF - timedelta(days=14 * (40 - number) + 4), "committed_count": 14, "added_count": 3, "removed_count": 1, "completed_count": 9 + number % 4, "carried_over_count": 5, "say_do_share": 0.57 + 0.05 * (number % 4), "goal": "Latency below 80 ms"}
            for number in range(36, 41)
        ],
        "forecast_calibration": [
            {"scope_kind": kind, "scope_id": scope, "backtest_count": 4, "p50_hit_share": 0.5, "p80_hit_share": 0.75, "p95_hit_share": 1.0}
            for kind, scope in (("project", "FRAUD"), ("program", "program"))
        ],
        "delivery_forecasts": [
            {"scope_kind": "milestone", "scope_id": "m2", "scenario": "base", "remaining_count": 41, "p50_date": date(2026, 12, 30), "p80_date": date(2027, 1, 8), "target_date": date(2026, 12, 18), "on_time_share": 0.12, "backtest_count": 4, "backtest_p80_hit_share": 0.75},
            *_scenarios(),
            {"scope_kind": "milestone", "scope_id": "m4", "scenario": "base", "remaining_count": 12, "target_date": date(2027, 3, 1), "reason": "only 3 full weeks of finished work, 6 are needed"},
        ],
    }  # fmt: skip


def _scenarios() -> Rows:
    """The fan of an initiative: as it goes, with a fifth less, and with nothing added."""
    return [
        {"scope_kind": "initiative", "scope_id": "fraud", "scenario": scenario, "open_count": 36, "remaining_count": left, "p50_date": date(2027, 1, day), "p80_date": date(2027, 2, day), "p95_date": date(2027, 3, day), "target_date": date(2027, 1, 15), "on_time_share": share, "backtest_count": 4, "backtest_p80_hit_share": 0.75}
        for scenario, left, day, share in (("base", 41, 10, 0.3), ("scope frozen", 36, 3, 0.5), ("throughput 20 % lower", 41, 20, 0.1))
    ]  # fmt: skip


def _pulls() -> dict[str, Rows]:
    weeks: Rows = [
        {"repository": repository, "week_date": MONDAY - timedelta(weeks=26 - index), "merged_count": 4 + index % 4, "time_to_merge_p50_hours": hours * (1 + 0.2 * math.sin(index)), "pickup_p50_hours": hours * (0.5 + 0.02 * index), "review_p50_hours": hours * 0.3, "unlinked_share": 0.1}
        for repository, hours in (("acme/fraud-model", 30.0), ("acme/ranker", 18.0))
        for index in range(26)
    ]  # fmt: skip
    pulls: Rows = [
        {"pull_request_id": f"acme:PR_{number}", "repository": "acme/fraud-model", "number": number, "title": title, "author_person_id": "p2", "is_bot": is_bot, "is_draft": is_draft, "state": "open", "created_at": AS_OF - timedelta(days=age), "first_review_at": None, "review_count": 0, "size_class": "M"}
        for number, title, age, is_bot, is_draft in (
            (311, "Quantise the scoring model", 16, False, False),
            (324, "Draft: streaming features", 9, False, True),
            (330, "Cache embeddings between calls", 2, False, False),
            (331, "Bump numpy", 30, True, False),
        )
    ]  # fmt: skip
    stages: Rows = [
        {"scope_kind": "program", "scope_id": "program", "month_date": date(2026, month, 1), "stage": stage, "stage_rank": rank, "complete_count": 20 + month, "known_count": 30, "p50_hours": hours / 2, "complete_mean_hours": hours + month}
        for month in range(1, 12)
        for rank, (stage, hours) in enumerate({"coding": 40.0, "draft": 2.0, "pickup": 20.0, "review": 15.0, "deploy": 70.0}.items(), start=1)
    ]  # fmt: skip
    of_repositories = {
        "acme/fraud-model": {"coding": 60.0, "draft": 0.0, "pickup": 20.0, "review": 15.0, "deploy": 200.0},
        "acme/ranker": {"coding": 5.0, "draft": 1.0, "pickup": 6.0, "review": 4.0, "deploy": 70.0},
    }
    stages += [
        {"scope_kind": "repository", "scope_id": repository, "month_date": date(2026, 10, 1), "stage": stage, "stage_rank": rank, "complete_count": 9, "complete_mean_hours": hours}
        for repository, means in of_repositories.items()
        for rank, (stage, hours) in enumerate(means.items(), start=1)
    ]  # fmt: skip
    return {
        "pull_request_stages_monthly": stages,
        "pull_requests_weekly": weeks,
        "pull_requests": pulls,
        "dora_monthly": [
            {"scope_kind": "program", "scope_id": "program", "month_date": month, "deployment_source": "deployments", "deployment_count": 14, "deployment_frequency_per_week": 2.5, "lead_time_for_changes_p50_hours": 52.0, "change_failure_share": 0.143, "recovery_p50_hours": None, "deployment_frequency_band": "high", "lead_time_band": "high"}
            for month in (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
        ],
    }  # fmt: skip


def _models() -> dict[str, Rows]:
    health = [
        ("acme:fraud-scorer", "amber", ["the challenger is worse than the champion in recall"], 41.0, 90.0, 1, 0),
        (
            "acme:ranker",
            "red",
            ["the champion is 132 days old, its limit is 60", "2 required gates are open"],
            132.0,
            60.0,
            0,
            2,
        ),
        ("acme:query-rewriter", "green", [], 12.0, 90.0, 0, 0),
        ("acme:care-intent", "white", ["no version has the alias champion"], None, 90.0, None, None),
    ]
    models: Rows = []
    versions: Rows = []
    for model_id, *_ in health:
        name = model_id.split(":")[1]
        is_new = name == "care-intent"
        models.append(
            {
                "model_id": model_id,
                "name": name,
                "owner_person_id": None if is_new else "p3",
                "initiative_id": "search" if "rank" in name else "fraud",
                "champion_version": None if is_new else "7",
                "challenger_version": "8" if name == "fraud-scorer" else None,
                "latest_version": "8",
            }
        )
        versions += [
            {
                "model_version_id": f"{model_id}:{number}",
                "model_id": model_id,
                "version": str(number),
                "mlflow_run_id": f"acme:run{number}",
                "created_at": AS_OF - timedelta(days=30 * (9 - number)),
                "aliases": ["champion"] if number == 7 and not is_new else [],
                "git_commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
            }
            for number in (8, 7, 6, 5)
        ]
    return {
        "model_health": [
            {"model_id": model_id, "status": status, "reasons": reasons, "turns_green_when": ["it is so no more" for _ in reasons], "staleness_days": age, "staleness_limit_days": limit, "regression_count": regressions, "run_failure_share_30d": 0.08, "reproducible_share": 0.85, "has_owner": model_id != "acme:care-intent", "has_linked_issue": status != "red", "open_gate_count": gates, "last_trained_at": None if age is None else AS_OF - timedelta(days=age)}
            for model_id, status, reasons, age, limit, regressions, gates in health
        ],
        "registered_models": models,
        "model_versions": versions,
        "model_metrics": [
            {"model_version_id": "acme:fraud-scorer:8", "metric": "recall", "value": 0.871, "baseline_value": 0.902, "target_value": 0.9, "delta": -0.031, "direction": 1, "is_better": False, "is_regression": True},
            {"model_version_id": "acme:fraud-scorer:8", "metric": "precision", "value": 0.944, "baseline_value": 0.931, "delta": 0.013, "direction": 1, "is_better": True, "is_regression": False},
            {"model_version_id": "acme:ranker:7", "metric": "ndcg_at_10", "value": 0.412, "baseline_value": 0.409, "delta": 0.003},
            {"model_version_id": "acme:query-rewriter:7", "metric": "wer", "value": 0.07, "direction": -1},
            {"model_version_id": "acme:ranker:5", "metric": "ndcg_at_10", "value": 0.111},
        ],
        "release_gates": [
            {"model_version_id": "acme:ranker:7", "gate": "privacy_review", "title": "Privacy review", "is_required": True, "status": "failed", "evidence": "tag hub.privacy_review = rejected by person-79066a87a524", "remedy": "Set the tag hub.privacy_review to passed once the review is done", "plain_remedy": "Finish the privacy review, and record its result."},
            {"model_version_id": "acme:ranker:7", "gate": "human_approval", "title": "Human approval", "is_required": True, "status": "unknown", "remedy": "Set the tag hub.approved_by to who approved it", "plain_remedy": "Have somebody approve the version, by name."},
            {"model_version_id": "acme:ranker:7", "gate": "documented", "title": "Model card", "is_required": True, "status": "passed"},
            {"model_version_id": "acme:ranker:8", "gate": "owner", "is_required": True, "status": "failed"},
        ],
        "mlflow_runs": [{"mlflow_run_id": "acme:r1", "experiment_id": "acme:1", "experiment_name": "fraud-training"}],
        "experiments_weekly": [
            {"experiment_id": "acme:1", "model_id": "acme:fraud-scorer", "week_date": MONDAY - timedelta(weeks=12 - index), "run_count": 8 + index, "failed_share": 0.1, "objective_metric": "recall", "best_value": 0.8 + 0.01 * index, "best_so_far_value": 0.8 + 0.01 * index}
            for index in range(12)
        ],
        "experiments": [
            {"experiment_id": "acme:1", "name": "fraud-training", "run_count": 160, "success_share": 0.9, "run_without_commit_count": 3, "duplicate_run_count": 2, "duplicate_hours": 5.5, "compute_hours": 412.0, "compute_cost_amount": 1648.0, "version_count": 8, "quiet_days": 1.5, "is_abandoned": False},
            {"experiment_id": "acme:2", "name": "voice-fraud", "run_count": 9, "success_share": 1.0, "run_without_commit_count": 0, "duplicate_run_count": 0, "compute_hours": 20.0, "version_count": 0, "quiet_days": 143.7, "is_abandoned": True},
        ],
        "model_checks": [
            {"model_id": model_id, "rule": rule, "rule_rank": rank, "status": {"ranker": "red", "care-intent": "white"}.get(model_id.split(":")[1], "green") if rule == "staleness" else None if rule == "drift" else "green", "reason": f"{rule} of {model_id}"}
            for model_id, *_ in health
            for rank, rule in enumerate(("staleness", "drift", "owner"))
        ],
        "model_lineage": [
            {"model_version_id": "acme:ranker:7", "model_id": "acme:ranker", "version": "7", "hop": "pull_request", "hop_rank": 3, "state": "missing", "remedy": "Merge the commit through a pull request", "is_broken": True},
            {"model_version_id": "acme:ranker:7", "model_id": "acme:ranker", "version": "7", "hop": "run", "hop_rank": 1, "state": "known", "is_broken": False},
            {"model_version_id": "acme:ranker:5", "model_id": "acme:ranker", "version": "5", "hop": "run", "hop_rank": 1, "state": "deleted", "remedy": "Restore the run", "is_broken": True},
        ],
        "model_data_sets": [
            {"model_version_id": "acme:fraud-scorer:8", "model_id": "acme:fraud-scorer", "version": "8", "role": "challenger", "data_set": "payments", "digest": "88d1", "champion_digests": ["77c0"], "comparison": "changed", "shared_model_ids": ["acme:ranker"]},
            {"model_version_id": "acme:fraud-scorer:8", "model_id": "acme:fraud-scorer", "version": "8", "role": "challenger", "data_set": "labels", "digest": "12ab", "champion_digests": ["12ab"], "comparison": "left out", "shared_model_ids": []},
        ],
        "model_lead_times": [
            {"model_version_id": "acme:ranker:7", "model_id": "acme:ranker", "version": "7", "first_run_at": AS_OF - timedelta(days=90), "registered_at": AS_OF - timedelta(days=60), "champion_at": AS_OF - timedelta(days=48), "run_to_registration_hours": 720.0, "registration_to_champion_hours": 288.0, "idea_to_production_hours": 1008.0},
            {"model_version_id": "acme:fraud-scorer:7", "model_id": "acme:fraud-scorer", "version": "7", "first_run_at": AS_OF - timedelta(days=104), "registered_at": AS_OF - timedelta(days=62), "champion_at": AS_OF - timedelta(days=55), "run_to_registration_hours": 1008.0, "registration_to_champion_hours": 176.0, "idea_to_production_hours": 1184.0},
            {"model_version_id": "acme:query-rewriter:7", "model_id": "acme:query-rewriter", "version": "7", "first_run_at": AS_OF - timedelta(days=164), "registered_at": AS_OF - timedelta(days=70), "champion_at": AS_OF - timedelta(days=66), "run_to_registration_hours": 2256.0, "registration_to_champion_hours": 96.0, "idea_to_production_hours": 2352.0},
            {"model_version_id": "acme:ranker:8", "model_id": "acme:ranker", "version": "8", "registered_at": AS_OF - timedelta(days=30)},
        ],
        "registry_history": [
            {"subject_id": "acme:ranker", "model_id": "acme:ranker", "what": "alias", "name": "champion", "old_value": "6", "new_value": "7", "not_before_at": AS_OF - timedelta(days=55), "seen_at": AS_OF - timedelta(days=48), "is_first_look": False},
            {"subject_id": "acme:ranker:6", "model_id": "acme:ranker", "version": "6", "what": "stage", "old_value": "Production", "new_value": "Archived", "happened_at": AS_OF - timedelta(days=50), "seen_at": AS_OF - timedelta(days=49), "is_first_look": False},
            {"subject_id": "acme:ranker", "model_id": "acme:ranker", "what": "tag", "name": "hub.owner", "old_value": "kim", "new_value": "person-79066a87a524", "seen_at": AS_OF - timedelta(days=51), "is_first_look": False},
            {"subject_id": "acme:ranker", "model_id": "acme:ranker", "what": "created", "seen_at": AS_OF - timedelta(days=99), "is_first_look": True},
        ],
        "genai_daily": [
            {"subject": "acme:9", "subject_name": "assistant", "day_date": AS_OF.date() - timedelta(days=days), "assessment": assessment, "trace_count": 30 + days, "error_share": 0.25 if days == 3 else 0.02, "latency_p50_ms": 900.0, "latency_p95_ms": 2100.0, "assessment_count": 12, "assessment_mean": 0.9}
            for days in (4, 3, 2, 1)
            for assessment in ("groundedness", "relevance")
        ],
        "release_readiness": [
            {"model_version_id": "acme:ranker:7", "model_id": "acme:ranker", "role": "champion", "risk_tier": "high", "status": "red", "is_ready": False, "required_count": 3, "passed_count": 1, "waived_count": 0, "failed_gates": ["privacy_review"], "unknown_gates": ["human_approval"], "waived_gates": [], "overdue_obligation_gates": ["privacy_review"], "remedies": ["Pass the review"]},
            {"model_version_id": "acme:fraud-scorer:7", "model_id": "acme:fraud-scorer", "role": "champion", "status": "amber", "is_ready": True, "required_count": 3, "passed_count": 2, "waived_count": 1, "failed_gates": [], "unknown_gates": [], "waived_gates": ["owner"], "next_waiver_end_date": date(2027, 1, 3), "overdue_obligation_gates": [], "next_obligation_date": date(2027, 12, 2), "remedies": []},
        ],
        "release_gate_metrics": [
            {"model_version_id": "acme:ranker:7", "gate": "bias_evaluation", "metric": f"fairness/{name}", "slice": name, "value": value, "minimum": 0.8, "maximum": most, "bounds_source": "seed gate_metrics", "status": status, "finding": f"{name} {value}"}
            for name, value, most, status in (("new_users", 0.97, 1.25, "passed"), ("age_65_plus", 0.74, 1.25, "failed"), ("age_18_25", None, 1.25, "unknown"), ("night_orders", 1.2, None, "passed"))
        ],
    }  # fmt: skip


def _sources() -> dict[str, Rows]:
    return {
        "source_freshness": [
            {"source": source, "instance": "acme", "stream": stream, "last_attempt_at": AS_OF - timedelta(minutes=10), "last_success_at": AS_OF - timedelta(hours=hours), "age_hours": hours, "is_stale": hours > 24, "last_error": "Drive answered 403: the sheet is no longer shared" if hours > 24 else None}
            for source, stream, hours in (("github", "pull_requests", 0.2), ("jira", "issues", 0.2), ("jira", "sprints", 0.4), ("mlflow", "runs", 0.6), ("sheets", "budget", 52.0))
        ],
        "data_quality": [
            {"check_name": "waiver_run_out", "area": "sheets", "severity": "warn", "affected_count": 1, "affected_share": 0.001, "example": "ranker privacy review until 2026-11-13", "remedy": "renew the waiver or pass the gate"},
            {"check_name": "bad_cell", "area": "sheets", "severity": "warn", "affected_count": 3, "affected_share": 0.004, "example": 'Budget FY27!D17: "12k" is not an amount', "remedy": "write the amount as a number"},
            {"check_name": "pull_request_without_issue", "area": "github", "severity": "warn", "affected_count": 41, "affected_share": 0.09, "example": "acme/ranker#77", "remedy": "name the issue in the branch or the title"},
            {"check_name": "nothing_found", "area": "jira", "severity": "warn", "affected_count": 0, "affected_share": 0.0},
        ],
    }  # fmt: skip
