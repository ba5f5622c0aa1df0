"""Risks seen in the data: each rule at its limit, which of them the register watches, and what should be in it."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest

from tests.warehouse.dbt_program.conftest import AS_OF
from warehouse import build

RULES = {
    rule["rule"]: rule
    for rule in csv.DictReader(
        (build.PROJECT / "seeds" / "risk_signal_rules.csv").read_text(encoding="utf-8").splitlines()
    )
}
MEASURED = [rule for rule in RULES.values() if rule["measure"]]
A_LITTLE = 1e-6
TODAY = date(2026, 6, 10)


def measure(name: str, value: float | None, initiative: str | None = "A") -> dict:
    """A measure of an initiative now."""
    row = {"moment_at": AS_OF, "initiative_id": initiative, "dimension": "any", "measure": name, "value": value}
    return {**row, "evidence": ["why"], "detail": "so it is"}


def signals(tables, *measures: dict) -> dict[str, dict]:
    """The signals, by id."""
    tables.given("intermediate.int_measures__collected", *measures)
    tables.make("risk_signals", "risk_proposals")
    cursor = tables.connection.execute("from marts.risk_signals")
    names = [column[0] for column in cursor.description or []]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def beyond(rule: dict, limit: float) -> list[tuple[float, bool]]:
    """Values at, just inside and just beyond a limit, and whether each is beyond it."""
    outward = 1 if rule["operator"].startswith(">") else -1
    return [(limit, "=" in rule["operator"]), (limit - outward * A_LITTLE, False), (limit + outward * A_LITTLE, True)]


@pytest.mark.parametrize("rule", MEASURED, ids=lambda rule: rule["rule"])
def test_a_measure_is_a_signal_at_its_limits(tables, rule):
    """Medium beyond the first, high beyond the second; none inside, and none where it is unknown."""
    cases = [(value, "medium" if is_beyond else None) for value, is_beyond in beyond(rule, float(rule["amber"]))]
    if rule["red"]:
        cases += [(value, "high" if is_beyond else "medium") for value, is_beyond in beyond(rule, float(rule["red"]))]
    found = signals(
        tables,
        *(measure(rule["measure"], value, f"I{number}") for number, (value, _) in enumerate([*cases, (None, None)])),
    )
    told = {number: found.get(f"{rule['rule']} I{number}", {}).get("severity") for number in range(len(cases) + 1)}
    assert told == {**dict(enumerate(severity for _, severity in cases)), len(cases): None}


def test_the_contracts_limits_are_in_the_seed():
    """METRICS: 10 % scope, a third of throughput, 5 days blocked, 0.9 of CPI and SPI(t), half of the open work, any slip."""
    limits = {rule["rule"]: (rule["operator"], round(float(rule["amber"]), 2)) for rule in MEASURED}
    assert limits == {
        "milestone_forecast": (">", 0), "milestone_overdue": (">", 0), "scope_growth": (">", 0.1), "throughput": ("<=", -0.33),
        "blocker": (">", 5), "cost_performance": ("<", 0.9), "earned_schedule": ("<", 0.9), "concentration": (">", 0.5),
        "over_allocation": (">=", 1),
    }  # fmt: skip


@pytest.mark.parametrize(("age", "is_raised"), [(90.0, False), (90.001, True), (None, False)])
def test_a_champion_is_stale_past_its_own_limit(tables, age, is_raised):
    """Not on the day itself, and not where its age is unknown."""
    tables.given(
        "marts.model_health",
        {"model_id": "m", "name": "m", "initiative_id": "A", "champion_version": "3", "staleness_days": age, "staleness_limit_days": 90.0, "last_trained_at": "2026-01-01"},
    )  # fmt: skip
    found = signals(tables)
    assert ("champion_stale m" in found) == is_raised
    if is_raised:
        told = found["champion_stale m"]
        assert told["title"] == "The model in service grows stale"
        assert told["subject"] == "m version 3 was trained 90 days ago, its limit is 90 days"


@pytest.mark.parametrize(("opened", "is_raised"), [("2026-06-03 08:00:00", False), ("2026-06-03 07:59:59", True)])
@pytest.mark.parametrize("kind", [{}, {"is_draft": True}, {"is_bot": True}, {"state": "merged"}])
def test_a_pull_request_is_old_after_seven_days(tables, opened, kind, is_raised):
    """Open and ready, of a person; the others wait for nobody."""
    row = {
        "pull_request_id": "p",
        "repository": "r",
        "number": 1,
        "title": "t",
        "state": "open",
        "is_bot": False,
        "is_draft": False,
    }
    tables.given("marts.pull_requests", {**row, "created_at": opened, **kind})
    assert ("pull_request_old p" in signals(tables)) == (is_raised and not kind)


def champion_before_a_milestone(tables, due):
    """Model m, version 1, of the initiative of milestone M."""
    tables.given(
        "intermediate.int_milestones__planned",
        {"milestone_id": "M", "initiative_id": "A", "name": "M", "target_date": due},
    )
    tables.given(
        "intermediate.int_models__described",
        {"model_id": "m", "model_name": "m", "initiative_id": "A", "champion_version": "1"},
    )


@pytest.mark.parametrize(("days", "status", "is_raised"), [(14, "failed", True), (15, "failed", False), (0, "unknown", True), (-1, "failed", False), (14, "passed", False), (14, "waived", False)])  # fmt: skip
def test_a_required_gate_is_a_signal_within_fourteen_days_of_a_milestone(tables, days, status, is_raised):
    """Of the champion or the challenger; a milestone that is past holds nothing."""
    champion_before_a_milestone(tables, TODAY + timedelta(days=days))
    gate = {"model_version_id": "m/1", "model_id": "m", "version": "1", "status": status}
    tables.given(
        "intermediate.int_release_gates__checked",
        {**gate, "gate": "owner", "title": "Owner", "is_required": True},
        {**gate, "gate": "licence", "is_required": False},
        {**gate, "gate": "owner", "is_required": True, "model_version_id": "m/0", "version": "0"},
    )
    found = signals(tables)
    assert list(found) == (["gate_before_milestone m/1 owner"] if is_raised else [])
    if is_raised:
        state = "failed" if status == "failed" else "has no evidence"
        due = TODAY + timedelta(days=days)
        signal = found["gate_before_milestone m/1 owner"]
        assert signal["subject"] == f'm version 1: owner {state}; the milestone "M" is due on {due}'
        assert signal["evidence"] == ["m/1", "owner", "M"]


@pytest.mark.parametrize("order", ["LMN", "MNL", "NML"])
def test_of_milestones_that_are_due_on_one_day_the_first_by_its_id_is_named(tables, order):
    """In whatever order they come."""
    champion_before_a_milestone(tables, TODAY)
    tables.given(
        "intermediate.int_milestones__planned",
        *({"milestone_id": one, "initiative_id": "A", "name": f"{one} by name", "target_date": TODAY} for one in order),
    )
    gate = {"model_version_id": "m/1", "model_id": "m", "version": "1", "gate": "owner", "title": "Owner"}
    tables.given("intermediate.int_release_gates__checked", {**gate, "status": "failed", "is_required": True})
    signal = signals(tables)["gate_before_milestone m/1 owner"]
    assert signal["evidence"] == ["m/1", "owner", "L"]
    assert f'the milestone "L by name" is due on {TODAY}' in signal["subject"]


def test_gates_before_one_milestone_are_one_proposal_that_names_it_once(tables):
    """What is open, then until when."""
    champion_before_a_milestone(tables, TODAY)
    gate = {"model_version_id": "m/1", "model_id": "m", "version": "1", "is_required": True}
    tables.given(
        "intermediate.int_release_gates__checked",
        {**gate, "gate": "owner", "title": "Owner", "status": "failed"},
        {**gate, "gate": "licence", "title": "Licence", "status": "unknown"},
    )
    tables.make("risk_proposals")
    assert tables.rows("select reason from marts.risk_proposals where rule = 'gate_before_milestone'") == [
        (f'm version 1: licence has no evidence; m version 1: owner failed; the milestone "M" is due on {TODAY}',)
    ]


@pytest.mark.parametrize(
    ("earned", "spent", "is_raised"),
    [((10, 10, 10), (1, 2, 3), True), ((10, 10, 10.1), (1, 2, 3), False), ((10, 10, 10), (3, 3, 3), False), ((100, 100, 100), (1, 2, 3), False)],
)  # fmt: skip
def test_two_months_of_spending_without_progress_are_a_signal(tables, earned, spent, is_raised):
    """Nothing earned while money went out; what is complete needs no progress."""
    tables.given(
        "marts.earned_value",
        *(
            {"scope_id": "A", "initiative_id": "A", "month_date": f"2026-0{number + 3}-01", "is_closed": True, "bac_amount": 100, "ev_amount": ev, "ac_amount": ac}
            for number, (ev, ac) in enumerate(zip(earned, spent, strict=True))
        ),
    )  # fmt: skip
    assert list(signals(tables)) == (["spend_without_progress A"] if is_raised else [])


def register(tables, *risks: dict) -> None:
    """Rows of the register, landed long ago."""
    tables.sheet("roadmap", {"_key": "A", "initiative_id": "A", "initiative": "Alpha"})
    tables.sheet(
        "risks",
        *({"_key": row["risk_id"], "title": row["risk_id"], "initiative": "A", "probability": 0.5, "impact": 100, "status": "open", **row} for row in risks),
    )  # fmt: skip


def test_register_rows_past_their_dates_are_signals(tables):
    """Due yesterday, not today; reviewed more than 14 days ago, not 14; of no initiative too; a closed one is quiet."""
    register(
        tables,
        {"risk_id": "R1", "due": "2026-06-09"},
        {"risk_id": "R2", "due": "2026-06-10"},
        {"risk_id": "R3", "review": "2026-05-26", "initiative": None},
        {"risk_id": "R4", "review": "2026-05-27"},
        {"risk_id": "R5", "due": "2026-06-09", "review": "2026-01-01", "status": "closed"},
    )
    found = signals(tables)
    assert {key: row["register_risk_id"] for key, row in found.items()} == {"overdue R1": "R1", "unreviewed R3": "R3"}


def test_a_signal_that_an_open_risk_watches_is_in_the_register(tables):
    """By its trigger's measure, of the same initiative or of the whole program; one of another initiative watches nothing here."""
    register(
        tables,
        {"risk_id": "R1", "trigger": "cpi < 0.5"},
        {"risk_id": "R2", "trigger": "blocker_age_days > 5", "status": "closed"},
        {"risk_id": "R3", "trigger": "scope_growth_share_4w > 0.5", "initiative": None},
        {"risk_id": "R4", "trigger": "when it rains"},
    )
    found = signals(
        tables,
        measure("cpi", 0.6),
        measure("blocker_age_days", 9),
        measure("scope_growth_share_4w", 0.3),
        measure("cpi", 0.6, "B"),
    )
    assert {key: row["register_risk_id"] for key, row in found.items()} == {
        "cost_performance A": "R1", "blocker A": None, "scope_growth A": "R3", "cost_performance B": None,
    }  # fmt: skip
    assert tables.rows(
        "select proposal_id, title, severity, proposed_trigger, trigger_title, trigger_operator, trigger_bound, trigger_unit from marts.risk_proposals order by 1"
    ) == [
        ("blocker A", "Work stays blocked", "medium", "blocker_age_days > 5", "Age of the oldest open blocker", ">", 5.0, "days"),
        ("cost_performance B", "The work costs more than planned", "high", "cpi < 0.9", "Planned work earned for each unit of money spent", "<", 0.9, "ratio"),
    ]  # fmt: skip


