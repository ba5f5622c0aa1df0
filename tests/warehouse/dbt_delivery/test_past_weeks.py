"""Sprints, weeks and back-tests tell what was known then: what was taken up again, dropped or estimated anew later changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

from tests.warehouse.dbt_delivery.test_sprints import COUNTS

DONE, DROPPED = {"name": "Done"}, {"name": "Won't Do"}


def test_a_sprint_keeps_what_was_done_in_it_and_what_was_dropped_in_it(raw, warehouse):
    """Dropped after the sprint is completed in it; dropped in it and delivered after all is removed from it; dropped before its end too."""
    raw.sprint(5, "2026-03-02 09:00", "2026-03-13 17:00", "2026-03-13 17:00")
    into, done = ("2026-03-01 00:00", "sprint", "", "5"), ("2026-03-10 00:00", "status", "To Do", "Done")
    then = ("2026-03-10 00:00", "resolution", None, "Done")
    raw.issue(
        1,
        "2026-02-20 00:00",
        into,
        done,
        then,
        ("2026-03-20 00:00", "resolution", "Done", "Won't Do"),
        resolution=DROPPED,
    )
    raw.issue(
        2, "2026-02-20 00:00", into, done, ("2026-03-10 00:00", "resolution", None, "Won't Do"),
        ("2026-03-20 00:00", "resolution", "Won't Do", "Done"), resolution=DONE,
    )  # fmt: skip
    raw.issue(
        3,
        "2026-02-20 00:00",
        into,
        done,
        then,
        ("2026-03-12 00:00", "resolution", "Done", "Won't Do"),
        resolution=DROPPED,
    )
    warehouse.run(raw, "sprints")
    assert warehouse.rows(
        "select issue_id, is_completed, is_removed from intermediate.int_sprints__scoped order by 1"
    ) == [("acme:P1", True, False), ("acme:P2", False, True), ("acme:P3", False, True)]
    assert warehouse.rows(f"select {COUNTS} from marts.sprints") == [(3, 0, 2, 1, 0)]


def test_a_week_keeps_what_it_finished(raw, warehouse):
    """Taken up again and finished anew counts in both weeks, each with the start, points and hours of then; dropped later stays finished."""
    start, done = ("2026-03-03 08:00", "status", "To Do", "Doing"), ("2026-03-05 08:00", "status", "Doing", "Done")
    # Finished with 3 points after 48 hours, of which 12 were blocked; begun anew and finished with 8 after 24.
    raw.issue(
        1, "2026-03-02 08:00", start, ("2026-03-04 00:00", "flagged", False, True), ("2026-03-04 12:00", "flagged", True, False),
        done, ("2026-03-17 08:00", "status", "Done", "To Do"), ("2026-03-17 09:00", "points", 3, 8),
        ("2026-03-18 08:00", "status", "To Do", "Doing"), ("2026-03-19 08:00", "status", "Doing", "Done"), kind="Bug",
        resolutiondate="2026-03-19T08:00:00.000+0000",
    )  # fmt: skip
    # Finished, dropped two weeks later.
    raw.issue(
        2, "2026-03-02 08:00", start, done, ("2026-03-05 08:00", "resolution", None, "Done"),
        ("2026-03-18 08:00", "resolution", "Done", "Won't Do"), resolution=DROPPED,
        resolutiondate="2026-03-18T08:00:00.000+0000",
    )  # fmt: skip
    # Finished and taken back in the same week: it never was at a week's end.
    raw.issue(3, "2026-03-02 08:00", start, done, ("2026-03-06 08:00", "status", "Done", "Doing"))
    # Dropped when it was closed: delivered nothing then, whatever it says now.
    raw.issue(
        4, "2026-03-02 08:00", start, done, ("2026-03-05 08:00", "resolution", None, "Won't Do"),
        ("2026-03-24 08:00", "resolution", "Won't Do", "Done"), resolution=DONE,
    )  # fmt: skip
    warehouse.run(raw, "flow_weekly", "flow_weekly_by_scope", "work_mix_weekly", "issues")
    figures = (
        "strftime(week_date, '%m-%d'), finished_count, finished_points, cycle_time_p50_hours, cycle_time_p95_hours,"
        " lead_time_p50_hours, round(flow_efficiency_share, 4), bug_share"
    )
    weeks = [
        ("03-02", 2, 3, 48, 48, 72, 0.875, 0.5),
        ("03-16", 1, 8, 24, 24, 408, 1, 1),
    ]
    assert warehouse.rows(f"select {figures} from marts.flow_weekly where finished_count > 0 order by 1") == weeks
    assert (
        warehouse.rows(
            f"select {figures} from marts.flow_weekly_by_scope where scope_kind = 'program' and finished_count > 0 order by 1"
        )
        == weeks
    )
    assert warehouse.rows(
        "select strftime(week_date, '%m-%d'), work_kind, finished_count, finished_points, cycle_time_hours"
        " from marts.work_mix_weekly where scope_kind = 'program' order by 1, 2"
    ) == [("03-02", "bug", 1, 3, 48), ("03-02", "feature", 1, None, 48), ("03-16", "bug", 1, 8, 24)]
    # The issue itself tells its present: the dates that stand.
    assert warehouse.rows(
        "select strftime(started_at, '%m-%d'), strftime(done_at, '%m-%d'), cycle_time_hours from marts.issues where issue_id = 'acme:P1'"
    ) == [("03-18", "03-19", 24)]


def test_a_back_test_starts_from_what_was_known_at_its_cutoff(raw, warehouse):
    """One item a week in January and February; in March one is taken up again and one is dropped."""
    tuesdays = [date(2026, 1, 6) + timedelta(weeks=week) for week in range(8)]
    for number, day in enumerate(tuesdays, start=1):
        done = (f"{day} 09:00", "status", "To Do", "Done")
        later = ()
        if number == 2:
            later = (
                (f"{day} 09:00", "resolution", None, "Done"),
                ("2026-03-03 09:00", "resolution", "Done", "Won't Do"),
            )
        if number == 4:
            later = (("2026-03-03 09:00", "status", "Done", "To Do"),)
        raw.issue(number, "2025-12-01 00:00", done, *later, resolution=DROPPED if number == 2 else None)
    # Open at the cutoff, dropped since.
    raw.issue(20, "2025-12-01 00:00", ("2026-03-10 09:00", "status", "To Do", "Done"), resolution=DROPPED)
    warehouse.run(raw, "forecast_backtests")
    assert warehouse.rows(
        "select cutoff_date, remaining_count, weekly_counts from intermediate.int_backtests__prepared order by 1"
    ) == [
        (date(2026, 3, 1), 1, [1] * 6),
    ]
