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
