"""The steering pack comes in the order in which a committee decides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import reports
from reports.sections import release
from tests.reports.believable_plan import program
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write
from tests.reports.reading import Page


@pytest.fixture(scope="module")
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("steering_pack", "believable").html)


def test_the_agenda_is_in_the_order_of_deciding(rendered: Render) -> None:
    """Decisions first, actions of last time at the end, trust after everything."""
    html = rendered("steering_pack", "believable").html
    assert re.findall(r'<section id="(\w+)"', html) == [
        "decide", "changes", "status", "money", "roadmap", "objectives", "risks", "dependencies", "models", "gates", "actions", "trust",
    ]  # fmt: skip


def test_a_decision_comes_with_the_state_of_what_it_is_about(page: Page) -> None:
    """The initiative's colour, why, and what would end it; decided ones are left out."""
    assert (
        "cut the second country? · D-7 Owner: Ada Wiśniewska · overdue, was due 20 Nov 2026 "
        "Forecast, eight chances in ten: as it goes now it is done by 10 Feb 2027, 4 weeks after the target 15 Jan 2027 (30% on time); "
        "with the scope frozen it is done by 3 Feb 2027, 19 days after the target (50% on time); "
        "with the throughput 20% lower it is done by 20 Feb 2027, 5 weeks after the target (10% on time). "
        "About Fraud detection 2.0, now RRed. General availability is forecast 3 weeks after its target. "
        "It turns green when the forecast is at most 5 days after the target."
    ) in page.text
    assert "Vendor for labelling" not in page.text


