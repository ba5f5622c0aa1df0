"""Tables whose months stand in columns, in rows or in periods of a fiscal year: one record for each month."""

from __future__ import annotations

import pytest

from tests.connectors.sheets.reading import HEADER, address, amounts, faults, read, reading, serial


def test_months_as_columns_below_merged_months():
    """Row 1 names the months over three columns each, row 2 what the columns hold: one record per row and month."""
    rows = [
        ["Initiative", "Line ID", "Jan 2026", "", "", "Feb 2026"],
        ["", "", "Planned", "Actual", "Forecast", "Planned", "Actual", "Forecast"],
        ["Search", "B-1", 10, 9, 9, 20, "", 21],
        ["Fraud", "B-2", "", "", "", 5],
    ]
    merges = [(0, 2, 0, 1), (0, 2, 1, 2), (0, 1, 2, 5), (0, 1, 5, 8)]
    found = reading("budget", rows, merges=merges)
    records = found.records
    assert amounts(records, "planned", "actual", "forecast") == [
        ("Search", "2026-01-01", 10.0, 9.0, 9.0),
        ("Search", "2026-02-01", 20.0, None, 21.0),
        ("Fraud", "2026-02-01", 5.0, None, None),
    ]
    assert [record["key"] for record in records] == ["B-1 / 2026-01", "B-1 / 2026-02", "B-2 / 2026-02"]
    assert records[1]["cells"]["month"] == {"value": "Feb 2026", "header": "Feb 2026 Planned"}
    assert [address(found, records[1], name) for name in ("month", "planned")] == ["Budget FY27!F1", "Budget FY27!F3"]


def test_group_headers_that_only_look_merged():
    """Without merged cells a month stands over the columns up to the next one."""
    rows = [
        ["", serial(2026, 1), "", serial(2026, 2), ""],
        ["Initiative", "Planned", "Actual", "Planned", "Actual"],
        ["Search", 1, 2, 3, 4],
    ]
    assert amounts(read("budget", rows)) == [("Search", "2026-01-01", 1.0, 2.0), ("Search", "2026-02-01", 3.0, 4.0)]


def test_measures_over_months():
    """The other way round: planned and actual over their months."""
    rows = [
        ["Program", "Plan", "", "Actuals", ""],
        ["", "2026-01", "2026-02", "2026-01", "2026-02"],
        ["Search", 1, 2, 3, 4],
    ]
    merges = [(0, 2, 0, 1), (0, 1, 1, 3), (0, 1, 3, 5)]
    assert amounts(read("budget", rows, merges=merges)) == [
        ("Search", "2026-01-01", 1.0, 3.0),
        ("Search", "2026-02-01", 2.0, 4.0),
    ]


@pytest.mark.parametrize(
    "headers",
    [
        ["Plan Jan 2026", "Actual Jan 2026", "Plan Feb 2026", "Actual Feb 2026"],
        ["2026-01 Planned (EUR)", "2026-01 Actual (EUR)", "2026-02 Planned (EUR)", "2026-02 Actual (EUR)"],
        ["Jan-26 Budget", "Jan-26 Spent", "Feb-26 Budget", "Feb-26 Spent"],
    ],
)
def test_month_and_measure_in_one_header(headers):
    """As exports write it."""
    records = read("budget", [["Initiative", *headers], ["Search", 1, 2, 3, 4]])
    assert amounts(records) == [("Search", "2026-01-01", 1.0, 2.0), ("Search", "2026-02-01", 3.0, 4.0)]


def test_months_without_a_year_take_that_of_the_fiscal_year():
    """Of a year that runs from October, the months before January belong to the calendar year before."""
    months = ["Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep"]
    rows = [
        ["Initiative", *["Planned"] * 12, *["Actual"] * 12],
        ["", *months, *months],
        ["Search", *range(1, 13), *range(12)],
    ]
    merges = [(0, 2, 0, 1), (0, 1, 1, 13), (0, 1, 13, 25)]
    records = read("budget", rows, title="Budget FY27", merges=merges)
    by_month = {record["typed"]["month"][:7]: record["typed"]["planned"] for record in records}
    assert list(by_month)[:4] == ["2026-10", "2026-11", "2026-12", "2027-01"]
    assert list(by_month.values()) == list(range(1, 13))


def test_a_title_merged_over_the_table_is_no_group():
    """A title such as Budget is what the tab is, not what its months hold."""
    rows = [["Budget 2026"], ["Initiative", "Type", "Jan", "Feb"], ["S", "Plan", 1, 2], ["S", "Actual", 3, 4]]
    records = read("budget", rows, title="Tab", merges=[(0, 1, 0, 4)])
    assert amounts(records) == [("S", "2026-01-01", 1.0, 3.0), ("S", "2026-02-01", 2.0, 4.0)]


def test_months_without_a_year_in_a_calendar_year():
    """January to December under a title with the year."""
    rows = [
        ["Cloud budget 2026"],
        ["Initiative", "Measure", "Jan", "Feb"],
        ["Search", "Plan", 1, 2],
        ["Search", "Actual", 3, 4],
    ]
    assert amounts(read("budget", rows, title="Budget")) == [
        ("Search", "2026-01-01", 1.0, 3.0),
        ("Search", "2026-02-01", 2.0, 4.0),
    ]


def test_a_row_may_say_what_its_amounts_are():
    """One row for the plan and one for the actuals of a line, in one amount column: one record with both."""
    rows = [
        ["Initiative", "Month", "Type", "Amount"],
        ["Search", "2026-01", "Plan", 10],
        ["Search", "2026-01", "Actual", 9],
        ["Search", "2026-02", "Plan", 11],
        ["Search", "2026-02", "Wish", 99],
    ]
    found = reading("budget", rows)
    assert amounts(found.records) == [("Search", "2026-01-01", 10.0, 9.0), ("Search", "2026-02-01", 11.0, None)]
    assert [address(found, found.records[0], name) for name in ("planned", "actual")] == [
        "Budget FY27!D2",
        "Budget FY27!D3",
    ]
    assert faults(found) == ['Budget FY27!C5: "Wish" is not one of planned, actual, forecast']


