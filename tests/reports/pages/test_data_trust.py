"""The data trust report names what makes figures doubtful and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

import reports
from tests.reports.believable_plan import AS_OF, program
from tests.reports.conftest import ABOUT, Render, write
from tests.reports.reading import Page


@pytest.fixture(scope="module")
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("data_trust", "believable").html)


def test_what_to_fix_first_begins_with_sources_that_fail(page: Page) -> None:
    """Then bad cells, then the checks that concern most, then accounts of nobody; each with its remedy."""
    first = page.text.split("What to fix first", 2)[2].split("In short", 1)[0]
    heads = (
        "Sheets acme: budget is stale",
        "2 cells of the sheets cannot be read",
        "Unlinked pull requests · 41 affected, 9%",
        "Bad cells · 3 affected",
    )
    assert [first.index(head) for head in heads] == sorted(first.index(head) for head in heads)
    assert "Drive answered 403: the sheet is no longer shared." in first
    assert "Name the issue in the branch or the title." in first


def test_each_bad_cell_is_a_sentence_of_its_own(tmp_path: Path) -> None:
    """Three of them; the rest is counted."""
    marts = program()
    marts["bad_cells"] = [
        {
            "tab": "budget",
            "cell": f"Budget!E{row}",
            "message": f'Budget!E{row}: "tbd" is not an amount',
            "seen_at": AS_OF,
        }
        for row in range(2, 7)
    ]
    text = Page(reports.render("data_trust", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html).text
    assert "Budget!E2: “tbd” is not an amount. Budget!E3: “tbd” is not an amount. Budget!E4:" in text
    assert "… and 2 more. Correct them in the sheet." in text


def test_every_stream_has_its_age_and_its_last_error(page: Page) -> None:
    """The stale one first."""
    grid = page.tables["Every stream of every source"]
    assert len(grid.rows) == 5
    assert grid.rows[0][:3] == ["budget Sheets acme", "stale", "2 days ago"]
    assert grid.rows[0][-1] == "Drive answered 403: the sheet is no longer shared"


def test_bad_cells_have_their_addresses(page: Page) -> None:
    """Those of every tab, the newest first."""
    assert page.tables["Cells of the sheets that cannot be read"].rows == [
        ["Budget!F6", "“12k” is not an amount.", "budget"],
        ["Risks!E4", "“soon” is not a date; no version before had a value, so it is unknown.", "risks"],
    ]


def test_work_without_an_initiative_is_listed(page: Page) -> None:
    """Open work items only."""
    shown = page.tables["Open issues of no initiative, the newest first"].rows
    assert {row[0].split()[0] for row in shown} == {"FRAUD-212", "FRAUD-240", "SEARCH-88", "SEARCH-91"}


def test_an_account_of_nobody_comes_with_a_proposal(page: Page, rendered: Render) -> None:
    """Bots are nobody by right; without a people tab nobody is missing."""
    grid = page.tables["Accounts of nobody in the people tab"]
    assert grid.rows == [["octo-mei", "GitHub acme", "Mei Tanaka: the login reads like the name"]]
    text = Page(rendered("data_trust", "unknown").html).text
    assert "Every account belongs to somebody in the people tab, or no such tab was read." in text


def test_the_ages_of_the_streams_stand_once(page: Page, rendered: Render) -> None:
    """In the table that is this report's own; other reports have them at their end."""
    assert "Every stream of every source" in page.tables
    assert "Age of every stream" not in page.tables
    assert "Age of every stream" in Page(rendered("risks", "believable").html).tables


def test_before_the_first_read_it_says_what_to_run(rendered: Render) -> None:
    """No source, no check."""
    assert "Nothing has been read yet: run hub check, then hub sync." in Page(rendered("data_trust", "empty").html).text


def test_the_way_from_the_money_to_each_model_is_shown_with_what_mends_it(page: Page) -> None:
    """Broken ways by the hop that is missing, model versions one by one."""
    assert (
        "1 of 3 model versions can be followed from the budget line over initiative, issue, pull request and run."
        in page.text
    )
    assert "1 model version leads to no run Register versions from the run that trained them." in page.text
    grid = page.tables["Every model version back to the money, broken ways first"]
    assert [row[-1] for row in grid.rows] == ["no run", "issue unmapped", "whole"]
    assert grid.rows[2][1:2] + grid.rows[2][3:5] == ["FRAUD-212 Fraud detection 2.0", "2", "86%"]


def test_an_initiative_that_only_the_model_names_says_so(page: Page) -> None:
    """Beside an issue that belongs to none, so that the row does not contradict itself."""
    grid = page.tables["Every model version back to the money, broken ways first"]
    assert grid.rows[1][1] == "SEARCH-88 Search ranking named by the model"
    assert "The initiative of 1 model version is known from the model, not from the issue." in page.text
