"""Tabs as finance and PMO people keep them, as records: found by header text, typed, and faulty by cell address."""

from __future__ import annotations

from datetime import date

import pytest

from connectors.sheets.contract import contracts
from connectors.sheets.grid import Grid
from connectors.sheets.records import read_tab


def serial(year, month, day=1):
    """A date as the API sends it."""
    return (date(year, month, day) - date(1899, 12, 30)).days


def read(kind, rows, *, title="Budget FY27", merges=(), locale="en_GB"):
    """A tab's records."""
    return read_tab(Grid(title, 7, rows, tuple(merges)), contracts()[kind], locale).records


def amounts(records, *columns):
    """What a reader of the budget wants to know: initiative, month and the amounts named."""
    return [
        tuple(record["typed"][name] for name in ("initiative", "month", *(columns or ("planned", "actual"))))
        for record in records
    ]


def faults(records):
    """Every fault's message."""
    return [fault["message"] for record in records for fault in record["faults"]]


HEADER = ["Initiative", "Month", "Planned", "Actual"]


def test_a_record_holds_cells_with_addresses_typed_values_and_extra_columns():
    """Cells as received under the contract's names, blank ones left out; other columns kept; every column typed."""
    rows = [
        ["Initiative", "Month", "Planned (EUR)", "Actual", "Cost centre"],
        ["Search", serial(2026, 1), 10, "", "CC1"],
    ]
    (record,) = read("budget", rows)
    assert record == {
        "tab": "budget",
        "title": "Budget FY27",
        "row": 2,
        "key": "Search / 2026-01",
        "cells": {
            "initiative": {"value": "Search", "cell": "Budget FY27!A2", "header": "Initiative"},
            "month": {"value": serial(2026, 1), "cell": "Budget FY27!B2", "header": "Month"},
            "planned": {"value": 10, "cell": "Budget FY27!C2", "header": "Planned (EUR)"},
        },
        "extra": {"Cost centre": {"value": "CC1", "cell": "Budget FY27!E2"}},
        "faults": [],
        "typed": {
            "initiative": "Search",
            "month": "2026-01-01",
            "planned": 10.0,
            "actual": None,
            "line_id": None,
            "category": None,
            "forecast": None,
            "currency": "EUR",
            "reserve": None,
        },
    }


def test_a_bad_cell_is_named_by_its_address_and_typed_as_unknown():
    """The rest of its row is read."""
    (record,) = read("budget", [HEADER, ["Search", "2026-01", "12k", 5]])
    (fault,) = record["faults"]
    assert fault == {
        "cell": "Budget FY27!C2",
        "value": "12k",
        "expected": "an amount",
        "severity": "bad_cell",
        "message": 'Budget FY27!C2: "12k" is not an amount',
    }
    assert amounts([record]) == [("Search", "2026-01-01", None, 5.0)]
    assert record["cells"]["planned"]["value"] == "12k"


def test_a_row_without_what_names_it_is_bad():
    """The fault names the cell to fill."""
    (record,) = read("budget", [HEADER, ["", "2026-01", 3, 4]])
    assert [(f["severity"], f["message"]) for f in record["faults"]] == [
        ("bad_row", "Budget FY27!A2: initiative is missing")
    ]


def test_headers_are_found_by_their_text_wherever_they_stand():
    """Below a title and a gap, renamed, reordered, in German, with umlauts, units and line breaks."""
    rows = [
        ["Programmbudget 2026"],
        [],
        ["Ist\n(EUR)", "Soll [EUR]", "Kostenart", "Vorhaben", "Währung", "Monat"],
        [4, 3, "Cloud", "Suche", "EUR", "Januar 2026"],
    ]
    (record,) = read("budget", rows, title="Budget")
    assert amounts([record], "planned", "actual", "category", "currency") == [
        ("Suche", "2026-01-01", 3.0, 4.0, "Cloud", "EUR")
    ]
    assert record["row"] == 4


