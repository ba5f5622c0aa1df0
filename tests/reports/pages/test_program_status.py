"""The program status says what the marts hold, no more and no less."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import duckdb
import pytest

import reports
from reports import figures
from reports.document import Table
from reports.sections import plain_models
from tests.reports.believable_plan import program
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write
from tests.reports.reading import Grid, Page, tidy
from warehouse import build


@pytest.fixture(scope="module")
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("program_status", "believable").html)


def test_the_age_of_each_source_stands_on_top(page: Page) -> None:
    """The oldest stream counts for a source; a stale one is marked and named in the sentence."""
    top = page.text.split("Skip to the report", 1)[1].split("What must be decided", 1)[0]
    assert "GitHub 12 minutes ago Jira 24 minutes ago MLflow 36 minutes ago Sheets 2 days ago stale" in top
    assert "Sheets is out of date, so what depends on it may be too." in top


def test_the_overall_colour_comes_with_its_reason(page: Page) -> None:
    """One sentence: which initiatives have it, each with what weighs most, and how many are milder."""
    assert "Red 1 of 3 initiatives is red: Fraud detection 2.0 (schedule); 1 more is amber. Sheets is" in page.text


def test_open_decisions_are_listed_and_closed_ones_are_not(page: Page) -> None:
    """With owner and due date; what is overdue says so."""
    assert (
        "cut the second country? · Fraud detection 2.0 Owner: Ada Wiśniewska · overdue, was due 20 Nov 2026 "
        "Forecast, eight chances in ten: as it goes now it is done by 10 Feb 2027, 4 weeks after the target 15 Jan 2027 (30% on time)"
    ) in page.text
    assert (
        "Buy GPU capacity for the first half of 2027 Owner: Jonas Lindqvist · due 4 Dec 2026 "
        "Option A: Buy 40 cards Option B: Rent by the hour Recommended: Rent until the pilot has shown its value"
    ) in page.text
    assert "Vendor for labelling" not in page.text
    assert "The feature store loses late events No owner · no due date" in page.text


def test_a_decision_names_initiatives(tmp_path: Path) -> None:
    """In question, options and recommendation, as the log words it on hover; the one it is about is said once."""
    marts = program()
    marts["initiatives"].append({"initiative_id": "INI-9", "name": "Care assistant"})
    marts["decisions"] = [
        {"decision_id": "D-1", "kind": "decision", "text": "Freeze INI-9 or take people from search?", "initiative_id": "INI-9",
         "options": ["Freeze INI-9", "Search for more"], "recommendation": "Freeze INI-9", "is_open": True}
    ]  # fmt: skip
    page = Page(reports.render("program_status", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert (
        "Freeze Care assistant or take people from search? No owner · no due date "
        "Option A: Freeze Care assistant Option B: Search for more Recommended: Freeze Care assistant"
    ) in page.text
    assert ("span", "title", "Freeze INI-9 or take people from search?") in page.attributes


def test_a_date_that_no_case_moves_is_said_once(tmp_path: Path) -> None:
    """Three cases with one end are one sentence."""
    marts = program()
    for row in marts["delivery_forecasts"]:
        if row["scope_kind"] == "initiative":
            row |= {"p80_date": date(2027, 2, 10), "on_time_share": 0.0}
    page = Page(reports.render("program_status", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert (
        "Forecast, eight chances in ten: in every case it is done by 10 Feb 2027, 4 weeks after the target 15 Jan 2027."
        in page.text
    )


def test_every_cell_of_the_matrix_is_the_marts_colour(page: Page, open_file: duckdb.DuckDBPyConnection) -> None:
    """The worst initiative first, each light with its letter and, for screen readers, its word."""
    caption = "Status of each initiative by dimension: G green, A amber, R red, ? unknown, * called otherwise by hand"
    grid = page.tables[caption]
    assert [row[0] for row in grid.rows] == [
        "The program",
        "Fraud detection 2.0",
        "Search ranking",
        "Customer care assistant",
    ]
    names = dict(open_file.execute("select initiative_id, name from marts.initiatives").fetchall()) | {
        None: "The program"
    }
    said = {"green": "GGreen", "amber": "AAmber", "red": "RRed", "white": "?Unknown"}
    columns = {"model_health": "Models", "resources": "People"}
    rows = open_file.execute(
        "select initiative_id, dimension, status, override_reason from marts.program_status"
    ).fetchall()
    assert len(rows) == 36
    for initiative, dimension, status, override in rows:
        shown = grid.row(names[initiative])[columns.get(dimension, dimension.capitalize())]
        assert shown == said[status] + ("*" if override else "")


def test_each_colour_has_its_value_its_limit_and_what_turns_it_green(page: Page) -> None:
    """Red and amber stand in the open; unknown ones say what is missing."""
    why = page.tables["Red and amber, and what would turn them green"]
    assert why.row("Schedule Fraud detection 2.0") == {
        "What": "Schedule Fraud detection 2.0",
        "Status": "R Red".replace(" ", ""),
        "Why": "General availability is forecast 3 weeks after its target. Evidence: acme:fraud-schedule",
        "Measured": "21 days limit 14 days",
        "Turns green when": "The forecast is at most 5 days after the target.",
    }
    assert (
        "No forecast: fewer than six full weeks of finished work."
        in page.tables["Unknown colours"].row("Delivery")["Why"]
    )
    assert (
        "Called amber by hand until 15 Dec 2026: The second country moves to 2027. The computed colour stands."
        in page.tables["Green colours"].row("Budget Fraud detection 2.0")["Why"]
    )


def test_every_record_behind_a_colour_is_reached(page: Page) -> None:
    """By its name, by the row of the sheet, and on the way from pull request to model; test_links follows it."""
    grid = page.tables["Records behind red and amber colours"]
    found = {row[0]: row[1:] for row in grid.rows if row[3] == "Scope Fraud detection 2.0"}
    assert found == {
        "FRAUD-212": ["", "acme:ranker:1", "Scope Fraud detection 2.0"],
        "earned value, Oct 2026": ["Plan, row seven", "", "Scope Fraud detection 2.0"],
    }


def test_milestones_show_baseline_target_forecast_and_slip(page: Page) -> None:
    """Done ones apart; what is not known is a dash, never a date."""
    assert without_track(page.tables["Open milestones: baseline, target, forecast and slip"]) == [
        ["General availability Fraud detection 2.0 FRAUD-212 stands before it, not in the forecast", "18 Dec 2026", "18 Dec 2026", "30 Dec 2026 to 8 Jan 2027", "3 weeks after", "12%", "RRed"],
        ["Ranking model in production Search ranking", "1 Feb 2027", "15 Feb 2027", "25 Jan to 11 Feb 2027", "4 days before", "86%", "GGreen"],
        ["Privacy review passed Customer care assistant FRAUD-212 stands before it, not in the forecast", "1 Mar 2027", "1 Mar 2027", "–", "–", "–", "?Unknown"],
    ]  # fmt: skip
    assert without_track(page.tables["Milestones that are done"]) == [
        ["Pilot in two countries Fraud detection 2.0", "30 Sep 2026", "15 Oct 2026", "done 20 Oct 2026", "20 days after", "", "done"],
    ]  # fmt: skip
    assert "1 milestone is done, 1 of them after the target" in page.text


def test_late_is_after_the_target_and_behind_is_after_the_baseline(tmp_path: Path) -> None:
    """A milestone that keeps its new target is green and not late, however long after its baseline; no red word stands beside it."""
    marts = program()
    moved = {"baseline_date": date(2026, 10, 30), "target_date": date(2027, 1, 9), "slip_days": 70, "status": "green"}
    marts["milestones"][1] |= moved
    file = write(tmp_path / "warehouse.duckdb", marts, ABOUT)
    report = reports.render("program_status", file)
    page = Page(report.html)
    grid = page.tables["Open milestones: baseline, target, forecast and slip"]
    assert grid.row("General availability")["Against baseline"] == "2 months after"
    assert "Late milestones 0 of 3 open; 1 behind the baseline" in page.text
    assert report.numbers["milestones_late"] == 0
    blocks = next(
        one for one in reports._compose("program_status", file, {}).sections if one.anchor == "milestones"
    ).blocks
    assert isinstance(blocks[0], Table)
    assert [getattr(row[5], "tone", None) for row in blocks[0].rows] == ["", "", "quiet"]
    assert (
        figures.plain(blocks[0].message)
        == "1 of 3 open milestones are expected after their baseline, none after their target"
    )


def test_a_milestone_says_which_gates_and_issues_stand_before_it(tmp_path: Path) -> None:
    """Those of each version; what is in time does not stand before it."""
    marts = program()
    marts["risk_signals"] = [
        {"signal_id": f"{version} {gate}", "rule": "gate_before_milestone", "evidence": [version, gate, milestone]}
        for version, gate, milestone in (
            ("a/1", "privacy", "m2"),
            ("a/2", "privacy", "m2"),
            ("a/2", "bias", "m2"),
            ("a/2", "owner", "of another"),
        )
    ]
    marts["risk_signals"].append({"signal_id": "of nothing", "rule": "gate_before_milestone", "evidence": None})
    marts["dependency_chains"][1]["is_late"] = False
    page = Page(reports.render("program_status", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    names = [row[0] for row in page.tables["Open milestones: baseline, target, forecast and slip"].rows]
    assert names == [
        "General availability Fraud detection 2.0 3 open gates and FRAUD-212 stand before it, not in the forecast",
        "Ranking model in production Search ranking",
        "Privacy review passed Customer care assistant",
    ]


def without_track(grid: Grid) -> list[list[str]]:
    """The rows of a table of milestones without what is drawn in them."""
    return [[row[0], *row[2:]] for row in grid.rows]


def test_no_jargon_stands_in_the_executives_report(page: Page) -> None:
    """Abbreviations of earned value belong to the steering pack and to finance."""
    grid = page.tables["Money by initiative at the end of Oct 2026"]
    assert grid.headings == ["Initiative", "Budget", "Work earned", "Spent", "Earned per euro spent", "Pace", "Expected in all", "Left over"]  # fmt: skip
    assert not [word for word in ("BAC", "EAC", "VAC", "SPI") if word in page.text]


def test_the_program_stands_in_five_figures_that_lead_to_what_is_behind_them(page: Page) -> None:
    """Each is a link to its section."""
    top = page.text.split("In short", 2)[-1].split("What must be decided", 1)[0]
    assert tidy(top) == (
        "Red initiatives 1 of 3 Late milestones 1 of 3 open Expected cost €2.7 M €297 k over budget "
        "Decisions needed 2 1 overdue Models in trouble 2 1 red and 1 amber"
    )
    anchors = {value for _, key, value in page.attributes if key == "href" and value.startswith("#")}
    assert anchors >= {"#initiatives", "#milestones", "#money", "#decide", "#models"}


def test_risks_come_by_exposure_and_closed_ones_stay_out(page: Page) -> None:
    """With owner, or that there is none."""
    grid = page.tables["The register's greatest risks"]
    assert grid.rows == [
        ["Second country needs another data-protection assessment R-1 · Fraud detection 2.0", "60%", "€180 k", "€108 k", "Ada Wiśniewska", "10 Nov 2026", "triggered, overdue"],
        ["GPU capacity runs out in January R-2 · Search ranking", "30%", "€250 k", "€75 k", "nobody", "20 Dec 2026", "not reviewed"],
    ]  # fmt: skip
    assert (
        "Work stays blocked · medium severity · Fraud detection 2.0 · since 13 Nov 2026 FRAUD-212. Evidence: FRAUD-212 and PLAT-90"
        in page.text
    )


def test_all_risks_stand_in_the_open_while_they_are_few(tmp_path: Path) -> None:
    """The greatest exposure first, whether a trigger fired or not, and on paper too."""
    marts = program()
    for number in range(10):
        marts["risks"].append(
            {"risk_id": f"X-{number}", "exposure": 200000.0 + number, "is_open": True, "is_triggered": False}
        )
    report = reports.render("program_status", write(tmp_path / "warehouse.duckdb", marts, ABOUT))
    rows = Page(report.html).tables["The register's greatest risks"].rows
    assert [row[0].split()[0] for row in rows] == [*(f"X-{number}" for number in range(9, -1, -1)), "Second", "GPU"]
    assert "GPU capacity runs out in January" in report.markdown


def test_checks_that_found_nothing_are_left_out(page: Page, rendered: Render) -> None:
    """An executive sees how much of each source is doubtful; the other reports name an example and what to do."""
    plain = page.tables["What the checks of the data found, by where it comes from"]
    assert plain.rows == [["The program sheet", "2", "3 (0.4%)"], ["GitHub", "1", "41 (9%)"]]
    assert plain.row("GitHub")["Most by one check"] == "41 (9%)"
    grid = Page(rendered("budget", "believable").html).tables[
        "What makes figures here doubtful, and what to do about it"
    ]
    assert [row[0] for row in grid.rows] == ["Bad cell"]
    assert grid.row("Bad cell")["Example"] == "Budget FY27!D17: “12k” is not an amount"


def test_models_in_trouble_are_told_without_jargon(tmp_path: Path) -> None:
    """By what each rule means; a rule that somebody added is told by its name, a model without rules by its reasons."""
    marts = program()
    marts["model_checks"] = [
        {"model_id": "acme:ranker", "rule": rule, "rule_rank": rank, "status": colour, "reason": "hub.tag = nonsense"}
        for rank, (rule, colour) in enumerate(
            (("staleness", "red"), ("drift", None), ("gates", "white"), ("owner", "green"), ("toxic_words", "amber"))
        )
    ]
    page = Page(reports.render("program_status", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert (
        "RRed ranker · Mei Tanaka It was trained too long ago and toxic words is amber. "
        "Not known: whether it passes every check that a release needs. "
        "AAmber fraud-scorer · Mei Tanaka The challenger is worse than the champion in recall. "
        "The report Model health says what to do about each."
    ) in page.text


def test_every_rule_of_the_seed_has_plain_words() -> None:
    """What a rule of models means is said to executives, and what is open where a required one is unknown."""
    seed = csv.DictReader((build.PROJECT / "seeds" / "model_rules.csv").read_text(encoding="utf-8").splitlines())
    rules = {row["rule"]: row["is_required"] == "true" for row in seed}
    assert set(plain_models.WRONG) == set(rules)
    assert {rule for rule, is_required in rules.items() if is_required} <= set(plain_models.OPEN)


def test_its_numbers_are_the_marts(rendered: Render) -> None:
    """What Dagster plots."""
    numbers = rendered("program_status", "believable").numbers
    assert numbers["red_initiatives"] == 1
    assert numbers["milestones_late"] == 1
    assert numbers["worst_slip_days"] == 21
    assert numbers["decisions_open"] == 2
    assert numbers["stale_sources"] == 1
    assert numbers["cpi"] == pytest.approx(0.89)
    assert numbers["vac_amount"] == pytest.approx(2.4e6 - 2.4e6 / 0.89)


def test_without_any_row_it_says_what_is_missing_and_where_it_comes_from(rendered: Render) -> None:
    """An installation before its first sync."""
    text = Page(rendered("program_status", "empty").html).text
    assert "No source has been read yet." in text
    assert "No status yet: it appears once a program sheet and a tracker have been read." in text
    assert "No budget is known. It comes from the budget tab of the program sheet." in text
    assert "Nothing is red or amber." not in text


def test_unknown_is_never_green(rendered: Render) -> None:
    """Rows that hold ids and nulls only."""
    page = Page(rendered("program_status", "unknown").html)
    assert not [one for one in page.attributes if one[1] == "class" and "green" in one[2]]
    assert not {name for name in rendered("program_status", "unknown").numbers if name.endswith("_amount")}


def test_a_mart_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A file from an older build."""
    file = write(tmp_path / "warehouse.duckdb", {}, ABOUT)
    with duckdb.connect(str(file)) as connection:
        connection.execute("drop table marts.risk_signals")
    assert "Not in this warehouse: risk signals." in Page(reports.render("program_status", file).html).text


