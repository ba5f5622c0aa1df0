"""Days on which clocks and calendars are odd: the change to summer and winter time, the end of a year, holidays."""

from __future__ import annotations

import pytest


def test_elapsed_hours_are_real_ones_when_the_clocks_go_back(raw, warehouse):
    """The last Sunday of October has 25 hours in Berlin; from midnight to midnight an issue takes 25."""
    raw.issue(
        1,
        "2025-10-20 00:00",
        ("2025-10-25 22:00", "status", "To Do", "Doing"),  # Sunday 00:00, summer time
        ("2025-10-26 23:00", "status", "Doing", "Done"),  # Monday 00:00, winter time
    )
    warehouse.run(raw, "issues", "flow_daily")
    issue = warehouse.row("from marts.issues")
    assert (issue["cycle_time_hours"], issue["working_cycle_time_hours"]) == (25, 0)
    days = warehouse.rows(
        "select day_date from marts.flow_daily where stage = 'in_progress' and issue_count = 1 order by 1"
    )
    assert [str(day) for (day,) in days] == ["2025-10-26"]


def test_the_week_of_the_new_year_is_one_week_and_its_days_two_years(raw, warehouse):
    """Monday 29 December to Sunday 4 January; what is done at 23:30 UTC on New Year's Eve is done in January in Berlin."""
    raw.issue(1, "2025-12-20 00:00", ("2025-12-31 22:30", "status", "To Do", "Done"))
    raw.issue(2, "2025-12-20 00:00", ("2025-12-31 23:30", "status", "To Do", "Done"))
    raw.pull_request(1, "2025-12-30 00:00", merged="2025-12-31 22:30")
    raw.pull_request(2, "2025-12-30 00:00", merged="2025-12-31 23:30")
    warehouse.run(raw, "flow_weekly", "flow_daily", "dora_monthly")
    assert warehouse.rows(
        "select strftime(week_date, '%Y-%m-%d'), finished_count from marts.flow_weekly where finished_count > 0"
    ) == [("2025-12-29", 2)]
    assert warehouse.rows(
        "select strftime(day_date, '%Y-%m-%d'), issue_count from marts.flow_daily where stage = 'done' order by 1 limit 2"
    ) == [("2025-12-31", 1), ("2026-01-01", 2)]
    assert warehouse.rows(
        """select strftime(month_date, '%Y-%m-%d'), deployment_count from marts.dora_monthly
        where scope_kind = 'program' and deployment_count > 0 order by 1"""
    ) == [("2025-12-01", 1), ("2026-01-01", 1)]


def test_holidays_are_no_working_time(raw, warehouse):
    """From Wednesday 24 December noon to Monday 29 December noon: two half days, both days of Christmas and a weekend left out."""
    raw.issue(
        1,
        "2025-12-20 00:00",
        ("2025-12-24 11:00", "status", "To Do", "Doing"),
        ("2025-12-29 11:00", "status", "Doing", "Done"),
    )
    warehouse.run(raw, "issues")
    issue = warehouse.row("from marts.issues")
    assert (issue["cycle_time_hours"], issue["working_cycle_time_hours"]) == (120, 24)
    assert issue["working_lead_time_hours"] == 3 * 24 + 12, "Monday to Wednesday, and Monday until noon"


@pytest.mark.parametrize(
    ("timezone", "week"), [("Pacific/Auckland", "2026-03-09"), ("America/Los_Angeles", "2026-03-02")]
)
def test_days_are_those_of_the_configured_time_zone(raw, open_warehouse, timezone, week):
    """Sunday noon UTC is Monday in Auckland and still Sunday in Los Angeles."""
    raw.issue(1, "2026-02-20 00:00", ("2026-03-08 12:00", "status", "To Do", "Done"))
    warehouse = open_warehouse(timezone=timezone)
    warehouse.run(raw, "flow_weekly")
    assert warehouse.rows("select strftime(week_date, '%Y-%m-%d') from marts.flow_weekly where finished_count > 0") == [
        (week,)
    ]