def test_months_as_columns_below_merged_months():
    """Row 1 names the months over three columns each, row 2 what the columns hold: one record per row and month."""
    rows = [
        ["Initiative", "Line ID", "Jan 2026", "", "", "Feb 2026"],
        ["", "", "Planned", "Actual", "Forecast", "Planned", "Actual", "Forecast"],
        ["Search", "B-1", 10, 9, 9, 20, "", 21],
        ["Fraud", "B-2", "", "", "", 5],
    ]
    merges = [(0, 2, 0, 1), (0, 2, 1, 2), (0, 1, 2, 5), (0, 1, 5, 8)]
    records = read("budget", rows, merges=merges)
    assert amounts(records, "planned", "actual", "forecast") == [
        ("Search", "2026-01-01", 10.0, 9.0, 9.0),
        ("Search", "2026-02-01", 20.0, None, 21.0),
        ("Fraud", "2026-02-01", 5.0, None, None),
    ]
    assert [record["key"] for record in records] == ["B-1 / 2026-01", "B-1 / 2026-02", "B-2 / 2026-02"]
    assert records[1]["cells"]["month"] == {"value": "Feb 2026", "cell": "Budget FY27!F1", "header": "Feb 2026 Planned"}
    assert records[1]["cells"]["planned"]["cell"] == "Budget FY27!F3"


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
    records = read("budget", rows)
    assert amounts(records) == [("Search", "2026-01-01", 10.0, 9.0), ("Search", "2026-02-01", 11.0, None)]
    assert records[0]["cells"]["actual"]["cell"] == "Budget FY27!D3"
    assert faults(records) == ['Budget FY27!C5: "Wish" is not one of planned, actual, forecast']


def test_totals_blank_rows_notes_and_repeated_headers_are_no_rows():
    """What a person would not count as a line of the budget is not one."""
    rows = [
        HEADER,
        ["Engineering"],
        ["Search", "2026-01", 1, 1],
        ["Subtotal Search", "", 1, 1],
        [],
        HEADER,
        ["Fraud", "2026-01", 2, 2],
        ["Fraud total", "", 2, 2],
        ["Total FY27", "", 3, 3],
        ["Grand Total:", "", 3, 3],
        ["Summe", "", 3, 3],
        [],
        ["Note: without VAT."],
        ["", "", "* preliminary"],
    ]
    assert amounts(read("budget", rows)) == [("Search", "2026-01-01", 1.0, 1.0), ("Fraud", "2026-01-01", 2.0, 2.0)]


def test_an_initiative_may_be_called_total():
    """Its name begins like a total's, but what follows is no line of the table."""
    rows = [HEADER, ["Total Cost Insight", "2026-01", 1, 1], ["Summer Sale", "2026-01", 2, 2]]
    assert [record["typed"]["initiative"] for record in read("budget", rows)] == ["Total Cost Insight", "Summer Sale"]


def test_vertically_merged_texts_count_for_each_of_their_rows_amounts_only_once():
    """An initiative merged over its rows names them all; a merged amount would be counted twice."""
    rows = [HEADER, ["Search", "2026-01", 1, 9], ["", "2026-02", 2, ""]]
    records = read("budget", rows, merges=[(1, 3, 0, 1), (1, 3, 3, 4)])
    assert amounts(records) == [("Search", "2026-01-01", 1.0, 9.0), ("Search", "2026-02-01", 2.0, None)]
    assert records[1]["cells"]["initiative"]["cell"] == "Budget FY27!A2"


@pytest.mark.parametrize("unit", ["Planned (k€)", "Planned [TEUR]", "Planned in k EUR", "Planned (Tsd. EUR)"])
def test_amounts_in_thousands_are_multiplied(unit):
    """The header says so; the cell stays as it is."""
    (record,) = read("budget", [["Initiative", "Month", unit, "Actual"], ["Search", "2026-01", 1.5, 7]])
    assert amounts([record]) == [("Search", "2026-01-01", 1500.0, 7.0)]
    assert record["cells"]["planned"]["value"] == 1.5


