"""The money of the program status: what was spent and earned, and where it leads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

import reports
from reports import words
from reports.sections import money
from tests.reports.believable_plan import program
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write
from tests.reports.reading import Page, tidy


@pytest.fixture(scope="module")
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("program_status", "believable").html)


def test_money_is_the_last_closed_month_of_the_mart(page: Page, open_file: duckdb.DuckDBPyConnection) -> None:
    """November is not over: October is read, for the program and for each initiative."""
    grid = page.tables["Money by initiative at the end of Oct 2026"]
    rows = open_file.execute(
        "select coalesce(i.name, 'The program'), bac_amount, ev_amount, ac_amount, cpi, spi_t, eac_amount, vac_amount, notes"
        " from marts.earned_value as e left join marts.initiatives as i using (initiative_id)"
        " where month_date = '2026-10-01'"
    ).fetchall()
    assert len(rows) == 4
    for name, bac, ev, ac, cpi, spi_t, eac, vac, notes in rows:
        amounts = [tidy(words.amount(value, "EUR").text) for value in (bac, ev, ac, eac, vac)]
        first = f"{name} {words.sentence(notes)}" if notes else name
        indices = [tidy(words.number(cpi).text), tidy(words.number(spi_t).text)]
        assert [row for row in grid.rows if row[0] == first] == [[first, *amounts[:3], *indices, *amounts[3:]]]


def test_money_says_what_its_indices_mean(page: Page) -> None:
    """An executive need not know what CPI is."""
    assert "Search ranking: €1.2 M expected in all, €254 k over budget; the pace is 1.01 of plan" in page.text
    assert ("svg", "aria-label", "each euro spent earned 78 cents of planned work") in [
        (tag, key, value.rsplit("; ", 1)[-1].rstrip(".")) for tag, key, value in page.attributes
    ]


def test_what_is_next_to_nothing_beside_its_budget_is_none(tmp_path: Path) -> None:
    """Within the mart's tolerance nothing is left over, and nothing is over; to the cent on hover, on every page."""
    marts = program()
    for row in marts["earned_value"]:
        row["vac_amount"] = {None: -11_999.0, "fraud": 6_249.0, "search": -2.04}.get(
            row["initiative_id"], row["vac_amount"]
        )
    file = write(tmp_path / "warehouse.duckdb", marts, ABOUT)
    page = Page(reports.render("program_status", file).html)
    grid = page.tables["Money by initiative at the end of Oct 2026"]
    assert [grid.row(name)["Left over"] for name in ("Fraud", "Search", "Customer")] == ["none", "none", "–"]
    assert "Search ranking: €1.2 M expected in all, as the budget has it" in page.text
    assert ("span", "title", "−€2.04") in page.attributes
    budget = Page(reports.render("budget", file).html)
    assert "at this rate it costs €2.7 M in all, as the budget has it." in budget.text
    assert budget.tables["Plan, actual and forecast by initiative"].rows[2][-1] == "€2.7 M"


def test_a_programs_row_that_is_not_the_sum_of_its_initiatives_says_why(tmp_path: Path, page: Page) -> None:
    """Only where a reader sees it, and where each of them is known."""
    marts = program()
    marts["earned_value"] = [row for row in marts["earned_value"] if row["initiative_id"] != "care"]
    texts = []
    for program_amount in (-240000.0, -292500.0):
        for row in marts["earned_value"]:
            row["vac_amount"] = {"fraud": -38660.0, "search": -253846.0}.get(row["initiative_id"], program_amount)
        path = write(tmp_path / f"{len(texts)}.duckdb", marts, ABOUT)
        texts.append(Page(reports.render("program_status", path).html).text)
    assert "the rows of its initiatives, each with a rate of its own, add up to €293 k over budget." in texts[0]
    assert "add up to" not in texts[1]
    assert "add up to" not in page.text


def test_the_curve_has_its_numbers_beneath(page: Page) -> None:
    """To the cent, and no actual of a month that is not over."""
    grid = page.tables["Planned, earned and spent: Search ranking"]
    assert grid.row("Mar 2026") == {
        "Month": "Mar 2026",
        "Planned": "€225,000.00",
        "Earned": "€227,250.00",
        "Spent": "€291,346.15",
        "Expected": "–",
    }
    assert grid.row("Nov 2026")["Spent"] == "–"


def test_the_curve_leads_to_what_is_expected_in_all(page: Page, tmp_path: Path) -> None:
    """From the last cost on a straight line to the estimate at completion, in the month that the forecast ends or else the plan."""
    grid = page.tables["Planned, earned and spent: Search ranking"]
    assert [row[4] for row in grid.rows[8:]] == ["–", "€971,153.85", "€1,062,500.00", "€1,153,846.15"]
    assert "expected: to its end as planned, Dec 2026" in page.text
    marts = program()
    [base, *_] = marts["delivery_forecasts"]
    marts["delivery_forecasts"] = [
        {**base, "scope_kind": "initiative", "scope_id": one, "scenario": "base", "p80_date": day}
        for one, day in (("search", date(2027, 2, 9)), ("fraud", date(2026, 11, 9)), ("care", date(2027, 1, 9)))
    ]
    page = Page(reports.render("steering_pack", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    rows = page.tables["Planned, earned and spent: Search ranking"].rows
    assert rows[-1] == ["Feb 2027", "–", "–", "–", "€1,153,846.15"]
    assert page.tables["Planned, earned and spent: The program"].rows[-1][0] == "Feb 2027"
    assert page.text.count("expected: to its forecast end, Feb 2027") == 2
    assert [row[4] for row in page.tables["Planned, earned and spent: Fraud detection 2.0"].rows[9:]] == [
        "€837,628.87", "€1,288,659.79", "–",
    ]  # fmt: skip


def test_the_program_spends_what_its_initiatives_do() -> None:
    """Of 400 still to spend 100 go evenly until March and 300 until May: more a month while both are under way, also beyond a gap."""
    months = [date(2026, month, 1) for month in range(1, 6)]
    last = {"ac_amount": 100.0, "eac_amount": 500.0, "month_date": months[0]}
    found = money._expected(months, last, [(100.0, months[2]), (300.0, months[4])], months[4])
    assert found == [100.0, 225.0, 350.0, 425.0, 500.0]
    gaps = money._expected([months[0], months[3]], last, [(100.0, months[2]), (300.0, months[4])], months[4])
    assert gaps == [100.0, 425.0]


def test_notes_on_the_money_name_initiatives(tmp_path: Path) -> None:
    """As the roadmap does; what only begins like an id stays, and what is an ordinary word."""
    marts = program()
    marts["initiatives"].append({"initiative_id": "INI-9", "name": "Care assistant"})
    for row in marts["earned_value"]:
        row["notes"] = "cost is not known of search, INI-9; INI-90 stays"
    page = Page(reports.render("program_status", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert "Cost is not known of search, Care assistant; INI-90 stays." in page.text
