"""The budget report adds up what the marts hold and says what is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

import reports
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write
from tests.reports.reading import Page


@pytest.fixture(scope="module")
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("budget", "believable").html)


def test_it_opens_with_what_is_spent_and_where_that_leads(page: Page) -> None:
    """The colour of the program's budget, spending against the plan to date, and the estimate at completion."""
    assert (
        "Amber At least €1.2 M of €1.3 M is spent, €172 k more than planned by now; "
        "at this rate it costs €2.7 M in all, €297 k over budget."
    ) in page.text


def test_each_initiative_has_its_sums_and_says_what_they_miss(page: Page) -> None:
    """A sum that misses a cell is at least so much; what is over says by how much; the reserve stands apart."""
    grid = page.tables["Plan, actual and forecast by initiative"]
    assert grid.rows == [
        [
            "Fraud detection 2.0",
            "€840 k",
            "€700 k",
            "≥ €662 k",
            "−€22 k",
            "€864 k €24 k over",
            "1",
            "0.97",
            "€1.3 M €38.7 k over",
        ],
        [
            "Search ranking",
            "€480 k",
            "€400 k",
            "€550 k",
            "−€150 k",
            "€660 k €180 k over",
            "",
            "0.78",
            "€1.2 M €254 k over",
        ],
        [
            "All initiatives",
            "€1.3 M",
            "€1.1 M",
            "≥ €1.2 M",
            "−€172 k",
            "€1.5 M €204 k over",
            "1",
            "0.89",
            "€2.7 M €297 k over",
        ],
        ["Reserve, not released", "€50 k", "", "", "", "", "", "", ""],
    ]


def test_every_sum_equals_the_marts(page: Page, open_file: duckdb.DuckDBPyConnection) -> None:
    """Month by month to the cent, reserves left out; no actual of a month that is not over."""
    grid = page.tables["Plan, actual and forecast by month"]
    rows = open_file.execute(
        "select month_date, sum(planned_amount), sum(actual_amount), sum(forecast_amount) from marts.budget_lines"
        " where not is_reserve group by month_date order by month_date"
    ).fetchall()
    assert len(grid.rows) == len(rows) == 12
    for shown, (month, planned, actual, forecast) in zip(grid.rows, rows, strict=True):
        is_over = month.month < 11
        assert shown[1] == f"€{planned:,.2f}"
        assert shown[2] == (f"€{actual:,.2f}" if is_over else "")
        assert shown[3] == ("" if is_over else f"€{forecast:,.2f}")


def test_categories_come_by_size(page: Page) -> None:
    """The largest plan first."""
    assert [row[:2] for row in page.tables["Plan, actual and forecast by category"].rows] == [
        ["People", "€1.2 M"],
        ["Cloud compute", "€120 k"],
    ]


def test_a_budget_says_until_when_it_lasts_or_why_nobody_knows(page: Page) -> None:
    """Search is used up before its plan ends; where the mart gives no rate, its reason stands instead."""
    grid = page.tables["Spending a month over the last closed months, and how long the budget lasts"]
    assert grid.rows == [
        ["Fraud detection 2.0 One actual is missing: it counts at its plan, its month is not in the rate.", "€72 k", "€70 k", "Dec 2026", "Feb 2027", "Dec 2026"],
        ["Search ranking", "€55 k", "€40 k", "Dec 2026", "–", "used up"],
        ["Customer care assistant No month is closed yet.", "–", "–", "Dec 2026", "–", "–"],
    ]  # fmt: skip
    assert "€127 k planned: €110 k, last 3 closed months" in page.text


def test_each_changed_cell_has_its_address(page: Page) -> None:
    """The newest first; a line that is gone has no address any more."""
    grid = page.tables["Cells of the budget that changed"]
    assert grid.rows == [
        ["no longer in the sheet B-7 · planned", "Dec 2026", "€9,000.00", "blank", "gone", "18 Nov 2026"],
        ["Budget!G13 B-1 · People · forecast · Fraud detection 2.0", "Dec 2026", "€60,000.00", "€58,000.00", "−€2,000.00", "18 Nov 2026"],
        ["Budget!F35 B-3 · People · actual · Search ranking", "Oct 2026", "blank", "€55,000.00", "new", "4 Nov 2026"],
    ]  # fmt: skip
    assert (
        "The newest changes were seen on 18 Nov 2026: plan −€9 k in 1 cell and forecast −€2 k in 1 cell." in page.text
    )


def test_a_bad_cell_is_named_with_what_counts_instead(page: Page) -> None:
    """Its address, what it holds, and that it never held an amount."""
    grid = page.tables["Cells of the budget that could not be read"]
    assert grid.rows == [["Budget!F6", "“12k” is not an amount.", "B-1 May 2026", "nothing: it never held an amount"]]


def test_without_a_budget_it_says_where_one_comes_from(rendered: Render) -> None:
    """Before the first sync, and with a tab of ids only."""
    assert (
        "No budget is known. It comes from the budget tab of the program sheet."
        in Page(rendered("budget", "empty").html).text
    )
    assert rendered("budget", "empty").numbers == {}
    assert "Named no initiative" in Page(rendered("budget", "unknown").html).text