def test_a_note_above_the_table_scales_all_its_amounts():
    """A row of its own says that all amounts are in k€."""
    rows = [["All amounts in k€"], HEADER, ["Search", "2026-01", 1, 2]]
    assert amounts(read("budget", rows), "planned", "actual", "currency") == [
        ("Search", "2026-01-01", 1000.0, 2000.0, "EUR")
    ]


def test_an_amount_in_another_currency_than_its_row_is_a_fault():
    """It could not be added; the currency of the row is the one in its column, else in the header."""
    rows = [[*HEADER, "Currency"], ["Search", "2026-01", "$ 1,200", "€ 5", "EUR"], ["Search", "2026-02", "$5", 1]]
    records = read("budget", rows)
    assert faults(records) == ['Budget FY27!C2: "$ 1,200" is in USD, its row in EUR']
    assert amounts(records, "planned", "actual", "currency") == [
        ("Search", "2026-01-01", None, 5.0, "EUR"),
        ("Search", "2026-02-01", 5.0, 1.0, "USD"),
    ]


def test_percent_points_under_a_percent_sign_are_shares():
    """50 under "Allocation (%)" is half; where all numbers are shares already they stay."""
    header = ["Person", "Initiative", "Month", "Allocation (%)"]
    points = read("allocations", [header, ["Ada", "Search", "2026-01", 50], ["Ben", "Search", "2026-01", 1]])
    assert [record["typed"]["share"] for record in points] == [0.5, 0.01]
    shares = read("allocations", [header, ["Ada", "Search", "2026-01", 0.5], ["Ben", "Search", "2026-01", "30 %"]])
    assert [record["typed"]["share"] for record in shares] == [0.5, 0.3]


def test_other_tabs_spread_over_months_too():
    """Allocations, baselines and rates hold one kind of value: month headers alone name it."""
    records = read("allocations", [["Person", "Initiative", "Jan 2026", "Feb 2026"], ["Ada", "Search", 0.5, "60 %"]])
    assert [(r["typed"]["month"], r["typed"]["share"]) for r in records] == [("2026-01-01", 0.5), ("2026-02-01", 0.6)]
    rates = read("rates", [["Currency", "Jan 2026", "Feb 2026"], ["USD", 0.9, 0.91]])
    assert [record["key"] for record in rates] == ["USD / 2026-01", "USD / 2026-02"]


def test_a_missing_required_column_refuses_the_tab():
    """One record says which column and how it may be headed; no row is read."""
    (record,) = read("budget", [["Initiative", "Month", "Planned"], ["Search", "2026-01", 1]])
    assert record["key"] == "_tab"
    (fault,) = record["faults"]
    assert fault["severity"] == "missing_column"
    assert fault["message"].startswith('Budget FY27!A1: no column is headed "actual", "actuals"')


@pytest.mark.parametrize("rows", [[], [[]], [["hello"]], [["a", 1], ["b", 2]]])
def test_a_tab_without_a_header_is_refused(rows):
    """Empty, or with something else in it."""
    (record,) = read("risks", rows, title="Risks")
    assert record["key"] == "_tab"
    assert {fault["severity"] for fault in record["faults"]} == {"missing_column"}
    assert "Risks!A1: no header row was found" in faults([record])[0]


def test_keys_are_the_declared_ids_and_repeated_ones_are_numbered():
    """A line id counts before initiative and category; a milestone may be missing; people go by their mail."""
    rows = [["Line", "Initiative", "Category", "Month", "Planned", "Actual"], ["B1", "S", "C", "2026-01", 1, 1]]
    rows += [["", "S", "C", "2026-01", 1, 1], ["", "S", "C", "2026-01", 2, 2]]
    assert [r["key"] for r in read("budget", rows)] == ["B1 / 2026-01", "S / C / 2026-01", "S / C / 2026-01 #2"]
    header = ["Initiative ID", "Initiative", "Milestone ID", "Milestone", "Target"]
    roadmap = read("roadmap", [header, ["I1", "Search"], ["I1", "Search", "M1", "Beta", "2026-05-01"]])
    assert [r["key"] for r in roadmap] == ["I1", "I1 / M1"]
    people = read("people", [["Name", "E-mail"], ["Ada", "ada@example.com"], ["Kim Lee"]])
    assert [r["key"] for r in people] == ["ada@example.com", "Kim Lee"]