def test_what_needs_no_row_in_the_register_is_not_proposed(tables):
    """An old pull request is somebody's task, no risk of the program."""
    row = {
        "pull_request_id": "p",
        "repository": "r",
        "number": 1,
        "title": "t",
        "state": "open",
        "is_bot": False,
        "is_draft": False,
    }
    tables.given("marts.pull_requests", {**row, "created_at": "2026-05-01"})
    assert list(signals(tables)) == ["pull_request_old p"]
    assert tables.rows("from marts.risk_proposals") == []


@pytest.mark.parametrize(
    ("before", "now", "trend"),
    [(0.2, 0.5, "rising"), (0.5, 0.2, "falling"), (0.3, 0.3, "steady"), (None, 0.3, "new")],
)
def test_a_risks_trend_is_its_exposure_against_that_of_four_weeks_ago(tables, before, now, trend):
    """By what the register said then."""
    tables.land(
        "hub_sync_attempts",
        "sheets/acme/risks/1",
        {"source": "sheets", "instance": "acme", "stream": "risks", "attempted_at": "2026-04-01T00:00:00Z", "is_success": True},
        at="2026-04-01",
    )  # fmt: skip
    row = {"_key": "R1", "risk_id": "R1", "title": "one", "impact": 100, "status": "open"}
    if before is not None:
        tables.sheet("risks", {**row, "probability": before}, at="2026-04-01")
    tables.sheet("risks", {**row, "probability": now}, at="2026-06-01")
    tables.make("risks")
    assert tables.rows("select exposure_trend, former_exposure from marts.risks") == [
        (trend, None if before is None else before * 100)
    ]