def test_its_numbers_are_the_marts(rendered: Render) -> None:
    """What Dagster plots."""
    numbers = rendered("budget", "believable").numbers
    assert numbers["planned_amount"] == 1_320_000
    assert numbers["variance_amount"] == pytest.approx(1_040_000 - 1_212_000)
    assert numbers["spent_a_month_amount"] == 127_000
    assert numbers["unreadable_cells"] == 1
    assert numbers["changed_cells"] == 3


def test_unit_costs_are_shown_to_date_and_for_the_last_month(page: Page) -> None:
    """With the reason where a figure is missing."""
    grid = page.tables["What one unit costs"]
    assert grid.row("Fraud detection 2.0 per finished story point") == {
        "Initiative and unit": "Fraud detection 2.0 per finished story point", "To date": "€3.3 k", "Last month": "€4 k", "Units": "18", "Months": "10",
        "Note": "2 of 9 finished items have no points.",
    }  # fmt: skip
    assert grid.row("Fraud detection 2.0 and Search ranking per model version")["Last month"] == "–"


def test_initiatives_of_which_nothing_is_known_for_one_reason_are_one_row(page: Page) -> None:
    """And not the same sentence again and again."""
    rows = [row for row in page.tables["What one unit costs"].rows if "per model version shipped" in row[0]]
    assert rows == [
        ["Fraud detection 2.0 and Search ranking per model version shipped", "–", "–", "–", "0", "The hub did not see the registry then."]
    ]  # fmt: skip


def test_the_cost_of_a_point_by_month_is_all_cost_over_all_points(page: Page) -> None:
    """(60,000 + 40,000) / 40 in September, (72,000 + 48,000) / 30 in October."""
    assert page.tables["Cost of a finished story point by month, all initiatives"].rows == [
        ["Sep 2026", "€2,500.00"],
        ["Oct 2026", "€4,000.00"],
    ]
    assert "A finished story point costs €4,000, was €2,500" in page.text


def test_a_forecast_without_a_cell_is_at_least_so_much_over(tmp_path: Path) -> None:
    """A missing month can only make it more; under the budget nothing is promised. A budget that ends early says how early."""
    line = {"initiative_id": "i", "planned_amount": 100_000.0, "actual_amount": None}
    marts = {
        "initiatives": [{"initiative_id": "i", "name": "Fraud"}],
        "budget_lines": [
            {**line, "budget_line_id": "B-1", "month_date": date(2026, 11, 1), "forecast_amount": 300_000.0},
            {**line, "budget_line_id": "B-1", "month_date": date(2026, 12, 1), "forecast_amount": None},
        ],
        "budget_burn": [
            {"scope_id": "i", "initiative_id": "i", "run_rate_amount": 1.0, "runway_months": 1.0, "runs_out_month_date": date(2026, 12, 1), "planned_until_month_date": date(2027, 4, 1)}
        ],
    }  # fmt: skip
    page = Page(reports.render("budget", write(tmp_path / "w.duckdb", marts, ABOUT)).html)
    assert "Forecast in the sheet ≥ €300 k at least €100 k over budget, 1 cell missing" in page.text
    grid = page.tables["Plan, actual and forecast by initiative"]
    assert grid.row("Fraud")["Sheet forecast"] == "≥ €300 k at least €100 k over"
    lasts = page.tables["Spending a month over the last closed months, and how long the budget lasts"]
    assert lasts.row("Fraud")["Budget lasts into"] == "Dec 2026, 4 months early"


def test_a_curve_names_the_end_of_its_own_plan(tmp_path: Path) -> None:
    """Its months run on to the program's end, though nothing is planned in them; the plan ends with the last month that has money."""
    months = [date(2026, month, 1) for month in (9, 10, 11, 12)]
    known = {
        "bac_amount": 90.0,
        "ac_amount": 60.0,
        "ev_amount": 45.0,
        "cpi": 0.75,
        "spi_t": 0.9,
        "eac_amount": 120.0,
        "vac_amount": -30.0,
    }
    marts = {
        "initiatives": [{"initiative_id": "i", "name": "Fraud"}],
        "budget_lines": [{"initiative_id": "i", "budget_line_id": "B-1", "month_date": months[0], "planned_amount": 90.0}],
        "earned_value": [
            {"initiative_id": "i", "month_date": month, "pv_amount": planned, **(known if month <= months[1] else {})}
            for month, planned in zip(months, (45.0, 80.0, 90.0, 90.0), strict=True)
        ],
        "delivery_forecasts": [
            {"scope_kind": "initiative", "scope_id": "i", "scenario": "base", "p80_date": date(2026, 12, 20), "target_date": date(2026, 12, 1)}
        ],
    }  # fmt: skip
    page = Page(reports.render("budget", write(tmp_path / "w.duckdb", marts, ABOUT)).html)
    assert "its plan ends in Nov 2026, its work in Dec 2026" in page.text
