"""Tabs as finance and PMO people keep them, as records: found by header text, typed, and faulty by cell address."""

from __future__ import annotations

import pytest

from connectors.sheets.contract import contracts
from connectors.sheets.grid import Grid
from connectors.sheets.records import read_tab
from tests.connectors.sheets.reading import HEADER, address, amounts, faults, read, reading, serial


def test_a_record_holds_cells_typed_values_and_extra_columns():
    """Cells as received under the contract's names, blank ones left out; other columns kept; every column typed; no address."""
    rows = [
        ["Initiative", "Month", "Planned (EUR)", "Actual", "Cost centre"],
        ["Search", serial(2026, 1), 10, "", "CC1"],
    ]
    (record,) = read("budget", rows)
    assert record == {
        "tab": "budget",
        "key": "Search / 2026-01",
        "cells": {
            "initiative": {"value": "Search", "header": "Initiative"},
            "month": {"value": serial(2026, 1), "header": "Month"},
            "planned": {"value": 10, "header": "Planned (EUR)"},
        },
        "extra": {"Cost centre": {"value": "CC1"}},
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
    found = reading("budget", [HEADER, ["Search", "2026-01", "12k", 5]])
    (record,) = found.records
    (fault,) = record["faults"]
    assert fault == {
        "column": "planned",
        "value": "12k",
        "expected": "an amount",
        "severity": "bad_cell",
        "message": '"12k" is not an amount',
    }
    assert faults(found) == ['Budget FY27!C2: "12k" is not an amount']
    assert amounts([record]) == [("Search", "2026-01-01", None, 5.0)]
    assert record["cells"]["planned"]["value"] == "12k"


def test_a_row_without_what_names_it_is_bad():
    """The fault names the cell to fill."""
    found = reading("budget", [HEADER, ["", "2026-01", 3, 4]])
    assert [(fault["severity"], message) for message, fault in found.faults()] == [
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
    found = reading("budget", rows, title="Budget")
    assert amounts(found.records, "planned", "actual", "category", "currency") == [
        ("Suche", "2026-01-01", 3.0, 4.0, "Cloud", "EUR")
    ]
    assert address(found, found.records[0], "actual") == "Budget!A4"


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
    found = reading("budget", rows, merges=[(1, 3, 0, 1), (1, 3, 3, 4)])
    assert amounts(found.records) == [("Search", "2026-01-01", 1.0, 9.0), ("Search", "2026-02-01", 2.0, None)]
    assert address(found, found.records[1], "initiative") == "Budget FY27!A2"


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
    found = reading("budget", rows)
    assert faults(found) == ['Budget FY27!C2: "$ 1,200" is in USD, its row in EUR']
    assert amounts(found.records, "planned", "actual", "currency") == [
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


def test_a_missing_required_column_refuses_the_tab():
    """One record says which column and how it may be headed; no row is read."""
    found = reading("budget", [["Initiative", "Month", "Planned"], ["Search", "2026-01", 1]])
    (record,) = found.records
    assert record["key"] == "_tab"
    (fault,) = record["faults"]
    assert fault["severity"] == "missing_column"
    assert faults(found)[0].startswith('Budget FY27!A1: no column is headed "actual", "actuals"')


@pytest.mark.parametrize("rows", [[], [[]], [["hello"]], [["a", 1], ["b", 2]]])
def test_a_tab_without_a_header_is_refused(rows):
    """Empty, or with something else in it."""
    found = reading("risks", rows, title="Risks")
    (record,) = found.records
    assert record["key"] == "_tab"
    assert {fault["severity"] for fault in record["faults"]} == {"missing_column"}
    assert "Risks!A1: no header row was found" in faults(found)[0]


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
    found = reading("overrides", rows, title="Overrides")
    first, second = found.records
    assert (first["typed"]["dimension"], first["typed"]["status"], first["typed"]["until"]) == (
        "schedule",
        "amber",
        "2026-03-31",
    )
    assert faults(found) == ['Overrides!C3: "pink" is not one of green, amber, red, white']
    assert second["typed"]["initiative"] is None


def test_two_columns_for_one_thing():
    """The likelier header is the column, the other one is kept as an extra."""
    rows = [["Plan", "Initiative", "Month", "Planned", "Actual", "Actual"], [1, "Search", "2026-01", 2, 3, 4]]
    (record,) = read("budget", rows)
    assert amounts([record]) == [("Search", "2026-01-01", 2.0, 3.0)]
    assert {name: cell["value"] for name, cell in record["extra"].items()} == {"Plan": 1, "Actual": 4}


def test_an_extra_column_keeps_its_addresses():
    """Also where it is headed like a column of the contract, like another one, or is blank in other rows."""
    rows = [
        ["Note", "Initiative", "Month", "planned", "Planned", "Actual", "Note"],
        ["", "Search", "2026-01", 1, 2, 3, "second"],
        ["first", "Search", "2026-02", 4, 5, 6, ""],
    ]
    found = reading("budget", rows)
    told = {
        cell["value"]: found.places.address(record["key"], name)
        for record in found.records
        for name, cell in record["extra"].items()
    }
    kept = {value: address for value, address in told.items() if isinstance(value, str)}
    assert kept == {"second": "Budget FY27!G2", "first": "Budget FY27!A3"}
    assert sorted(told.values()) == sorted(set(told.values()))
    known = {found.places.address(found.records[0]["key"], name) for name in found.records[0]["cells"]}
    assert not known & set(told.values())


def test_a_headless_column_is_kept_under_its_letter():
    """Values without a header are somebody's notes."""
    (record,) = read("budget", [HEADER, ["Search", "2026-01", 1, 2, "ask Kim"]])
    assert record["extra"] == {"column E": {"value": "ask Kim"}}


def test_a_number_format_names_a_currency_only_where_nothing_else_does():
    """Formats are copied along without a thought: they contradict neither a column nor a header, only each other."""
    rows = [["Initiative", "Month", "Planned", "Actual"], ["Search", "2026-01", 1, 2], ["Fraud", "2026-01", 3, 4]]
    dollars = {(1, 2): "USD", (1, 3): "USD", (2, 2): "USD", (2, 3): "EUR"}
    grid = Grid("Budget", 7, rows, (), dollars)
    found = read_tab(grid, contracts()["budget"], "en_GB")
    search, fraud = found.records
    assert (search["typed"]["currency"], search["faults"]) == ("USD", [])
    assert (fraud["typed"]["planned"], fraud["typed"]["actual"]) == (3.0, None)
    assert faults(found) == ['Budget!D3: "4" is in EUR, its row in USD']
    rows[0][2] = "Planned (EUR)"
    search, _ = read_tab(grid, contracts()["budget"], "en_GB").records
    assert (search["typed"]["currency"], search["faults"]) == ("EUR", [])


def test_a_row_inserted_above_changes_no_record_but_the_one_of_addresses():
    """Every record below is the same to the letter; its cells have new addresses."""
    rows = [HEADER, ["Search", "2026-01", 1, 2], ["Fraud", "2026-01", 3, 4]]
    before, after = (reading("budget", given) for given in (rows, [rows[0], ["New", "2026-01", 5, 6], [], *rows[1:]]))
    assert after.records[1:] == before.records
    assert [address(found, before.records[1], "actual") for found in (before, after)] == [
        "Budget FY27!D3",
        "Budget FY27!D5",
    ]
    assert before.places.record() == {
        "tab": "budget",
        "title": "Budget FY27",
        "key": "_places",
        "shapes": [{"initiative": "A", "month": "B", "planned": "C", "actual": "D"}],
        "rows": {"Search / 2026-01": [2, 0], "Fraud / 2026-01": [3, 0]},
    }


def test_columns_that_are_moved_change_no_record_either():
    """The same rows under the same headers in another order."""
    rows = [[*HEADER, "Note"], ["Search", "2026-01", 1, 2, "x"]]
    before, after = (reading("budget", given) for given in (rows, [list(reversed(row)) for row in rows]))
    assert after.records == before.records
    assert address(after, after.records[0], "initiative") == "Budget FY27!E2"
