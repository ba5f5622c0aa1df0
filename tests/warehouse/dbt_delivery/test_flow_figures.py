"""Weekly and daily flow, DORA and forecasts from a few issues and pull requests, small enough to count by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest


def test_a_week_counts_what_arrived_finished_and_stood_open_at_its_end(raw, warehouse):
    """Weeks are local: Sunday 23:30 UTC is Monday in Berlin. Epics and sub-tasks are no work items."""
    raw.issue(
        1,
        "2026-03-02 08:00",
        ("2026-03-03 08:00", "status", "To Do", "Doing"),
        ("2026-03-05 08:00", "status", "Doing", "Done"),
        now={"points": 3},
    )
    raw.issue(
        2,
        "2026-03-02 08:00",
        ("2026-03-04 08:00", "status", "To Do", "Doing"),
        ("2026-03-08 23:30", "status", "Doing", "Done"),
        kind="Bug",
    )
    raw.issue(3, "2026-03-08 23:30", ("2026-03-10 23:00", "status", "To Do", "Doing"))
    raw.issue(4, "2026-03-02 08:00", ("2026-03-03 08:00", "status", "To Do", "Doing"), kind="Epic")
    raw.issue(5, "2026-03-02 08:00", ("2026-03-03 08:00", "status", "To Do", "Done"), kind="Sub-task")
    raw.issue(6, "2026-03-02 08:00", ("2026-03-03 08:00", "status", "To Do", "Done"), resolution={"name": "Duplicate"})
    warehouse.run(raw, "flow_weekly", "flow_daily")
    assert warehouse.rows(
        """select strftime(week_date, '%m-%d'), arrived_count, finished_count, finished_points, wip_count, wip_age_p50_hours,
        cycle_time_p50_hours, bug_share from marts.flow_weekly where week_date < '2026-03-16' order by 1"""
    ) == [
        # The week ends Sunday 23:00 UTC: issue 2 is in progress then, for 4 days and 15 hours.
        ("03-02", 3, 1, 3, 1, 111, 48, 0),
        # Issue 3 arrived on Monday 00:30 in Berlin and was in progress for 4 days at the end.
        ("03-09", 1, 1, None, 1, 120, 111.5, 1),
    ]
    assert warehouse.rows(
        "select stage, issue_count from marts.flow_daily where day_date = '2026-03-04' order by 1"
    ) == [
        ("done", 1),
        ("in_progress", 2),
        ("ready", 0),
    ]


def test_a_forecast_needs_history(raw, warehouse):
    """An epic of which something was finished for five weeks has none; the reason says so."""
    raw.issue(1, "2026-01-01 00:00", kind="Epic")
    for number, day in ((2, "2026-02-26"), (3, "2026-03-12")):
        raw.issue(number, "2026-01-05 00:00", (f"{day} 08:00", "status", "To Do", "Done"), customfield_10014="P-1")
    raw.issue(4, "2026-01-05 00:00", customfield_10014="P-1")
    warehouse.run(raw, "delivery_forecasts")
    forecast = warehouse.row("from marts.delivery_forecasts where scenario = 'base'")
    assert (forecast["p50_date"], forecast["trial_count"]) == (None, None)
    assert forecast["reason"] == "only 4 full weeks of throughput; 6 are needed"


def test_a_team_that_finishes_one_a_week_needs_as_many_weeks_as_items(raw, warehouse):
    """Without luck every percentile is the same date; a fifth less throughput and growing scope need more weeks."""
    raw.issue(1, "2025-12-01 00:00", kind="Epic", duedate="2026-04-21")
    for week in range(13):
        at = date(2025, 12, 30) + timedelta(weeks=week)
        raw.issue(10 + week, "2025-12-01 00:00", (f"{at} 09:00", "status", "To Do", "Done"), customfield_10014="P-1")
    for number in range(4):
        raw.issue(30 + number, "2026-03-01 00:00", customfield_10014="P-1")
    warehouse.run(raw, "delivery_forecasts")
    by_scenario = {
        row[0]: row[1:]
        for row in warehouse.rows(
            "select scenario, remaining_count, strftime(p50_date, '%m-%d'), strftime(p95_date, '%m-%d'), on_time_share from marts.delivery_forecasts"
        )
    }
    assert warehouse.rows("select distinct weekly_counts from intermediate.int_forecasts__prepared") == [([1] * 12,)]
    # 4 are open; of 17 items 13 were there when the history begins: they grow to 4 * 17 / 13 = 5.2, so 6.
    assert by_scenario["scope frozen"] == (4, "04-28", "04-28", 0)
    assert by_scenario["base"] == (6, "05-12", "05-12", 0)
    assert by_scenario["throughput 20 % lower"] == (6, "05-26", "05-26", 0)


def test_the_four_figures_can_be_proved_step_by_step(raw, warehouse):
    """Two deployments, one followed by a revert within the window, one younger than it."""
    raw.pull_request(1, "2026-03-02 00:00", commits=("2026-03-01 00:00",), merged="2026-03-02 12:00")
    raw.pull_request(2, "2026-03-04 00:00", title='Revert "Change 1"', merged="2026-03-04 01:00")
    raw.pull_request(3, "2026-03-27 00:00", commits=("2026-03-26 00:00",), merged="2026-03-27 12:00")
    raw.deployment(1, "merge-1", ("2026-03-03 00:00", "SUCCESS"))
    raw.deployment(2, "merge-2", ("2026-03-04 02:00", "SUCCESS"))
    raw.deployment(3, "merge-3", ("2026-03-28 00:00", "SUCCESS"))
    warehouse.run(raw, "dora_monthly", "dora_evidence", "incidents")
    figures = warehouse.row("from marts.dora_monthly where scope_kind = 'program'")
    assert (figures["deployment_count"], figures["judged_count"], figures["change_failure_share"]) == (3, 2, 0.5)
    assert (figures["lead_time_for_changes_p50_hours"], figures["change_count"]) == (48, 2)
    assert (figures["recovery_p50_hours"], figures["recovery_band"]) == (2, "high")
    assert warehouse.rows(
        "select metric, step, deployment_id from marts.dora_evidence where scope_kind = 'program' and metric = 'change_failure' order by step_rank"
    ) == [
        ("change_failure", "an incident followed", "acme:DE_1"),
        ("change_failure", "no incident followed", "acme:DE_2"),
        ("change_failure", "left out: younger than the window", "acme:DE_3"),
    ]
    proof = warehouse.row(
        "select median(hours) as hours, count(hours) as n from marts.dora_evidence where scope_kind = 'program' and metric = 'lead_time_for_changes'"
    )
    assert (proof["hours"], proof["n"]) == (
        pytest.approx(figures["lead_time_for_changes_p50_hours"]),
        figures["change_count"],
    )


def test_a_repository_without_deployments_counts_releases_then_merges(raw, warehouse):
    """Each repository counts by one source; a merge that stands for a deployment gives no deploy time."""
    raw.repository(2, "acme/lib")
    raw.pull_request(1, "2026-03-02 00:00", commits=("2026-03-01 00:00",), merged="2026-03-02 12:00")
    raw.pull_request(2, "2026-03-02 00:00", merged="2026-03-02 12:00", repository=2)
    raw.land(
        "github_releases",
        "RE_1",
        {
            "tagName": "v1",
            "isDraft": False,
            "isPrerelease": False,
            "tagCommit": {"oid": "merge-2"},
            "publishedAt": "2026-03-03T12:00:00Z",
            "repository": {"databaseId": 2, "nameWithOwner": "acme/lib"},
        },
    )
    warehouse.run(raw, "deployments", "pull_requests", "dora_monthly")
    assert warehouse.rows("select deployment_source, repository_id from marts.deployments order by all") == [
        ("merges", "acme:1"),
        ("releases", "acme:2"),
    ]
    assert warehouse.rows("select number, deploy_hours from marts.pull_requests order by 1") == [(1, None), (2, 24)]
