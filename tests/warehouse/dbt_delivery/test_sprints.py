"""What a sprint was committed to, what came and went, and what was done, from the changelog."""

from __future__ import annotations

COUNTS = "committed_count, added_count, removed_count, completed_count, carried_over_count"
POINTS = "committed_points, added_points, removed_points, completed_points"


def test_a_sprint_is_told_from_the_changelog(raw, warehouse):
    """Committed at the start, added and removed after it, done or carried over at the end; points as they were then."""
    raw.sprint(5, "2026-03-02 09:00", "2026-03-13 17:00", "2026-03-16 09:00")
    raw.sprint(6, "2026-03-16 10:00", "2026-03-27 17:00")
    # Committed with 3 points, re-estimated to 5, done.
    raw.issue(
        1,
        "2026-02-20 00:00",
        ("2026-02-21 00:00", "points", None, 3),
        ("2026-03-01 00:00", "sprint", "", "5"),
        ("2026-03-04 00:00", "points", 3, 5),
        ("2026-03-10 00:00", "status", "To Do", "Done"),
    )
    # Committed, not done, moved on at the very moment the sprint was closed: Jira keeps the old sprint in the list.
    raw.issue(
        2,
        "2026-02-20 00:00",
        ("2026-03-01 00:00", "sprint", "", "5"),
        ("2026-03-16 09:00", "sprint", "5", "5, 6"),
        now={"points": 2},
    )
    # Committed, taken out again.
    raw.issue(
        3,
        "2026-02-20 00:00",
        ("2026-03-01 00:00", "sprint", "", "5"),
        ("2026-03-05 00:00", "sprint", "5", ""),
        now={"points": 1},
    )
    # Added, done.
    raw.issue(
        4,
        "2026-02-20 00:00",
        ("2026-03-05 00:00", "sprint", "", "5"),
        ("2026-03-06 00:00", "status", "To Do", "Done"),
        now={"points": 8},
    )
    # Planned for it, but taken out before it began.
    raw.issue(5, "2026-02-20 00:00", ("2026-02-25 00:00", "sprint", "", "5"), ("2026-03-01 00:00", "sprint", "5", "6"))
    # Committed and closed as Won't Do: scope removed.
    raw.issue(
        6,
        "2026-02-20 00:00",
        ("2026-03-01 00:00", "sprint", "", "5"),
        ("2026-03-06 00:00", "status", "To Do", "Done"),
        resolution={"name": "Won't Do"},
    )
    warehouse.run(raw, "sprints")
    assert warehouse.rows(f"select {COUNTS} from marts.sprints where sprint_id = 'acme:5'") == [(4, 1, 2, 2, 1)]
    assert warehouse.rows(f"select {POINTS} from marts.sprints where sprint_id = 'acme:5'") == [(6, 8, 1, 13)]
    assert warehouse.rows("select say_do_share, closed_late_hours from marts.sprints where sprint_id = 'acme:5'") == [
        (0.25, 64)
    ]
    assert warehouse.rows(f"select {COUNTS} from marts.sprints where sprint_id = 'acme:6'") == [(2, 0, 0, 0, None)]


def test_a_sprint_that_has_not_started_is_unknown(raw, warehouse):
    """Future sprints have no commitment yet; a started one that nothing was in has zeros."""
    raw.sprint(7, None, None)
    raw.sprint(8, "2026-03-02 09:00", "2026-03-13 17:00", "2026-03-16 09:00")
    warehouse.run(raw, "sprints")
    assert warehouse.rows(f"select {COUNTS} from marts.sprints order by sprint_id") == [(None,) * 5, (0, 0, 0, 0, 0)]


def test_parallel_sprints_and_the_text_form_of_data_center(raw, warehouse):
    """An issue may be in two sprints at once; Data Center sends the sprint as the text of a Java object and names the field only."""
    raw.sprint(5, "2026-03-02 09:00", "2026-03-13 17:00", "2026-03-13 17:00")
    raw.sprint(6, "2026-03-02 09:00", "2026-03-13 17:00", "2026-03-13 17:00")
    raw.issue(
        1,
        "2026-02-20 00:00",
        ("2026-03-12 00:00", "status", "To Do", "Done"),
        customfield_10020=[
            f"com.atlassian.greenhopper.service.sprint.Sprint@1f[id={number},rapidViewId=3,state=CLOSED,name=S {number}]"
            for number in (5, 6)
        ],
    )
    warehouse.run(raw, "sprints", "issues")
    assert warehouse.rows(f"select {COUNTS} from marts.sprints order by sprint_id") == [
        (1, 0, 0, 1, 0),
        (1, 0, 0, 1, 0),
    ]
    assert warehouse.row("from marts.issues")["sprint_id"] in {"acme:5", "acme:6"}


def test_an_issue_that_moves_between_running_sprints_leaves_one_and_joins_the_other(raw, warehouse):
    """Parallel sprints of two boards: removed from the first, added to the second, done there."""
    raw.sprint(5, "2026-03-02 09:00", "2026-03-13 17:00", "2026-03-13 17:00")
    raw.sprint(6, "2026-03-04 09:00", "2026-03-17 17:00", "2026-03-17 17:00", originBoardId=2)
    raw.issue(
        1,
        "2026-02-20 00:00",
        ("2026-03-01 00:00", "sprint", "", "5"),
        ("2026-03-06 00:00", "sprint", "5", "6"),
        ("2026-03-10 00:00", "status", "To Do", "Done"),
        now={"points": 3},
    )
    warehouse.run(raw, "sprints")
    assert warehouse.rows(f"select {COUNTS}, {POINTS} from marts.sprints order by sprint_id") == [
        (1, 0, 1, 0, 0, 3, None, 3, None),
        (0, 1, 0, 1, 0, None, 3, None, 3),
    ]


def test_a_sprint_seen_on_several_boards_is_one_sprint_with_the_work_of_all(raw, warehouse):
    """Boards show a sprint that their filter meets: its issues of another project count once, for the sprint itself."""
    raw.sprint(5, "2026-03-02 09:00", "2026-03-13 17:00", "2026-03-13 17:00")
    into, done = ("2026-03-01 00:00", "sprint", "", "5"), ("2026-03-10 00:00", "status", "To Do", "Done")
    raw.issue(1, "2026-02-20 00:00", into, done)
    raw.issue(2, "2026-02-20 00:00", into, project="Q")
    warehouse.run(raw, "sprints")
    assert warehouse.rows(f"select {COUNTS} from marts.sprints") == [(2, 0, 0, 1, 1)]


def test_a_sprint_that_is_closed_late_counts_until_it_is_closed(raw, warehouse):
    """What is done after the planned end and before the closing is completed; what is done a second later is carried over."""
    raw.sprint(5, "2026-03-02 09:00", "2026-03-13 17:00", "2026-03-17 09:00")
    into = ("2026-03-01 00:00", "sprint", "", "5")
    raw.issue(1, "2026-02-20 00:00", into, ("2026-03-16 12:00", "status", "To Do", "Done"))
    raw.issue(2, "2026-02-20 00:00", into, ("2026-03-17 09:00:01", "status", "To Do", "Done"))
    raw.issue(3, "2026-02-20 00:00", ("2026-03-16 12:00", "sprint", "", "5"))
    warehouse.run(raw, "sprints")
    assert warehouse.rows(f"select {COUNTS}, closed_late_hours from marts.sprints") == [(2, 1, 0, 1, 2, 88)]
