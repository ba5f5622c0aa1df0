"""The risks report: the register by exposure, its grid, and what the data says beyond it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

import reports
from reports.sections import risk_matrix
from tests.reports.believable_plan import AS_OF, program
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write
from tests.reports.reading import Page


@pytest.fixture(scope="module")
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
    assert grid.headings == ["Likelihood", "≤ €50 k", "≤ €100 k", "≤ €150 k", "≤ €200 k", "≤ €250 k"]
    assert grid.row("40–60%")["≤ €200 k"] == "R-1"
    assert grid.row("20–40%")["≤ €250 k"] == "R-2"


def test_what_stands_against_the_risks_is_held_against_what_they_may_cost(page: Page) -> None:
    """The program in a sentence and in front, then each initiative; a reserve that does not reach, or is none, stands out."""
    assert "Contingency leaves €65 k of the risks open, €15 k more than the reserve can bear." in page.text
    assert page.tables["Risks after the responses, against contingency and reserves"].rows == [
        ["The program", "2", "€105 k", "€40 k", "€65 k", "€50 k", "€0", "−€15 k"],
        ["Search ranking", "1", "€45 k", "€0", "€45 k", "€0", "€0", "none, €45 k short"],
        ["Fraud detection 2.0", "1", "€60 k", "€40 k", "€20 k", "€50 k", "€0", "€30 k"],
    ]


@pytest.mark.parametrize("report", ["steering_pack", "budget"])
def test_committee_and_finance_see_the_same_reserves(report: str, rendered: Render, page: Page) -> None:
    """One set of numbers."""
    caption = "Risks after the responses, against contingency and reserves"
    assert Page(rendered(report, "believable").html).tables[caption].rows == page.tables[caption].rows


def test_a_reserve_that_is_not_known_says_so(tmp_path: Path) -> None:
    """And one that reaches says what is left."""
    marts = program()
    texts = []
    for known in (
        {"reserve_left_amount": None},
        {"reserve_left_amount": 12000.0},
        {"reserve_amount": 0.0, "reserve_left_amount": -65000.0},
        {"uncovered_exposure": 0.0},
    ):
        marts["risk_reserves"][2] |= known
        path = write(tmp_path / f"{len(texts)}.duckdb", marts, ABOUT)
        texts.append(Page(reports.render("risks", path).html).text)
    assert "Whether the reserve covers the risks is not known." in texts[0]
    assert "Contingency leaves €65 k of the risks open; after that €12 k of the reserve would be left." in texts[1]
    assert "Contingency leaves €65 k of the risks open, and there is no reserve to bear them." in texts[2]
    assert "The contingency covers what the open risks may still cost." in texts[3]


def test_a_contingency_that_cannot_be_read_is_missing_and_one_that_is_blank_is_none(tmp_path: Path) -> None:
    """The row of the program and the headline say the same: what is known, and of how many risks it is not."""
    marts = program()
    [first, second, _] = marts["risks"]
    first |= {"contingency_amount": 40000.0, "residual_exposure": 60000.0, "uncovered_exposure": 20000.0}
    second |= {"residual_exposure": 9000.0, "uncovered_exposure": 9000.0}
    marts["risks"].append({"risk_id": "R-4", "initiative_id": "fraud", "is_open": True, "residual_exposure": 45000.0})
    for row in marts["risk_reserves"]:
        if row["scope_id"] != "search":
            row |= {
                "contingency_amount": None,
                "uncovered_exposure": None,
                "drawn_amount": None,
                "reserve_left_amount": None,
            }
    page = Page(reports.render("risks", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    grid = page.tables["Risks after the responses, against contingency and reserves"]
    assert [row[3] for row in grid.rows] == ["€40 k, 1 missing", "€40 k, 1 missing", "€0"]
    assert "Contingency set aside €40 k named for 1 of 3 risks, 1 that cannot be read, 1 without one" in page.text
    assert (
        "Whether the reserve covers the risks is not known. Of Fraud detection 2.0 we do not know the contingency of 1 of its "
        "2 open risks and how much of its reserve was spent. Write it into the register and the budget."
    ) in page.text


@pytest.mark.parametrize("report", ["risks", "program_status", "capacity"])
def test_a_warning_has_a_severity_in_words_and_no_colour_of_a_status(report: str, tmp_path: Path) -> None:
    """Its limits are not those of a status: two colours for one matter would contradict each other."""
    marts = program()
    marts["risk_signals"] = [
        {"signal_id": name, "rule": "concentration", "title": f"It hangs on {name}", "severity": severity}
        for name, severity in (("Bo", "medium"), ("Cy", None), ("Ann", "high"))
    ]
    text = Page(reports.render(report, write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html).text
    assert "It hangs on Ann · high severity" in text
    assert "It hangs on Cy · unknown severity" in text
    assert not re.search("(Red|Amber|Unknown) It hangs", text)


def test_the_gravest_warnings_come_first(tmp_path: Path) -> None:
    """What has no severity comes last."""
    marts = program()
    marts["risk_signals"] = [
        {"signal_id": f"{severity}", "title": f"It is {severity}", "severity": severity}
        for severity in ("medium", None, "low", "high")
    ]
    text = Page(reports.render("risks", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html).text
    assert re.findall("It is (None|high|medium|low) ·", text) == ["high", "medium", "low", "None"]


def test_what_no_open_risk_watches_should_be_in_the_register(page: Page) -> None:
    """With the reason and the trigger to write beside it; what is watched is listed with all warnings only."""
    missing = page.text.split("copy what you agree with", 1)[1].split("All warnings from the data", 1)[0]
    assert (
        "A milestone is forecast to miss its target · high severity · Fraud detection 2.0 General availability is expected 21 days after its target. "
        "A trigger would fire when “Days by which a milestone misses its target” is more than 0 days. "
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
    assert page.tables["Open risks, the greatest exposure first"].rows[0][5] == "▲ likelihood was 40%"
    grid = page.tables["Open risks by likelihood (rows) and impact (columns), the gravest at the top right"]
    assert grid.row("40–60%")["≤ €200 k"] == "R-1▲"


@pytest.mark.parametrize(
    ("old", "new", "sign"), [("0.2", "0.4", "▲"), ("0.4", "0.2", "▼"), ("0.4", "0.4", ""), ("high", "low", "")]
)
def test_the_direction_follows_from_the_numbers(old: str, new: str, sign: str) -> None:
    """What is no number has none."""
    assert risk_matrix.direction([{"what": "exposure", "old_value": old, "new_value": new}]) == sign


def test_a_trigger_is_said_in_words(page: Page) -> None:
    """With the limit and the value now, in their unit; the register's own spelling is for machines."""
    assert (
        "Its trigger fired: “Time since the model in service was trained” is 143 days, more than the agreed 60 days."
    ) in page.text
    assert "champion_staleness_days" not in page.text


def test_an_empty_register_says_where_risks_come_from(rendered: Render) -> None:
    """Before the first sync."""
    text = Page(rendered("risks", "empty").html).text
    assert "The risk register holds no open risk. It comes from the risks tab of the program sheet." in text
