"""The risks report: the register by exposure, its grid, and what the data says beyond it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import reports
from reports.sections import risk_matrix
from tests.reports.believable_plan import AS_OF, program
from tests.reports.conftest import ABOUT, Render, write
from tests.reports.reading import Page


@pytest.fixture
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("risks", "believable").html)


def test_it_opens_with_the_exposure_and_what_needs_attention(page: Page) -> None:
    """Closed risks count for nothing."""
    assert (
        "2 risks are open with an exposure of €183 k: 1 triggered, 1 overdue and 1 not reviewed. "
        "The greatest is “Second country needs another data-protection assessment”."
    ) in page.text


def test_risks_stand_where_their_likelihood_and_impact_put_them(page: Page) -> None:
    """Bands of a fifth; the greatest impact sets the scale."""
    grid = page.tables["Open risks by likelihood (rows) and impact (columns), the gravest at the top right"]
    assert grid.headings == ["Likelihood", "up to €50 k", "to €100 k", "to €150 k", "to €200 k", "to €250 k"]
    assert grid.row("40 to 60%")["to €200 k"] == "R-1"
    assert grid.row("20 to 40%")["to €250 k"] == "R-2"


def test_what_no_open_risk_watches_should_be_in_the_register(page: Page) -> None:
    """With the reason and the trigger to write beside it; what is watched is listed with all warnings only."""
    missing = page.text.split("copy what you agree with", 1)[1].split("All warnings from the data", 1)[0]
    assert (
        "A milestone is missed · Fraud detection 2.0 General availability is expected 21 days after its target. "
        "Trigger to write beside it: milestone_p80_slip_days > 0 Evidence: FRAUD-212"
    ) in missing
    assert "Blocker older" not in missing


def test_a_risk_that_grew_says_what_it_was(tmp_path: Path) -> None:
    """From the changes of the last 30 days, with the direction in the grid too."""
    marts = program()
    marts["changes"].append(
        {"subject_kind": "risk", "subject_id": "R-1", "what": "probability_share", "old_value": "0.4", "new_value": "0.6", "seen_at": AS_OF - timedelta(days=9)}
    )  # fmt: skip
    page = Page(reports.render("risks", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert page.tables["Open risks, the greatest exposure first"].rows[0][5] == "▲ probability was 40%"
    grid = page.tables["Open risks by likelihood (rows) and impact (columns), the gravest at the top right"]
    assert grid.row("40 to 60%")["to €200 k"] == "R-1▲"


@pytest.mark.parametrize(
    ("old", "new", "sign"), [("0.2", "0.4", "▲"), ("0.4", "0.2", "▼"), ("0.4", "0.4", ""), ("high", "low", "")]
)
def test_the_direction_follows_from_the_numbers(old: str, new: str, sign: str) -> None:
    """What is no number has none."""
    assert risk_matrix.direction([{"what": "exposure", "old_value": old, "new_value": new}]) == sign


def test_a_trigger_is_said_in_words(page: Page) -> None:
    """With the limit and the value now, in their unit; the register's own spelling is for machines."""
    assert (
        "Its trigger fired. Time since the model in service was trained: more than 60 days; now 143 days." in page.text
    )
    assert "champion_staleness_days" not in page.text


def test_an_empty_register_says_where_risks_come_from(rendered: Render) -> None:
    """Before the first sync."""
    text = Page(rendered("risks", "empty").html).text
    assert "The risk register holds no open risk. It comes from the risks tab of the program sheet." in text