def test_equal_marts_give_equal_pages(believable: Path, rendered: Render) -> None:
    """No clock and no chance in a report: two renderings differ in nothing."""
    assert reports.render("program_status", believable) == rendered("program_status", "believable")


def test_a_page_replaces_the_older_one_whole(tmp_path: Path, rendered: Render) -> None:
    """The file is named after the report, and nothing else is left in the folder."""
    report = rendered("program_status", "believable")
    reports.write(report, tmp_path / "new folder")
    file = reports.write(report, tmp_path / "new folder")
    assert [file] == [path.resolve() for path in (tmp_path / "new folder").iterdir()]
    assert file.read_text(encoding="utf-8") == report.html


def test_every_report_says_what_it_shows() -> None:
    """One sentence each, for the asset's description."""
    assert all(reports.describe(name).endswith(".") for name in reports.REPORTS)


def test_all_white_reads_well(tmp_path: Path) -> None:
    """Unknown in colour, word and sentence; nothing is called green, and each colour says what is missing."""
    marts = program()
    for row in marts["program_status"]:
        row |= {"status": "white", "reason": "nothing linked to it tells of that", "value": None}
    page = Page(reports.render("program_status", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert "?Unknown Nothing linked to it tells of that." in page.text
    assert "Nothing is red or amber." in page.text
    assert "24 colours unknown: what is missing" in page.text
    assert "Red initiatives 0 of 3" in page.text
    grid = page.tables[
        "Status of each initiative by dimension: G green, A amber, R red, ? unknown, * called otherwise by hand"
    ]
    assert {cell.rstrip("*") for row in grid.rows for cell in row[1:]} == {"?Unknown"}