def test_other_tabs_spread_over_months_too():
    """Allocations, baselines and rates hold one kind of value: month headers alone name it."""
    records = read("allocations", [["Person", "Initiative", "Jan 2026", "Feb 2026"], ["Ada", "Search", 0.5, "60 %"]])
    assert [(r["typed"]["month"], r["typed"]["share"]) for r in records] == [("2026-01-01", 0.5), ("2026-02-01", 0.6)]
    rates = read("rates", [["Currency", "Jan 2026", "Feb 2026"], ["USD", 0.9, 0.91]])
    assert [record["key"] for record in rates] == ["USD / 2026-01", "USD / 2026-02"]


def test_numbers_above_the_table_are_no_months():
    """A sum in a summary row looks like a serial date: 45,000 is 2023-03-15."""
    rows = [["Budget left", "", 45000, 46000], [], HEADER, ["Search", "2026-01", 45000, 44000]]
    assert amounts(read("budget", rows)) == [("Search", "2026-01-01", 45000.0, 44000.0)]


@pytest.mark.parametrize(
    ("headers", "fiscal_start", "months"),
    [
        (["FY27 P1", "FY27 P4"], 10, ["2026-10-01", "2027-01-01"]),
        (["P01 FY2027", "P12 FY2027"], 4, ["2026-04-01", "2027-03-01"]),
        (["Period 1", "Period 2"], 1, ["2027-01-01", "2027-02-01"]),  # the year stands in the tab's title
        (["Oct", "Mar"], 10, ["2026-10-01", "2027-03-01"]),
        (["Nov", "Dec"], 10, ["2026-11-01", "2026-12-01"]),  # no turn of the year to see
        (["Jan 2027", "Feb 2027"], 10, ["2027-01-01", "2027-02-01"]),
    ],
)
def test_months_are_counted_in_the_fiscal_year(headers, fiscal_start, months):
    """Which begins where the settings say and is called by the year it ends in."""
    rows = [["Initiative", *[f"{header} Plan" for header in headers], *[f"{header} Actual" for header in headers]]]
    found = reading("budget", [*rows, ["Search", 1, 2, 3, 4]], fiscal_start=fiscal_start).records
    assert [record["typed"]["month"] for record in found] == months
    assert [record["typed"]["planned"] for record in found] == [1.0, 2.0]


@pytest.mark.parametrize(
    "quarters", [["Q1 FY27", "Q2 FY27"], ["FY27-Q1", "FY27-Q2"], ["Q1", "Q2"], ["1. Quartal", "2. Quartal"]]
)
def test_a_quarters_amount_is_spread_over_its_months(quarters):
    """Evenly and to the cent; every month's amount has the quarter's cell."""
    rows = [["Initiative", *quarters, ""], ["", "Plan", "Actual", "Plan", "Actual"], ["Search", 100, 9, 200, ""]]
    rows[0] = ["Initiative", quarters[0], "", quarters[1], ""]
    found = reading("budget", rows, merges=[(0, 2, 0, 1), (0, 1, 1, 3), (0, 1, 3, 5)], fiscal_start=10)
    by_month = {record["typed"]["month"]: record["typed"]["planned"] for record in found.records}
    assert by_month == {
        "2026-10-01": 33.33,
        "2026-11-01": 33.34,
        "2026-12-01": 33.33,
        "2027-01-01": 66.67,
        "2027-02-01": 66.66,
        "2027-03-01": 66.67,
    }
    assert {address(found, record, "planned") for record in found.records} == {"Budget FY27!B3", "Budget FY27!D3"}


def test_a_quarter_beside_its_months_is_their_sum():
    """It is kept as an extra column and counted once."""
    rows = [["Initiative", "Type", "Jan", "Feb", "Mar", "Q1", "Apr"], ["Search", "Plan", 1, 2, 3, 6, 4], ["Search", "Actual", 1, 1, 1, 3, ""]]  # fmt: skip
    found = read("budget", rows, title="Budget 2026")
    assert [record["typed"]["planned"] for record in found] == [1.0, 2.0, 3.0, 4.0]
    assert found[0]["extra"]["Q1"]["value"] == 6


def test_a_share_of_a_quarter_holds_in_each_of_its_months():
    """Half of somebody's time in a quarter is half of each month."""
    rows = [["Person", "Initiative", "Q2 2026", "Q3 2026"], ["Ada", "Search", 0.5, 1]]
    assert [record["typed"]["share"] for record in read("allocations", rows)] == [0.5] * 3 + [1.0] * 3


def test_a_row_may_be_for_a_period():
    """A month column that says P3 is one month, one that says Q2 three."""
    rows = [HEADER, ["Search", "FY27 P3", 10, 9], ["Fraud", "Q2 FY27", 100, 30]]
    found = reading("budget", rows, fiscal_start=4)
    assert amounts(found.records) == [
        ("Search", "2026-06-01", 10.0, 9.0),
        ("Fraud", "2026-07-01", 33.33, 10.0),
        ("Fraud", "2026-08-01", 33.34, 10.0),
        ("Fraud", "2026-09-01", 33.33, 10.0),
    ]
    assert (faults(found), address(found, found.records[3], "month")) == ([], "Budget FY27!B3")
    assert [record["key"] for record in found.records[1:3]] == ["Fraud / 2026-07", "Fraud / 2026-08"]
