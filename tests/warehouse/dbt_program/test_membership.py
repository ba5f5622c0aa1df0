"""To which initiative an issue belonged in a past week: by the roadmap of that week, and what the issue named in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.warehouse.dbt_program.conftest import INSTANCE, Tables
from tests.warehouse.dbt_program.jira_site import SUNDAYS, end_of, issue, roadmap


def test_issues_belong_to_the_initiative_that_the_roadmap_of_the_week_gave_them(tables):
    """A mapping that moved in the sheet takes no past week with it; the first one found stands for the weeks before it."""
    beta = {"_key": "2", "initiative_id": "B", "initiative": "Beta"}
    roadmap(tables, at="2026-05-26")
    tables.sheet("roadmap", {**beta, "jira_mapping": ["label:b"]}, at="2026-05-26")
    roadmap(tables, at="2026-06-03", jira_mapping=["label:b"])
    tables.sheet("roadmap", {**beta, "jira_mapping": ["component:A"]}, at="2026-06-03")
    issue(tables, 1, "2026-05-01")
    issue(tables, 2, "2026-05-01")
    tables.make("program_status_weekly", "changes")
    assert [_holders(tables, day) for day in SUNDAYS] == [["A"], ["A"], ["B"]]
    # It is told once, when it was seen; of what was so from the start, when the issue was created.
    assert tables.rows("select what, old_value, new_value, cast(seen_at as date) from marts.changes where subject_id = 'acme:1' order by seen_at, what") == [
        ("scope_in", None, "A", date(2026, 5, 1)),
        ("scope_in", None, "B", date(2026, 6, 3)),
        ("scope_out", "A", None, date(2026, 6, 3)),
    ]  # fmt: skip


def test_issues_belong_to_the_initiative_that_they_named_in_the_week(tables):
    """Component, labels, epic and project of an issue are taken from its changelog."""
    roadmap(tables, jira_mapping=["component:A", "label:a", "epic:P-90", "project:OLD"])
    tables.sheet(
        "roadmap",
        {"_key": "2", "initiative_id": "B", "initiative": "Beta", "jira_mapping": ["component:B", "label:b", "epic:P-91", "project:Q"]},
    )  # fmt: skip
    issue(tables, 90, "2026-05-01", components=[], is_epic=True)
    issue(tables, 91, "2026-05-01", components=[], is_epic=True)
    moved = {
        1: (("component", "A", None), ("component", None, "B")),
        2: (("labels", "x a", "x b"),),
        3: (("epic", "90", "91"),),
        4: (("key", "OLD-4", "Q-4"),),
    }
    now: dict[int, dict[str, Any]] = {
        1: {"components": ["B"]}, 2: {"components": [], "labels": ["x", "b"]}, 3: {"components": [], "epic": "91"},
        4: {"components": [], "key": "Q-4"},
    }  # fmt: skip
    for number, changes in moved.items():
        told = (("2026-05-28", field, old, new) for field, old, new in changes)
        issue(tables, number, "2026-05-01", *told, **now[number])
    tables.make("int_work_items__known")
    for number, changes in moved.items():
        assert [_holders(tables, day, number) for day in SUNDAYS] == [["A"], ["B"], ["B"]], changes


def test_a_move_is_dated_at_the_one_thing_that_can_have_caused_it(tables):
    """By the issue's own changelog or that of one above it; of two things nobody can say which it was: then at the week's end that shows it."""
    roadmap(tables, jira_mapping=["component:A", "label:a"])
    tables.sheet(
        "roadmap", {"_key": "2", "initiative_id": "B", "initiative": "Beta", "jira_mapping": ["component:B", "label:b"]}
    )
    issue(
        tables,
        1,
        "2026-05-01",
        ("2026-05-28", "component", "A", None),
        ("2026-05-28", "component", None, "B"),
        components=["B"],
    )
    # A change of labels that keeps the mapped one is no cause.
    issue(
        tables,
        2,
        "2026-05-01",
        ("2026-05-26", "labels", "x a", "y a"),
        ("2026-05-28", "labels", "y a", "b"),
        components=[],
        labels=["b"],
    )
    issue(
        tables,
        3,
        "2026-05-01",
        ("2026-05-26", "component", "A", None),
        ("2026-05-28", "component", None, "B"),
        components=["B"],
    )
    issue(tables, 90, "2026-05-01", ("2026-05-27", "component", "A", "B"), components=["B"], is_epic=True)
    issue(tables, 4, "2026-05-01", components=[], epic="90")
    # Created later: it came when it was created.
    issue(tables, 5, "2026-05-29")
    tables.make("changes")
    assert tables.rows(
        "select subject_id, what, coalesce(old_value, new_value), cast(seen_at as varchar) from marts.changes"
        " where subject_kind = 'issue' and seen_at > '2026-05-02' order by all"
    ) == [
        (f"acme:{number}", what, initiative, moment)
        for number, moment in (
            (1, "2026-05-28 08:00:00"), (2, "2026-05-28 08:00:00"), (3, "2026-05-31 21:59:59"), (4, "2026-05-27 08:00:00"),
        )
        for what, initiative in (("scope_in", "B"), ("scope_out", "A"))
    ] + [("acme:5", "scope_in", "A", "2026-05-29 08:00:00")]  # fmt: skip


def _holders(tables: Tables, day: date, number: int = 1) -> list[str]:
    """The initiatives to which an issue belonged at the end of a day."""
    found = tables.connection.execute(
        "select distinct items.initiative_id from intermediate.int_work_items__known as items"
        " inner join intermediate.int_moments as moments on moments.moment_rank between items.first_moment_rank and items.last_moment_rank"
        " where moments.moment_at = ? and items.issue_id = ?",
        [end_of(day), f"{INSTANCE}:{number}"],
    ).fetchall()
    return [initiative for (initiative,) in found]
