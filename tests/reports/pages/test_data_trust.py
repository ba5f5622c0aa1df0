"""The data trust report names what makes figures doubtful and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

import reports
from reports.sections import sources
from tests.reports.believable_plan import AS_OF, program
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write
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
        "Pull request without issue · 41 affected, 9%",
        "Bad cell · 3 affected",
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
    """The stale ones in the open, the fresh ones behind a sentence."""
    grid = page.tables["Streams that are stale or failed"]
    fresh = page.tables["Streams that are fresh"]
    assert len(grid.rows) == 1
    assert len(fresh.rows) == 4
    assert {row[1] for row in fresh.rows} == {"fresh"}
    assert "4 streams are fresh" in page.text
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
    shown = page.tables["Open issues without an initiative, the newest first"].rows
    assert {row[0].split()[0] for row in shown} == {"FRAUD-212", "FRAUD-240", "SEARCH-88", "SEARCH-91"}


def test_an_account_of_nobody_comes_with_a_proposal(page: Page, rendered: Render) -> None:
    """Bots are nobody by right; without a people tab nobody is missing."""
    grid = page.tables["Accounts that nobody in the people tab claims"]
    assert grid.rows == [["octo-mei", "GitHub acme", "Mei Tanaka: the login reads like the name"]]
    text = Page(rendered("data_trust", "unknown").html).text
    assert "Every account belongs to somebody in the people tab, or no such tab was read." in text


def test_the_ages_of_the_streams_stand_once(page: Page, rendered: Render) -> None:
    """In the tables that are this report's own; other reports have them at their end."""
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
    assert [row[-1] for row in grid.rows] == ["no run", "issue unmapped", "nowhere"]
    assert [row[4] for row in grid.rows] == ["", "", "86%"]
    assert grid.rows[2][1:2] + grid.rows[2][3:5] == ["FRAUD-212 Fraud detection 2.0", "2", "86%"]


def test_an_initiative_that_only_the_model_names_says_so(page: Page) -> None:
    """Beside an issue that belongs to none, so that the row does not contradict itself."""
    grid = page.tables["Every model version back to the money, broken ways first"]
    assert grid.rows[1][1] == "SEARCH-88 Search ranking named by the model"
    assert "The initiative of 1 model version is known from the model, not from the issue." in page.text


def test_an_example_that_is_a_name_stays_as_it_is(tmp_path: Path) -> None:
    """Dates of the sheet are said in words; a run that is called by a day keeps its name."""
    finding = {"severity": "warn", "affected_count": 1, "affected_share": 0.5}
    marts = {
        "data_quality": [
            {**finding, "check_name": "run_never_ended", "area": "mlflow", "example": "sweep 2026-11-24"},
            {**finding, "check_name": "waiver_run_out", "area": "sheets", "example": "ranker until 2026-11-13"},
        ]
    }
    warehouse = write(tmp_path / "warehouse.duckdb", marts, ABOUT)
    text = Page(reports.render("data_trust", warehouse).html).text
    assert "For example sweep 2026-11-24" in text
    assert "For example ranker until 13 Nov 2026" in text
    grid = Page(reports.render("model_health", warehouse).html).tables
    assert grid["What makes figures here doubtful, and what to do about it"].rows[0][4] == "sweep 2026-11-24"


def test_what_is_told_first_is_not_told_again_at_the_end(page: Page) -> None:
    """Five warnings, bad cells and accounts stand on top; only the rest follows."""
    assert "The checks of the data found nothing else." in page.text


def test_each_report_has_the_findings_that_its_figures_rest_on(rendered: Render) -> None:
    """And counts the others, which the engineer's report lists."""
    caption = "What makes figures here doubtful, and what to do about it"
    found = {
        name: Page(rendered(name, "believable").html) for name in ("budget", "delivery", "responsible_ai", "risks")
    }
    assert {name: [row[0] for row in page.tables[caption].rows] for name, page in found.items()} == {
        "budget": ["Bad cell"],
        "delivery": ["Pull request without issue"],
        "responsible_ai": ["Waiver run out"],
        "risks": ["Bad cell", "Waiver run out"],
    }
    assert "1 finding concerns other figures than these: see the report Data trust." in found["risks"].text
    assert "2 findings concern other figures than these: see the report Data trust." in found["budget"].text


def test_what_figures_rest_on_are_checks_or_areas_of_them() -> None:
    """None that no check is called by."""
    seeds = Path(reports.__file__).parents[1] / "warehouse" / "seeds"
    lines = [
        line for name in ("program", "delivery") for line in (seeds / f"{name}_checks.csv").read_text().splitlines()
    ]
    known = {part for line in lines for part in line.split(",")[:2]}
    assert {one for concerns in sources.CONCERNS.values() for one in concerns} <= known
    assert set(sources.CONCERNS) <= set(reports.REPORTS)


def test_a_model_that_names_no_initiative_has_that_of_its_issue(tmp_path: Path) -> None:
    """So that both parts of the page say the same; its colour is that of the worst thing to fix."""
    marts = {
        "initiatives": [{"initiative_id": "i", "name": "Fraud"}],
        "registered_models": [{"model_id": "m", "name": "uplift"}, {"model_id": "n", "name": "ranker"}],
        "model_versions": [{"model_version_id": "m/1", "model_id": "m", "version": "1"}],
        "evidence_chain": [{"chain_id": "c", "initiative_id": "i", "model_version_id": "m/1"}],
        "source_freshness": [{"source": "jira", "instance": "acme", "stream": "issues", "is_stale": False}],
        "bad_cells": [{"tab": "risks", "cell": "R!1", "message": "R!1: bad", "seen_at": AS_OF}],
    }
    text = Page(reports.render("data_trust", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html).text
    assert "Models that name no initiative: ranker, uplift (by its issue: Fraud)." in text
    assert "AAmber The only stream is fresh" in text
