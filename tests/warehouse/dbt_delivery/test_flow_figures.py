"""Weekly and daily flow and forecasts from a few issues and pull requests, small enough to count by hand."""

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


def test_flow_and_work_mix_of_teams_initiatives_and_issue_types(raw, warehouse):
    """An issue counts for the team of its assignee, for the initiative whose mapping it matches, and for its type."""
    raw.sheet(
        "people",
        {"name": "Ann", "email": "ann@acme.example", "jira": "account-ann", "team": "Core"},
        {"name": "Bob", "email": "bob@acme.example", "jira": "account-bob", "team": "Data"},
    )
    raw.sheet("roadmap", {"initiative_id": "I1", "initiative": "Checkout", "jira_mapping": ["label:checkout"]})
    ann, bob = ({"accountId": f"account-{name}", "displayName": name} for name in ("ann", "bob"))
    work, done = ("2026-03-03 08:00", "status", "To Do", "Doing"), ("2026-03-05 08:00", "status", "Doing", "Done")
    raw.issue(1, "2026-03-02 08:00", work, done, assignee=ann, labels=["checkout"], now={"points": 3})
    raw.issue(2, "2026-03-02 08:00", work, done, assignee=ann, kind="Bug")
    raw.issue(3, "2026-03-02 08:00", work, assignee=bob, labels=["checkout"])
    raw.issue(4, "2026-03-02 08:00", work, done, kind="Research")
    warehouse.run(raw, "flow_weekly_by_scope", "flow_daily_by_scope", "work_mix_weekly")
    assert warehouse.rows(
        """select scope_kind, scope_id, arrived_count, finished_count, finished_points, wip_count from marts.flow_weekly_by_scope
        where week_date = '2026-03-02' order by all"""
    ) == [
        ("initiative", "I1", 2, 1, 3, 1),
        ("issue_type", "Bug", 1, 1, None, 0),
        ("issue_type", "Research", 1, 1, None, 0),
        ("issue_type", "Story", 2, 1, 3, 1),
        ("program", "program", 4, 3, 3, 1),
        ("project", "P", 4, 3, 3, 1),
        ("team", "Core", 2, 2, 3, 0),
        ("team", "Data", 1, 0, None, 1),
    ]
    assert warehouse.rows(
        "select scope_id, stage, issue_count from marts.flow_daily_by_scope where scope_kind = 'team' and day_date = '2026-03-05' order by all"
    ) == [
        ("Core", "done", 2),
        ("Core", "in_progress", 0),
        ("Core", "ready", 0),
        ("Data", "in_progress", 1),
        ("Data", "ready", 0),
    ]
    assert warehouse.rows(
        "select work_kind, finished_count, round(finished_share, 3), cycle_time_hours from marts.work_mix_weekly where scope_kind = 'program' order by 1"
    ) == [("bug", 1, 0.333, 48), ("feature", 1, 0.333, 48), ("other", 1, 0.333, 48)]


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
    # 4 are open; of 17 items 13 were there when the history begins: they grow to 4 * 17 / 13 = 5.2, so 5. With 0.8 a week they take 6.25.
    assert by_scenario["scope frozen"] == (4, "04-28", "04-28", 0)
    assert by_scenario["base"] == (5, "05-05", "05-05", 0)
    assert by_scenario["throughput 20 % lower"] == (5, "05-19", "05-19", 0)


def test_back_tests_say_how_often_the_forecasts_have_held(raw, warehouse):
    """One project went faster than its past had promised, one slower; a forecast for work in both shows the share and its n."""
    raw.issue(1, "2025-06-01 00:00", kind="Epic")
    # P finishes one a week until the year ends and two a week from then on; Q two and then one, and is done in February.
    for project, before, after, weeks in (("P", 1, 2, 12), ("Q", 2, 1, 8)):
        days = [date(2025, 9, 2) + timedelta(weeks=week) for week in range(18) for _ in range(before)]
        days += [date(2026, 1, 6) + timedelta(weeks=week) for week in range(weeks) for _ in range(after)]
        for number, day in enumerate(days, start=10):
            done = (f"{day} 09:00", "status", "To Do", "Done")
            raw.issue(number, "2025-09-01 00:00", done, customfield_10014="P-1", project=project)
    warehouse.run(raw, "forecast_backtests", "forecast_calibration", "delivery_forecasts")
    columns = "strftime(cutoff_date, '%y-%m'), throughput_weeks, remaining_count, cast(p80_date as varchar), is_p50_hit, is_p80_hit, is_p95_hit"
    rows = warehouse.rows(f"select project_key, {columns} from marts.forecast_backtests order by 1, cutoff_date")
    # P had 42 items, the last done on 24 March. 33 were left in November: 33 weeks at one a week.
    assert rows[:3] == [
        ("P", "25-11", 7, 33, "2026-06-20", True, True, True),
        ("P", "25-12", 12, 29, "2026-06-22", True, True, True),
        ("P", "26-01", 12, 24, "2026-06-18", True, True, True),
    ]
    # Q had 44, the last done on 24 February. Of its 12 weeks before February 9 had two: 2 weeks of the last four items with
    # 9/12 squared = 56 %, 3 weeks with 1 - (3/12) cubed = 98 %.
    assert rows[5:] == [
        ("Q", "25-11", 7, 26, "2026-01-31", False, False, False),
        ("Q", "25-12", 12, 18, "2026-02-02", False, False, False),
        ("Q", "26-01", 12, 8, "2026-01-29", False, False, False),
        ("Q", "26-02", 12, 4, "2026-02-22", False, False, False),
    ]
    calibration = warehouse.rows(
        "select scope_id, backtest_count, p80_hit_share from marts.forecast_calibration order by 1"
    )
    assert calibration == [("P", 5, 1), ("Q", 4, 0), ("program", 9, pytest.approx(5 / 9))]
    assert warehouse.rows(
        "select distinct backtest_count, backtest_p80_hit_share from marts.delivery_forecasts where scope_id = 'acme:P1'"
    ) == [(9, pytest.approx(5 / 9))]