def test_hidden_and_ragged_rows_are_rows():
    """Rows end where their last value is; missing cells are blank."""
    rows = [[*HEADER, "Forecast"], ["Search", "2026-01", 1], ["Fraud", "2026-01", 1, 2, 3]]
    assert amounts(read("budget", rows), "forecast") == [("Search", "2026-01-01", None), ("Fraud", "2026-01-01", 3.0)]


def test_choices_are_read_in_other_words_and_languages():
    """A status may be yellow or gelb, a direction "lower is better"; what is none of them is told with the choices."""
    header = ["Initiative", "Dimension", "RAG", "Reason", "Until"]
    rows = [
        header,
        ["Search", "Termine", "Gelb", "two joiners", serial(2026, 3, 31)],
        ["", "Budget", "pink", "r", "2026-04-01"],
    ]
    first, second = read("overrides", rows, title="Overrides")
    assert (first["typed"]["dimension"], first["typed"]["status"], first["typed"]["until"]) == (
        "schedule",
        "amber",
        "2026-03-31",
    )
    assert faults([second]) == ['Overrides!C3: "pink" is not one of green, amber, red, white']
    assert second["typed"]["initiative"] is None


def test_two_columns_for_one_thing():
    """The likelier header is the column, the other one is kept as an extra."""
    rows = [["Plan", "Initiative", "Month", "Planned", "Actual", "Actual"], [1, "Search", "2026-01", 2, 3, 4]]
    (record,) = read("budget", rows)
    assert amounts([record]) == [("Search", "2026-01-01", 2.0, 3.0)]
    assert {name: cell["value"] for name, cell in record["extra"].items()} == {"Plan": 1, "Actual": 4}


def test_numbers_above_the_table_are_no_months():
    """A sum in a summary row looks like a serial date: 45,000 is 2023-03-15."""
    rows = [["Budget left", "", 45000, 46000], [], HEADER, ["Search", "2026-01", 45000, 44000]]
    assert amounts(read("budget", rows)) == [("Search", "2026-01-01", 45000.0, 44000.0)]


def test_a_headless_column_is_kept_under_its_letter():
    """Values without a header are somebody's notes."""
    (record,) = read("budget", [HEADER, ["Search", "2026-01", 1, 2, "ask Kim"]])
    assert record["extra"] == {"column E": {"value": "ask Kim", "cell": "Budget FY27!E2"}}


def test_a_number_format_names_a_currency_only_where_nothing_else_does():
    """Formats are copied along without a thought: they contradict neither a column nor a header, only each other."""
    rows = [["Initiative", "Month", "Planned", "Actual"], ["Search", "2026-01", 1, 2], ["Fraud", "2026-01", 3, 4]]
    dollars = {(1, 2): "USD", (1, 3): "USD", (2, 2): "USD", (2, 3): "EUR"}
    grid = Grid("Budget", 7, rows, (), dollars)
    search, fraud = read_tab(grid, contracts()["budget"], "en_GB").records
    assert (search["typed"]["currency"], search["faults"]) == ("USD", [])
    assert (fraud["typed"]["planned"], fraud["typed"]["actual"]) == (3.0, None)
    assert faults([fraud]) == ['Budget!D3: "4" is in EUR, its row in USD']
    rows[0][2] = "Planned (EUR)"
    search, _ = read_tab(grid, contracts()["budget"], "en_GB").records
    assert (search["typed"]["currency"], search["faults"]) == ("EUR", [])
