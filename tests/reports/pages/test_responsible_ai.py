"""The responsible AI report: gates with evidence, waivers, reviews, inventory."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

import reports
from reports.document import Bar, Prose, Table
from reports.sections import release
from tests.reports.believable_plan import program
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write
from tests.reports.reading import Page


@pytest.fixture(scope="module")
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("responsible_ai", "believable").html)


def test_it_opens_with_the_versions_that_fail(page: Page) -> None:
    """Only versions in use are judged; a version without any known gate lacks evidence."""
    assert "model versions in use or on trial, 1 fails a required gate: ranker v7 (champion)" in page.text


def test_the_grid_shows_each_gate_of_a_version_in_use(page: Page) -> None:
    """Its letter and, for screen readers, its word; a gate that a version lacks is a dash."""
    grid = page.tables["Required gates of each version in use or on trial: G passed, A waived, R failed, ? no evidence"]
    assert grid.row("ranker v7") == {
        "Model version": "ranker v7 (champion)",
        "All": "RRed",
        "Model card": "GGreen",
        "Human approval": "?Unknown",
        "Privacy review": "RRed",
    }


def test_what_is_open_names_the_evidence_and_the_framework(page: Page) -> None:
    """Failed ones first."""
    grid = page.tables["Required gates of versions in use or on trial that failed or have no evidence"]
    assert [row[0] for row in grid.rows] == [
        "Privacy review ranker v7 (champion)",
        "Human approval ranker v7 (champion)",
    ]
    assert grid.rows[0][1] == "RRed failed"
    assert grid.rows[0][-1] == "SR 11-7 controls"
    assert grid.rows[0][2:4] == [
        "recorded as rejected by Ines Novak",
        "Finish the privacy review, and record its result.",
    ]


def test_letters_of_the_law_stay_on_one_line(rendered: Render) -> None:
    """SR 11-7 does not break at its hyphen, as keys of issues do not."""
    assert '<span class="key">SR 11-7</span> controls' in rendered("responsible_ai", "believable").html


def test_readiness_says_what_is_missing_and_what_binds_already(page: Page) -> None:
    """The worst first; a waiver counts as ready, until it ends."""
    assert page.tables["Versions in use or on trial: may they be released?"].rows == [
        ["ranker v7 (champion) risk tier high", "RRed no", "1 of 3", "Privacy review failed Human approval without evidence", "no waiver", "Privacy review"],
        ["fraud-scorer v7 (champion) risk tier not given", "AAmber with waivers", "2 of 3", "nothing", "3 Jan 2027", "none before 2 Dec 2027"],
    ]  # fmt: skip


def test_versions_of_one_colour_stand_by_name_and_number(tmp_path: Path) -> None:
    """Whatever their rows in the mart."""
    marts = program()
    marts["release_readiness"] = [
        {"model_version_id": f"acme:fraud-scorer:{number}", "model_id": "acme:fraud-scorer", "status": "red"}
        for number in (8, 7)
    ]
    marts["release_gates"] = [
        {"model_version_id": f"acme:fraud-scorer:{number}", "gate": "owner", "is_required": True, "status": "failed"}
        for number in (8, 7)
    ]
    page = Page(reports.render("responsible_ai", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    ready = page.tables["Versions in use or on trial: may they be released?"].rows
    missing = page.tables["Required gates of versions in use or on trial that failed or have no evidence"].rows
    assert [row[0].split(" (")[0] for row in ready] == ["fraud-scorer v7", "fraud-scorer v8"]
    assert [row[0].split(" (")[0] for row in missing] == ["Owner fraud-scorer v7", "Owner fraud-scorer v8"]


def test_fairness_is_shown_slice_by_slice(page: Page) -> None:
    """What lies outside its bounds first, then what was not measured; the head says of what the values are ratios."""
    grid = page.tables["Measured slices of versions in use or on trial against their bounds, those outside first"]
    assert grid.headings[1] == "Ratio to everybody"
    assert grid.rows == [
        ["age 65 plus ranker v7 (champion)", "0.74", "0.80 to 1.25", "outside"],
        ["age 18–25 ranker v7 (champion)", "not measured", "0.80 to 1.25", "unknown"],
        ["new users ranker v7 (champion)", "0.97", "0.80 to 1.25", "within"],
        ["night orders ranker v7 (champion)", "1.20", "at least 0.80", "within"],
    ]


@pytest.mark.parametrize(
    ("value", "minimum", "maximum", "drawn"),
    [
        (1.0, 0.8, 1.2, (0.5, 1 / 3, 2 / 3)),
        (0.8, 0.8, 1.2, (1 / 3, 1 / 3, 2 / 3)),
        (0.0, 0.8, 1.2, (0.0, 1 / 3, 2 / 3)),
        (0.9, 0.8, None, (0.5625, 0.5, None)),
        (0.05, None, 0.1, (0.25, 0.5, None)),
        (5.0, 0.8, None, (1.0, 0.5, None)),
    ],
)
def test_a_bar_of_fairness_has_a_line_for_each_bound(
    value: float, minimum: float | None, maximum: float | None, drawn: tuple[float, float, float | None]
) -> None:
    """Two stand at its thirds, one alone in its middle; what lies far outside ends at the edge."""
    row = {"model_version_id": "v", "metric": "fairness/a", "slice": "a", "value": value, "minimum": minimum, "maximum": maximum, "bounds_source": None, "status": "passed", "finding": None}  # fmt: skip
    table, key = release.slices([row], {"v": "ranker v7"})
    assert isinstance(table, Table)
    assert isinstance(key, Prose)
    bar = table.rows[0][1]
    assert isinstance(bar, Bar)
    assert (bar.share, bar.limit_share, bar.upper_share) == tuple(
        one if one is None else pytest.approx(one) for one in drawn
    )


@pytest.mark.parametrize(("minimum", "maximum"), [(None, None), (0.0, None), (-0.1, None), (1.2, 0.8)])
def test_without_a_bound_above_nothing_no_bar_is_drawn(minimum: float | None, maximum: float | None) -> None:
    """It would have no scale, and so needs no key."""
    row = {"model_version_id": "v", "metric": "fairness/a", "slice": "a", "value": 0.5, "minimum": minimum, "maximum": maximum, "bounds_source": None, "status": "unknown", "finding": None}  # fmt: skip
    [table] = release.slices([row], {"v": "ranker v7"})
    assert isinstance(table, Table)
    assert table.rows[0][1] == "0.50"


def test_an_auditor_gets_the_inventory_and_the_frameworks_as_csv(believable: Path, tmp_path: Path) -> None:
    """Purpose, owner, risk tier, data, validation, reviews: a column each, exact dates; frameworks are columns of their own."""
    text = reports.export("responsible_ai", believable, tmp_path, kind="csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    start = next(
        place for place, row in enumerate(rows) if row[1:2] == ["Every registered model, as auditors ask for it"]
    )
    assert rows[start + 1] == ["Model", "Version", "Purpose", "Owner", "Risk tier", "Training data", "Validation", "Last review", "Next review"]  # fmt: skip
    inventory = {row[0]: row for row in rows[start + 2 : start + 5]}
    assert inventory["ranker"][-2:] == ["2026-05-04", "2026-11-04"]
    evidence = next(row for row in rows if row[:2] == ["Version", "Gate"])
    assert evidence[-3:] == ["EU AI Act", "NIST AI RMF", "SR 11-7"]


def test_reviews_that_are_past_say_so(page: Page) -> None:
    """And those of later months are not due."""
    grid = page.tables["Reviews that are overdue or due soon"]
    assert grid.rows == [["ranker", "4 Nov 2026, overdue", "4 May 2026", "Mei Tanaka"]]


def test_the_inventory_lists_every_model(page: Page) -> None:
    """What is missing says so."""
    grid = page.tables["Every registered model, as auditors ask for it"]
    assert len(grid.rows) == 3
    assert grid.row("care-intent")["Purpose"] == "not described"
    assert grid.row("fraud-scorer")["Training data"] == "payments 77c0 labels 12ab"


def test_the_page_sets_version_and_last_review_beneath_what_they_belong_to(page: Page) -> None:
    """Nine columns are too many for a sheet of paper; as values they stay columns, as the auditor's test above says."""
    grid = page.tables["Every registered model, as auditors ask for it"]
    assert grid.headings == ["Model", "Purpose", "Owner", "Risk tier", "Training data", "Validation", "Next review"]
    assert grid.row("ranker")["Validation"] == "failed last review 4 May 2026"
    assert grid.row("care-intent")["Model"] == "care-intent –"
    assert grid.row("care-intent")["Validation"] == "unknown last review –"


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (date(2026, 11, 23), "expired"),
        (date(2026, 11, 24), "no days left"),
        (date(2027, 1, 3), "40 days left"),
        (None, "no end date"),
    ],
)
def test_a_waiver_says_how_long_it_holds(until: date | None, state: str, tmp_path: Path) -> None:
    """It holds through its last day."""
    marts = program()
    marts["release_gates"][0] |= {"waiver_reason": "The board meets in December", "waiver_until_date": until}
    page = Page(reports.render("responsible_ai", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert page.tables["Waivers, the soonest to end first"].rows[0][-1] == state


def test_the_waiver_that_ends_first_comes_first(tmp_path: Path) -> None:
    """Whatever its row; one without an end comes last."""
    marts = program()
    ends = (date(2027, 1, 29), date(2026, 11, 20), None, date(2026, 12, 9))
    for row, until in zip(marts["release_gates"], ends, strict=True):
        row |= {"waiver_reason": "The board meets in December", "waiver_until_date": until}
    page = Page(reports.render("responsible_ai", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    shown = [row[2] for row in page.tables["Waivers, the soonest to end first"].rows]
    assert shown == ["20 Nov 2026", "9 Dec 2026", "29 Jan 2027", "–"]


def test_unknown_is_never_green(rendered: Render) -> None:
    """Rows of ids only."""
    page = Page(rendered("responsible_ai", "unknown").html)
    assert not [one for one in page.attributes if one[1] == "class" and "green" in one[2]]


@pytest.mark.parametrize(
    ("metrics", "head"),
    [
        (["fairness/a", "disparate_impact/b"], "Ratio to everybody"),
        (["bias/a"], "Difference to everybody"),
        (["bias/a", "fairness/a"], "Ratio or difference to everybody"),
        (["recall/a"], "Value"),
    ],
)
def test_a_head_says_what_is_measured_of_slices(metrics: list[str], head: str) -> None:
    rows = [
        {"model_version_id": "v", "metric": metric, "slice": "a", "value": 0.9, "minimum": None, "maximum": None, "bounds_source": None, "status": "passed", "finding": None}
        for metric in metrics
    ]  # fmt: skip
    table = release.slices(rows, {"v": "ranker v7"})[0]
    assert isinstance(table, Table)
    assert table.columns[1].title == head


def test_a_waiver_that_has_ended_is_not_called_none(tmp_path: Path) -> None:
    """Of a gate that is open again."""
    marts = program()
    marts["release_gates"][0] |= {"waiver_reason": "The board meets", "waiver_until_date": date(2026, 11, 20)}
    page = Page(reports.render("responsible_ai", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    grid = page.tables["Versions in use or on trial: may they be released?"]
    assert grid.row("ranker v7")["Waived until"] == "ended 20 Nov 2026"
