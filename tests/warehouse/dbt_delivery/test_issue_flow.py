"""What becomes of an issue's changelog: intervals, stage dates, blocked time, hours."""

from __future__ import annotations

import pytest


def test_the_worked_example_of_status_intervals(raw, warehouse):
    """A back and forth between statuses gives unbroken intervals; the move back clears the start."""
    raw.issue(
        1,
        "2026-03-12 00:00",
        ("2026-03-12 01:00", "status", "To Do", "Doing"),
        ("2026-03-12 03:00", "status", "Doing", "To Do"),
        ("2026-03-12 06:00", "status", "To Do", "Done"),
    )
    warehouse.run(raw, "issue_status_intervals", "issue_stage_dates", "issues")
    assert warehouse.rows(
        "select status, hour(entered_at), hour(left_at), is_first, is_current from marts.issue_status_intervals order by stay_rank"
    ) == [
        ("To Do", 0, 1, True, False),
        ("Doing", 1, 3, False, False),
        ("To Do", 3, 6, False, False),
        ("Done", 6, None, False, True),
    ]
    assert warehouse.rows("select stage, hour(entered_at) from marts.issue_stage_dates order by stage_rank") == [
        ("ready", 0),
        ("done", 6),
    ]
    issue = warehouse.row("from marts.issues")
    assert issue["started_at"] is None
    assert issue["cycle_time_hours"] is None
    assert issue["lead_time_hours"] == 6
    assert str(issue["done_at"]) == "2026-03-12 06:00:00"


def test_an_issue_created_done_has_no_start(raw, warehouse):
    """Without a changelog the current status has lasted since the creation."""
    raw.issue(1, "2026-03-12 00:00", now={"status": "Done"})
    warehouse.run(raw, "issues")
    issue = warehouse.row("from marts.issues")
    assert (str(issue["done_at"]), issue["started_at"], issue["cycle_time_hours"]) == (
        "2026-03-12 00:00:00",
        None,
        None,
    )
    assert issue["is_finished"]


def test_reopened_work_keeps_its_start_and_loses_its_end(raw, warehouse):
    """Leaving done clears the end only: work had begun and goes on."""
    raw.issue(
        1,
        "2026-03-02 00:00",
        ("2026-03-03 00:00", "status", "To Do", "Doing"),
        ("2026-03-04 00:00", "status", "Doing", "Done"),
        ("2026-03-05 00:00", "status", "Done", "Doing"),
    )
    warehouse.run(raw, "issues")
    issue = warehouse.row("from marts.issues")
    assert (str(issue["started_at"]), issue["done_at"], issue["reopened_count"]) == ("2026-03-03 00:00:00", None, 1)
    assert issue["is_in_progress"]
    assert issue["is_stalled"], "nothing happened for 26 days"
    assert issue["age_hours"] == 28 * 24 + 10


def test_blocked_time_counts_overlaps_once_and_ends_when_done(raw, warehouse):
    """A flag within a blocked status, and a blocker that is still open, do not add up twice."""
    raw.issue(
        1,
        "2026-03-02 00:00",
        ("2026-03-02 10:00", "status", "To Do", "Doing"),
        ("2026-03-02 12:00", "flagged", False, True),
        ("2026-03-02 14:00", "status", "Doing", "Blocked"),
        ("2026-03-02 16:00", "flagged", True, False),
        ("2026-03-02 18:00", "status", "Blocked", "Doing"),
        ("2026-03-02 20:00", "status", "Doing", "Done"),
    )
    warehouse.run(raw, "issues")
    issue = warehouse.row("from marts.issues")
    assert issue["blocked_hours"] == 6
    assert issue["cycle_time_hours"] == 10
    assert issue["flow_efficiency_share"] == pytest.approx(0.4)
    assert not issue["is_blocked"]