def test_a_decision_that_changes_no_date_that_matters_has_no_forecast(tmp_path: Path) -> None:
    """Each case is in time, so none of them is an argument."""
    marts = program()
    for row in marts["delivery_forecasts"]:
        row["on_time_share"] = 1.0
    page = Page(reports.render("steering_pack", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert "Forecast, eight chances in ten" not in page.text


def test_a_case_that_ends_on_its_target_says_so(tmp_path: Path) -> None:
    """In words that make a sentence."""
    marts = program()
    for row in marts["delivery_forecasts"]:
        row["p80_date"] = row["target_date"]
    page = Page(reports.render("steering_pack", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert (
        "as it goes now it is done by 15 Jan 2027, on the day of the target 15 Jan 2027 (30% on time); with the scope"
        in page.text
    )


def test_a_decision_about_nothing_that_is_forecast_has_no_forecast(page: Page) -> None:
    """What is about no initiative."""
    told = page.text.split("Buy GPU capacity", 1)[1].split("Changes since the last pack", 1)[0]
    assert "Forecast" not in told


def test_a_star_of_the_matrix_says_what_was_called_by_hand_and_why(page: Page, rendered: Render) -> None:
    """With its end, and the colour that is computed; without a star there is nothing to say."""
    assert (
        "* Fraud detection 2.0 · Budget Called amber by hand until 15 Dec 2026: The second country moves to 2027. "
        "Computed: GGreen."
    ) in page.text
    assert "Computed: " not in Page(rendered("steering_pack", "unknown").html).text


def test_open_dependencies_name_both_issues(page: Page) -> None:
    """Late ones say so, resolved ones are left out; what holds several up is told once."""
    grid = page.tables["Open dependencies, late ones first"]
    assert grid.rows == [
        ["FRAUD-212 Score transactions within 80 ms at the 99th percentile", "SEARCH-88 Learning-to-rank features from clicks", "1 Dec 2026 due date of SEARCH-88", "20 Dec 2026 12 finished items of FRAUD that took at least as long", "19 days late"],
        ["FRAUD-212", "SEARCH-91 Nightly evaluation on the golden set", "9 Dec 2026 due date of SEARCH-91", "20 Dec 2026", "11 days late"],
    ]  # fmt: skip


def test_actions_of_last_time_say_whether_they_are_done(page: Page) -> None:
    """With owner and due date."""
    grid = page.tables["Actions from the log, open ones first"]
    assert grid.rows == [["Ask the platform team for a date", "Mei Tanaka", "12 Nov 2026", "overdue"]]


def test_its_numbers_are_the_marts(rendered: Render) -> None:
    """What Dagster plots."""
    assert rendered("steering_pack", "believable").numbers == {
        "decisions_needed": 2, "actions_overdue": 1, "red_initiatives": 1, "milestones_late": 1,
    }  # fmt: skip


def test_the_chain_that_holds_a_milestone_is_told_from_its_root(page: Page) -> None:
    """Only the one that holds it longest; one that holds several milestones is told once."""
    assert (
        "General availability and Privacy review passed wait for FRAUD-212 · Fraud detection 2.0 FRAUD-212 (Score transactions within 80 ms at the 99th percentile) "
        "holds up SEARCH-88 (Learning-to-rank features from clicks). 2 issues wait for it; targets 18 Dec 2026 and 19 Dec 2026, not before 20 Dec 2026 "
        "in eight of ten cases."
    ) in page.text


def test_a_chain_names_every_milestone_that_it_holds(tmp_path: Path) -> None:
    """However many: they stand nowhere else."""
    marts = program()
    chains = marts["dependency_chains"]
    chains[1:1] = [{**chains[0], "milestone_id": f"X{number}"} for number in range(4)]
    page = Page(reports.render("steering_pack", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert "X0, X1, X2, X3, General availability and Privacy review passed wait for FRAUD-212" in page.text


def test_key_results_show_the_way_made(page: Page) -> None:
    """From baseline over now to target."""
    grid = page.tables["Key results by objective"]
    assert grid.rows == [["Chargebacks per 10,000 orders Less fraud", "31", "27.5", "18", "on the way, 27%"]]


def test_key_results_are_said_so_that_they_differ_and_without_addresses(tmp_path: Path) -> None:
    """A share in percent, one digit more where two values would read the same, and no name of a source."""
    marts = program()
    marts["objectives"] = [
        {"objective_id": "O", "key_result": name, "baseline_value": first, "current_value": now, "target_value": last, "value_from": source, "source_fault": fault, "progress_share": None if fault else 1.02}
        for name, first, now, last, source, fault in (
            ("A recall", 0.21, 0.312, 0.31, "metric:x/recall", None),
            ("B share", 0.0, 0.719, 1.0, "mart:initiatives/x/done_share", None),
            ("C nearly", 0.5, 0.9996, 1.0, "mart:initiatives/x/done_share", None),
            ("D minutes", 4.0, None, 3.0, None, "nothing is called mart:fraud_desk/review_minutes"),
        )
    ]  # fmt: skip
    page = Page(reports.render("steering_pack", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    rows = page.tables["Key results by objective"].rows
    assert [row[1:4] for row in rows] == [
        ["0.210", "0.312", "0.310"],
        ["0%", "72%", "100%"],
        ["50.00%", "99.96%", "100.00%"],
        ["4", "–", "3"],
    ]
    assert rows[3][4] == "– Its value could not be read; the report Data trust says why."


def test_increments_head_their_rows_by_team_and_tell_none_from_nothing(tmp_path: Path, page: Page) -> None:
    """No sprint that does not fit is a 0; a team without sprints has none."""
    grid = page.tables["Program increments by team, the newest first"]
    assert [(row[0].split(" 1 ")[0], row[-1]) for row in grid.rows] == [
        ("Fraud · PI 2026-4", "3"),
        ("Fraud · PI 2026-3", "1"),
        ("Search · PI 2026-3", "0"),
    ]
    marts = program()
    for row in marts["increments"]:
        row |= {"sprint_count": 0, "misaligned_sprint_count": 0}
    page = Page(reports.render("steering_pack", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    rows = page.tables["Program increments by team, the newest first"].rows
    assert {tuple(row[-2:]) for row in rows} == {("0", "no sprints")}


def test_what_nobody_can_date_is_said_in_words(tmp_path: Path) -> None:
    """Why, once; then that it is as above. Whether it comes in time is unknown."""
    marts = program()
    for row in (*marts["dependencies"], *marts["dependency_chains"]):
        row |= {"p80_date": None, "is_late": None}
    for row in marts["dependencies"][:2]:
        row |= {"p80_source": "unknown: only 1 finished item", "late_days": None}
    page = Page(reports.render("steering_pack", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    rows = page.tables["Open dependencies, late ones first"].rows
    assert [row[3:] for row in rows] == [["– unknown: only 1 finished item", "unknown"], ["as above", "unknown"]]
    assert "targets 18 Dec 2026 and 19 Dec 2026, nobody can tell when it will be done." in page.text


def test_open_gates_are_told_without_tags(page: Page, rendered: Render) -> None:
    """A committee sets none; the report for those who do has them."""
    caption = "Required gates of versions in use or on trial that failed or have no evidence"
    assert [row[2:4] for row in page.tables[caption].rows] == [
        ["recorded as rejected by Ines Novak", "Finish the privacy review, and record its result."],
        ["none was found", "Have somebody approve the version, by name."],
    ]
    assert "hub." not in page.text
    assert "the tag hub.privacy_review" in Page(rendered("responsible_ai", "believable").html).text


def test_slices_of_evidence_are_told_by_their_names() -> None:
    """Not by the metrics that measure them; links stay."""
    row = {"evidence": "fairness/age_18_25 0.74 outside 0.8..1.25; tag hub.model_card = https://cards.example/a/b_c"}
    said = release.said_plainly(row, {})
    assert said.text == "age 18–25 0.74 outside 0.8 to 1.25; recorded as https://cards.example/a/b_c"


@pytest.mark.parametrize("given", ["https://wiki.example/review", "docs/model_card.md", "n/a"])
def test_what_names_no_slice_is_told_as_it_stands(given: str) -> None:
    """Addresses, paths and words with a stroke."""
    assert release.said_plainly({"evidence": f"tag hub.x = {given}"}, {}).text == f"recorded as {given}"


def test_the_mark_of_predictability_is_explained(page: Page, rendered: Render) -> None:
    """Where it is drawn, and nowhere else."""
    assert "at the upright line all of it was" in page.text
    assert "at the upright line" not in rendered("steering_pack", "believable").markdown