def test_contingency_is_held_against_what_is_left_after_the_response(tables):
    """A blank contingency is none; one that was never readable, or an unknown impact, leaves it unknown."""
    register(
        tables,
        {"risk_id": "R1", "residual_probability": 0.2, "contingency_amount": 5},
        {"risk_id": "R2", "residual_probability": 0.2, "contingency_amount": 50},
        {"risk_id": "R3", "contingency_amount": None},
        {"risk_id": "R4", "contingency_amount": 5, "_bad": ["contingency_amount"]},
        {"risk_id": "R5", "impact": None},
    )
    tables.make("risks")
    assert tables.rows("select risk_id, uncovered_exposure from marts.risks order by 1") == [
        ("R1", 15), ("R2", 0), ("R3", 50), ("R4", None), ("R5", None),
    ]  # fmt: skip


def test_reserves_are_held_against_what_contingency_leaves_open(tables):
    """Per initiative and in all; a reserve of none covers the program, an exposure that is unknown leaves its sums unknown."""
    risk = {"moment_at": AS_OF, "is_open": True, "faulty_columns": []}
    tables.given(
        "intermediate.int_risks__assessed",
        {**risk, "risk_id": "1", "initiative_id": "A", "residual_exposure": 100, "contingency_amount": 30},
        {**risk, "risk_id": "2", "initiative_id": "A", "residual_exposure": 20},
        {**risk, "risk_id": "3", "initiative_id": "A", "residual_exposure": 900, "is_open": False},
    )
    line = {
        "is_reserve": True,
        "is_in_force": True,
        "month_date": TODAY,
        "budget_line_id": "B",
        "faulty_columns": ["forecast"],
    }
    tables.given(
        "intermediate.int_budget_lines__converted",
        {**line, "initiative_id": "A", "planned_amount": 80, "actual_amount": 10},
        {**line, "planned_amount": 50},
        {**line, "initiative_id": "A", "planned_amount": 999, "is_reserve": False},
    )
    figures = "select scope_id, uncovered_exposure, reserve_amount, drawn_amount, reserve_left_amount from marts.risk_reserves order by 1"
    tables.make("risk_reserves")
    assert tables.rows(figures) == [("", 0, 50, 0, 50), ("*", 90, 130, 10, 30), ("A", 90, 80, 10, -20)]
    tables.given("intermediate.int_risks__assessed", {**risk, "risk_id": "1", "initiative_id": "A"})
    tables.make("risk_reserves")
    assert tables.rows(figures) == [("", 0, 50, 0, 50), ("*", None, 130, 10, None), ("A", None, 80, 10, None)]


def test_a_change_is_told_as_people_say_it(tables):
    """Not as a change by a number below zero."""
    found = signals(tables, measure("throughput_change_share", -0.5))
    assert found["throughput A"]["subject"] == "Finished items per week fell by 50 %: so it is"