def test_an_open_blocker_blocks_until_it_is_done(raw, warehouse):
    """The link counts from when it was made to when the blocker was done."""
    blocks = {"id": "77", "type": {"name": "Blocks"}}
    raw.issue(1, "2026-03-02 00:00", ("2026-03-05 00:00", "status", "To Do", "Done"))
    raw.issue(
        2,
        "2026-03-01 00:00",
        ("2026-03-03 00:00", "Link", None, "P-1"),
        issuelinks=[
            {
                **blocks,
                "inwardIssue": {"id": "P1", "key": "P-1", "fields": {"status": {"statusCategory": {"key": "done"}}}},
            }
        ],
    )
    raw.issue(3, "2026-03-01 00:00", ("2026-03-03 00:00", "status", "To Do", "Doing"))
    raw.issue(
        4,
        "2026-03-31 04:00",
        issuelinks=[
            {
                **blocks,
                "inwardIssue": {
                    "id": "P3",
                    "key": "P-3",
                    "fields": {"status": {"statusCategory": {"key": "indeterminate"}}},
                },
            }
        ],
    )
    warehouse.run(raw, "issues")
    assert warehouse.rows("select issue_key, is_blocked, blocked_hours from marts.issues order by 1") == [
        ("P-1", False, 0),
        ("P-2", False, 48),
        ("P-3", False, 0),
        ("P-4", True, 6),
    ]


def test_working_time_leaves_out_weekends_and_counts_real_hours_on_the_day_the_clocks_change(raw, warehouse):
    """From Friday noon to Monday noon are 24 working hours, though the clocks skip an hour on that Sunday."""
    raw.issue(
        1,
        "2026-03-20 00:00",
        ("2026-03-27 11:00", "status", "To Do", "Doing"),  # Friday 12:00 in Berlin, winter time
        ("2026-03-30 10:00", "status", "Doing", "Done"),  # Monday 12:00 in Berlin, summer time
    )
    warehouse.run(raw, "issues")
    issue = warehouse.row("from marts.issues")
    assert issue["cycle_time_hours"] == 71
    assert issue["working_cycle_time_hours"] == 24


def test_a_deleted_issue_ends_with_its_deletion(raw, warehouse):
    """Its last stay ends, and it is neither in progress nor finished."""
    raw.issue(1, "2026-03-02 00:00", ("2026-03-03 00:00", "status", "To Do", "Doing"), deleted="2026-03-10 00:00")
    warehouse.run(raw, "issues", "issue_status_intervals")
    issue = warehouse.row("from marts.issues")
    assert (issue["is_in_progress"], issue["age_hours"]) == (False, None)
    assert warehouse.rows("select hours, is_current from marts.issue_status_intervals order by stay_rank") == [
        (24, False),
        (168, False),
    ]


def test_a_change_before_the_creation_counts_from_the_creation(raw, warehouse):
    """Where two clocks disagree no interval is negative."""
    raw.issue(1, "2026-03-02 00:00", ("2026-03-01 23:00", "status", "To Do", "Doing"))
    warehouse.run(raw, "issue_status_intervals")
    assert warehouse.rows("select status, hours from marts.issue_status_intervals order by stay_rank") == [
        ("To Do", 0),
        ("Doing", 29 * 24 + 10),
    ]


def test_a_resolution_that_delivers_nothing_is_not_finished(raw, warehouse):
    """Won't Do is scope removed."""
    raw.issue(1, "2026-03-02 00:00", ("2026-03-03 00:00", "status", "To Do", "Done"), resolution={"name": "Won't Do"})
    warehouse.run(raw, "issues")
    issue = warehouse.row("from marts.issues")
    assert (issue["is_finished"], issue["is_delivered"]) == (False, False)
    assert issue["done_at"] is not None


def test_an_epic_is_found_through_link_parent_and_grandparent(raw, warehouse):
    """Stories name their epic by link or parent; a sub-task has that of its story."""
    raw.issue(1, "2026-03-01 00:00", kind="Epic")
    raw.issue(
        2,
        "2026-03-01 00:00",
        parent={"id": "P1", "key": "P-1", "fields": {"issuetype": {"name": "Epic", "hierarchyLevel": 1}}},
    )
    raw.issue(
        3,
        "2026-03-01 00:00",
        kind="Sub-task",
        parent={"id": "P2", "key": "P-2", "fields": {"issuetype": {"name": "Story", "hierarchyLevel": 0}}},
    )
    raw.issue(4, "2026-03-01 00:00", customfield_10014="P-1")
    warehouse.run(raw, "issues")
    assert warehouse.rows(
        "select issue_key, parent_issue_id, epic_issue_id, is_work_item from marts.issues order by 1"
    ) == [
        ("P-1", None, None, False),
        ("P-2", "acme:P1", "acme:P1", True),
        ("P-3", "acme:P2", "acme:P1", False),
        ("P-4", None, "acme:P1", True),
    ]
