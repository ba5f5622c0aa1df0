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
        ("scope_in", None, "B", date(2026, 6, 7)),
        ("scope_out", "A", None, date(2026, 6, 7)),
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


def _holders(tables: Tables, day: date, number: int = 1) -> list[str]:
    """The initiatives to which an issue belonged at the end of a day."""
    found = tables.connection.execute(
        "select distinct items.initiative_id from intermediate.int_work_items__known as items"
        " inner join intermediate.int_moments as moments on moments.moment_rank between items.first_moment_rank and items.last_moment_rank"
        " where moments.moment_at = ? and items.issue_id = ?",
        [end_of(day), f"{INSTANCE}:{number}"],
    ).fetchall()
    return [initiative for (initiative,) in found]
