"""What changed, as the program status tells it: colours that turned, and what else moved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import reports
from tests.reports.believable_plan import AS_OF, program
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write
from tests.reports.reading import Page


@pytest.fixture(scope="module")
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("program_status", "believable").html)


def test_a_colour_that_turned_names_both_colours(page: Page) -> None:
    """Scope was green last week; changes older than a week are left out."""
    assert "Fraud detection 2.0 · Scope: GGreen → RRed" in page.text
    moved = page.tables["What else moved in seven days"]
    assert moved.rows == [
        ["General availability target date · Fraud detection 2.0", "11 Dec 2026", "18 Dec 2026", "22 Nov 2026"],
        ["Fraud detection 2.0 scope: 2 came in, 1 left", "–", "–", "21 Nov 2026"],
        ["Fraud detection 2.0 actual, 2 cells of the budget", "none", "€3 k", "20 Nov 2026"],
    ]


def test_what_moved_stands_by_its_day_with_what_it_was_and_is(tmp_path: Path) -> None:
    """Whatever its kind: the newest first; a scope by how many items it had and has, money by what its cells held."""
    marts = program()
    marts["initiatives"][0]["scope_count"] = 12
    for row in marts["changes"]:
        if row["subject_kind"] == "budget_line":
            row |= {"old_value": "400.0", "seen_at": AS_OF - timedelta(days=1)}
    page = Page(reports.render("program_status", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert page.tables["What else moved in seven days"].rows == [
        ["Fraud detection 2.0 actual, 2 cells of the budget", "€800", "€3 k", "23 Nov 2026"],
        ["General availability target date · Fraud detection 2.0", "11 Dec 2026", "18 Dec 2026", "22 Nov 2026"],
        ["Fraud detection 2.0 scope: 2 came in, 1 left", "11 items", "12 items", "21 Nov 2026"],
    ]


def test_what_moved_is_said_in_its_unit(tmp_path: Path) -> None:
    """A share as one, a version by its v, and nothing as nothing."""
    marts = program()
    marts["changes"] = [
        {"subject_kind": kind, "subject_id": "x", "subject_name": kind, "what": what, "old_value": old, "new_value": new, "seen_at": AS_OF}
        for kind, what, old, new in (("model", "alias champion", None, "7"), ("model", "alias shadow", "3", None), ("risk", "probability_share", "0.5", "0.7"))
    ]  # fmt: skip
    page = Page(reports.render("program_status", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert [row[:3] for row in page.tables["What else moved in seven days"].rows] == [
        ["model champion, the version in use", "none", "v7"],
        ["model version called shadow", "v3", "none"],
        ["risk likelihood", "50%", "70%"],
    ]


def test_a_cell_of_the_budget_that_changed_twice_counts_once(tmp_path: Path) -> None:
    """It was what it was before the first change, and is what the last one made it; one that is as before did not change."""
    marts = program()
    marts["changes"] = [
        {"subject_kind": "budget_line", "subject_id": line, "initiative_id": "fraud", "what": "planned 2026-11", "old_value": old, "new_value": new, "seen_at": AS_OF - timedelta(days=days)}
        for line, old, new, days in (("B-1", "100.0", "120.0", 4), ("B-1", "120.0", "150.0", 2), ("B-2", "40.0", "30.0", 3), ("B-3", "7.0", "8.0", 2), ("B-3", "8.0", "7.0", 1))
    ]  # fmt: skip
    page = Page(reports.render("program_status", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert page.tables["What else moved in seven days"].rows[0][:3] == [
        "Fraud detection 2.0 planned, 2 cells of the budget",
        "€140",
        "€180",
    ]


def test_a_colour_that_turned_is_told_once(page: Page) -> None:
    """Of an initiative; the program's colour of that dimension only repeats it."""
    told = page.text.split("What changed since last week", 2)[2].split("What else moved", 1)[0]
    assert "Fraud detection 2.0 · Scope: GGreen → RRed" in told
    assert "The program · Scope" not in told


def test_each_week_has_its_colour_and_the_row_says_for_how_long(page: Page) -> None:
    """Oldest first, the present last; how long the colour has stood is told in words."""
    grid = page.tables["Overall colour week by week, the last one is now: G green, A amber, R red, ? unknown"]
    assert grid.rows[0][0] == "The program"
    assert {row[0]: row[2] for row in grid.rows}["Fraud detection 2.0"] == "Red all 1 week and now"
