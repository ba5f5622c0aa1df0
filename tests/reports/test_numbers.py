"""Every number that Dagster plots is what a query of its own finds in the marts, in a small program and in a crowded one."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import reports
from tests.reports.conftest import Render

TODAY = "date '2026-11-24'"
MONTH = "date '2026-11-01'"
CLOSED = f"month_date < {MONTH}"
OVERALL = "from marts.program_status where dimension = 'overall' and initiative_id is not null"
PROGRAM = f"from marts.earned_value where initiative_id is null and {CLOSED} order by month_date desc limit 1"
OPEN_DATES = "from marts.milestones where done_date is null"
GOING = "from marts.issues where is_work_item and is_in_progress and deleted_at is null"
WAITING = "from marts.pull_requests where state = 'open' and is_bot is not true"
SPENT = "from marts.budget_lines where month_date is not null and is_reserve is not true"
RISKS = "from marts.risks where is_open"
USED = """
    from marts.release_gates as g
    join marts.model_versions as v using (model_version_id)
    join marts.registered_models as m on m.model_id = v.model_id
    where v.version in (m.champion_version, m.challenger_version) or (m.champion_version is null and v.version = m.latest_version)
"""
THIS_MONTH = f"from marts.capacity_monthly where month_date = {MONTH}"

PROOFS: dict[str, dict[str, str]] = {
    "program_status": {
        **{f"{colour}_initiatives": f"select count(*) {OVERALL} and status = '{colour}'" for colour in ("green", "amber", "red", "white")},
        "milestones_open": f"select count(*) {OPEN_DATES}",
        "milestones_late": f"select count(*) {OPEN_DATES} and (forecast_p80_date > target_date or {TODAY} > target_date)",
        "worst_slip_days": f"select max(slip_days) {OPEN_DATES}",
        "decisions_open": "select count(*) from marts.decisions where kind = 'decision' and is_open",
        "models_red_or_amber": "select count(*) from marts.model_health where status in ('red', 'amber')",
        **{name: f"select {name} {PROGRAM}" for name in ("bac_amount", "ev_amount", "ac_amount", "eac_amount", "vac_amount", "cpi", "spi_t")},
        "stale_sources": "select count(distinct (source, instance)) from marts.source_freshness where is_stale",
    },
    "steering_pack": {
        "decisions_needed": "select count(*) from marts.decisions where kind = 'decision' and is_open",
        "actions_overdue": "select count(*) from marts.decisions where kind = 'action' and is_overdue",
        "red_initiatives": f"select count(*) {OVERALL} and status = 'red'",
        "milestones_late": f"select count(*) {OPEN_DATES} and (forecast_p80_date > target_date or {TODAY} > target_date)",
    },
    "delivery": {
        "finished_last_week": f"select sum(finished_count) from marts.flow_weekly where week_date = (select max(week_date) from marts.flow_weekly where week_date < {TODAY} - 1)",
        "merged_last_week": f"select sum(merged_count) from marts.pull_requests_weekly where week_date = (select max(week_date) from marts.pull_requests_weekly where week_date < {TODAY} - 1)",
        "in_progress": f"select count(*) {GOING}",
        "blocked": f"select count(*) {GOING} and is_blocked",
        "stalled": f"select count(*) {GOING} and is_stalled",
        "pull_requests_open": f"select count(*) {WAITING}",
        "pull_requests_waiting_over_a_week": f"select count(*) {WAITING} and created_at < timestamp '2026-11-24 06:00' - interval 7 days",
        "say_do_share": "select say_do_share from marts.sprints where completed_at is not null and say_do_share is not null order by completed_at desc, name limit 1",
    },
    "model_health": {
        **{f"{colour}_models": f"select count(*) from marts.model_health where coalesce(status, 'white') = '{colour}'" for colour in ("green", "amber", "red", "white")},
        "stale_models": "select count(*) from marts.model_health where staleness_days > staleness_limit_days",
        "regressions": "select sum(regression_count) from marts.model_health",
        "open_gates": "select sum(open_gate_count) from marts.model_health",
        "models_without_owner": "select count(*) from marts.model_health where not has_owner",
        "versions": "select count(*) from marts.model_versions",
    },
    "responsible_ai": {
        **{f"{state}_gates": f"select count(*) {USED.replace('where', 'where (', 1)}) and is_required and g.status = '{state}'" for state in ("passed", "failed", "unknown", "waived")},
        "models_in_inventory": "select count(*) from marts.model_inventory",
        "reviews_due": f"select count(*) from marts.model_inventory where next_review_date <= {TODAY} + 30",
    },
    "budget": {
        "planned_amount": f"select sum(planned_amount) {SPENT}",
        "planned_to_date_amount": f"select sum(planned_amount) {SPENT} and {CLOSED}",
        "spent_to_date_amount": f"select sum(actual_amount) {SPENT} and {CLOSED}",
        "variance_amount": f"select sum(planned_amount) filter (actual_amount is not null) - sum(actual_amount) {SPENT} and {CLOSED}",
        **{name: f"select {name} {PROGRAM}" for name in ("eac_amount", "vac_amount", "cpi")},
        "unreadable_cells": "select sum(len(faults)) from marts.budget_lines where month_date is not null",
    },
    "risks": {
        "open_risks": f"select count(*) {RISKS}",
        "exposure": f"select sum(exposure) {RISKS}",
        "residual_exposure": f"select sum(residual_exposure) {RISKS}",
        "triggered": f"select count(*) {RISKS} and is_triggered",
        "overdue": f"select count(*) {RISKS} and is_overdue",
        "not_reviewed": f"select count(*) {RISKS} and is_stale",
        "signals": "select count(*) from marts.risk_signals",
    },
    "capacity": {
        "people": f"select count(*) {THIS_MONTH}",
        "promised": f"select sum(allocated_share) {THIS_MONTH}",
        "available": f"select sum(capacity_share) {THIS_MONTH}",
        "over_promised_people": f"select count(*) {THIS_MONTH} and is_over_allocated",
        "work_in_progress": f"select sum(wip_count) {THIS_MONTH}",
    },
    "data_trust": {
        "streams": "select count(*) from marts.source_freshness",
        "bad_cells": "select count(*) from marts.bad_cells",
        "stale_streams": "select count(*) from marts.source_freshness where is_stale",
        "failed_streams": "select count(*) from marts.source_freshness where last_error is not null",
        "oldest_read_hours": "select max(age_hours) from marts.source_freshness",
        "checks_that_found_something": "select count(*) from marts.data_quality where affected_count > 0",
        "failed_checks": "select count(*) from marts.data_quality where affected_count > 0 and severity = 'error'",
        "issues_of_no_initiative": "select count(*) from marts.issues where initiative_id is null and is_work_item and done_at is null and deleted_at is null",
    },
}  # fmt: skip

PLOTTED = [(report, number) for report, proofs in PROOFS.items() for number in proofs]


@pytest.mark.parametrize("file", ["believable", "crowded"])
@pytest.mark.parametrize(("report", "number"), PLOTTED)
def test_a_plotted_number_is_what_the_marts_hold(
    report: str, number: str, file: str, rendered: Render, request: pytest.FixtureRequest
) -> None:
    """To the last digit."""
    path: Path = request.getfixturevalue(file)
    with duckdb.connect(str(path), read_only=True) as connection:
        [(proof,)] = connection.execute(PROOFS[report][number]).fetchall()
    assert rendered(report, file).numbers[number] == pytest.approx(float(proof or 0), rel=1e-12)


@pytest.mark.parametrize("report", reports.REPORTS)
def test_nearly_every_plotted_number_has_a_proof(report: str, rendered: Render) -> None:
    """What is left out here is named."""
    others = {name for name in rendered(report, "believable").numbers if name not in PROOFS[report]}
    assert {name.split("_p50_days_")[0] for name in others} <= UNPROVED


UNPROVED = {
    "cycle_time", "versions_in_use", "forecast_amount", "spent_a_month_amount", "missing_cells", "changed_cells",
    "not_in_the_register", "pull_requests_without_issue", "accounts_of_nobody",
}  # fmt: skip
"""Proved in the tests of their own reports."""
