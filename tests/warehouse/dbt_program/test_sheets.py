"""What is in force when a sheet is edited: good values, bad cells, rows that go and tabs that break."""

from __future__ import annotations


def line(key: str = "1", **cells) -> dict:
    """A budget row of January 2026."""
    return {
        "_key": key,
        "line_id": key,
        "initiative": "A",
        "month": "2026-01-01",
        "planned": 100,
        "actual": 90,
        **cells,
    }


def amounts(tables) -> list[tuple]:
    """Line, planned and actual as the mart has them."""
    tables.make("budget_lines", "budget_changes")
    return tables.rows("select budget_line_id, planned_amount, actual_amount from marts.budget_lines order by 1")


def test_a_cell_that_goes_bad_keeps_its_last_good_value(tables):
    """The other cells of the row move on; the fault is told."""
    tables.sheet("budget", line())
    tables.sheet("budget", line(planned=120, _bad=["actual"]), at="2026-02-01")
    assert amounts(tables) == [("acme:1", 120.0, 90.0)]
    assert tables.rows("select faults from marts.budget_lines") == [
        (['Budget!E2: "?" is no value; the version of 2026-01-05 stays in force'],)
    ]


def test_a_cell_that_was_never_good_is_unknown(tables):
    """No zero is made of it, and no other cell suffers."""
    tables.sheet("budget", line(_bad=["actual"]))
    assert amounts(tables) == [("acme:1", 100.0, None)]
    assert tables.rows("select faults from marts.budget_lines") == [
        (['Budget!E2: "?" is no value; no version before had a value, so it is unknown'],)
    ]


def test_each_bad_cell_of_any_tab_has_its_address(tables):
    """As long as it is there, with what counts instead."""
    tables.sheet("budget", line(_bad=["actual"]), line("2"))
    tables.sheet("risks", {"_key": "1", "risk_id": "R-1", "probability": 0.3, "_bad": ["probability"]})
    tables.make("bad_cells")
    found = tables.rows("select tab, row_key, cell, message from marts.bad_cells order by all")
    assert [row[:2] for row in found] == [("budget", "1"), ("risks", "1")]
    assert found[0][2:] == (
        "Budget!E2",
        'Budget!E2: "?" is no value; no version before had a value, so it is unknown',
    )
    tables.sheet("budget", line(), line("2"), at="2026-02-01")
    tables.make("bad_cells")
    assert tables.rows("select tab from marts.bad_cells") == [("risks",)]


def test_a_row_that_loses_what_names_it_keeps_its_last_good_version(tables):
    """A line with an id whose initiative is blanked stays that initiative's."""
    tables.sheet("roadmap", {"_key": "1", "initiative_id": "A", "initiative": "A"})
    tables.sheet("budget", line())
    blank = {"severity": "bad_row", "column": "initiative", "message": "initiative is missing", "expected": "a text"}
    typed = {"line_id": "1", "initiative": None, "month": "2026-01-01", "planned": 120}
    tables.land("sheets_budget", "1", {"cells": {}, "faults": [blank], "typed": typed}, at="2026-02-01")
    assert amounts(tables) == [("acme:1", 120.0, 90.0)]
    assert tables.rows("select initiative_id, faults from marts.budget_lines") == [
        ("A", ["Budget!B2: initiative is missing; the version of 2026-01-05 stays in force"])
    ]


def test_a_row_that_is_only_moved_has_its_new_address_and_no_new_version(tables):
    """Only the record of the addresses lands; of what was replaced earlier the old address is kept."""
    tables.sheet("budget", line(planned=90))
    tables.sheet("budget", line(), at="2026-02-01")
    moved = {"title": "Budget FY27", "shapes": [{"planned": "C", "month": "F1"}], "rows": {"1": [7, 0]}}
    tables.land("sheets_budget", "_places", moved, at="2026-03-01")
    tables.make("budget_lines", "budget_changes")
    assert tables.rows("select planned_cell, planned_amount from marts.budget_lines") == [("Budget FY27!C7", 100.0)]
    staged = (
        "select planned_cell, month_cell, row_number, planned_value from staging.stg_sheets__budget where row_key = '1'"
    )
    assert tables.rows(f"{staged} order by valid_from") == [
        ("Budget!D2", "Budget!C2", 2, 90.0),
        ("Budget FY27!C7", "Budget FY27!F1", 7, 100.0),
    ]


def test_a_cell_of_an_extra_column_is_kept_with_its_address(tables):
    """Under its header, as people wrote it; of the rows that are there now."""
    for key in ("1", "2"):
        extra = {"Cost centre": {"value": f"CC{key}"}, "Rank": {"value": 2}}
        tables.land("sheets_budget", key, {"extra": extra, "typed": {}})
    tables.land("sheets_budget", "2", None, at="2026-02-01")
    shape, rows = {"Cost centre": "F", "Rank": "G1"}, {"1": [3, 0], "2": [4, 0]}
    tables.land("sheets_budget", "_places", {"title": "Budget", "shapes": [shape], "rows": rows})
    tables.make("stg_sheets__extra_cells")
    assert tables.rows("select tab, row_id, header, value, cell from staging.stg_sheets__extra_cells order by header") == [
        ("budget", "acme:1", "Cost centre", "CC1", "Budget!F3"),
        ("budget", "acme:1", "Rank", "2", "Budget!G1"),
    ]  # fmt: skip


def test_a_cell_that_is_emptied_is_empty(tables):
    """Blank is an edit, not a fault: the old value goes."""
    tables.sheet("budget", line())
    tables.sheet("budget", line(actual=None), at="2026-02-01")
    assert amounts(tables) == [("acme:1", 100.0, None)]


def test_a_bad_cell_stays_at_the_value_before_it_over_many_versions(tables):
    """Good, good, bad, bad: the second good one is in force."""
    for at, cells in (("2026-01-05", {"actual": 1}), ("2026-02-05", {"actual": 2}), ("2026-03-05", {"_bad": ["actual"]}), ("2026-04-05", {"_bad": ["actual"], "planned": 7})):  # fmt: skip
        tables.sheet("budget", line(**cells), at=at)
    assert amounts(tables) == [("acme:1", 7.0, 2.0)]


def test_a_row_that_is_deleted_leaves_the_budget_and_is_a_change(tables):
    """Its amounts end with the sync that missed it."""
    tables.sheet("budget", line(), line("2"))
    tables.land("sheets_budget", "2", None, at="2026-03-01")
    assert amounts(tables) == [("acme:1", 100.0, 90.0)]
    assert tables.rows("select budget_line_id, field, old_amount, new_amount from marts.budget_changes order by 2") == [
        ("acme:2", "actual", 90.0, None),
        ("acme:2", "planned", 100.0, None),
    ]


def test_changes_tell_cell_by_cell_what_was_known_when(tables):
    """The first sync is no change; a bad cell is none either."""
    tables.sheet("budget", line(), line("2", actual=None))
    tables.sheet("budget", line(planned=130), line("2", actual=55, _bad=["planned"]), at="2026-02-01")
    tables.sheet("budget", line("3"), at="2026-03-01")
    amounts(tables)
    assert tables.rows(
        "select budget_line_id, field, old_amount, new_amount, month(seen_at) from marts.budget_changes order by 5, 1, 2"
    ) == [
        ("acme:1", "planned", 100.0, 130.0, 2),
        ("acme:2", "actual", None, 55.0, 2),
        ("acme:3", "actual", None, 90.0, 3),
        ("acme:3", "planned", None, 100.0, 3),
    ]


def test_a_second_row_of_the_same_line_and_month_is_counted_too(tables):
    """Nothing is dropped from a sum; the double is named in data quality."""
    tables.sheet("budget", line(), {**line("1"), "_key": "1#2"})
    assert amounts(tables) == [("acme:1", 100.0, 90.0), ("acme:1 #2", 100.0, 90.0)]
    tables.make("int_program__doubted")
    assert (
        tables.row("from intermediate.int_program__doubted where check_name = 'budget_line_twice'")["affected_count"]
        == 1
    )


def test_a_tab_that_cannot_be_read_keeps_its_rows_and_is_named(tables):
    """The record of the tab itself is no row of the budget."""
    tables.sheet("budget", line())
    tables.land(
        "sheets_budget",
        "_tab",
        {
            "tab": "budget",
            "title": "Budget",
            "faults": [
                {"severity": "missing_column", "cell": "A1", "column": "planned", "message": 'no column "planned"'}
            ],
        },
        at="2026-02-01",
    )
    assert amounts(tables) == [("acme:1", 100.0, 90.0)]
    tables.make("int_program__doubted")
    found = tables.row("from intermediate.int_program__doubted where check_name = 'tab_unreadable'")
    assert (found["affected_count"], found["example"]) == (
        1,
        'Budget!A1: no column "planned"; the rows read before stay in force',
    )


def test_amounts_come_in_the_program_currency_or_not_at_all(tables):
    """The latest rate up to the month holds; without one the amount is unknown."""
    tables.sheet(
        "rates",
        {"_key": "1", "currency": "USD", "month": "2025-12-01", "rate": 0.9},
        {"_key": "2", "currency": "USD", "month": "2026-02-01", "rate": 0.8},
    )
    tables.sheet(
        "budget",
        line("1", currency="usd"),
        line("2", currency="USD", month="2026-03-01"),
        line("3", currency="GBP"),
        line("4", currency="USD", month="2025-11-01"),
    )
    assert amounts(tables) == [
        ("acme:1", 90.0, 81.0),
        ("acme:2", 80.0, 72.0),
        ("acme:3", None, None),
        ("acme:4", None, None),
    ]


def test_a_cost_whose_initiative_is_not_on_the_roadmap_belongs_to_none(tables):
    """It stays in the budget lines and is named; earned value leaves it out."""
    tables.sheet("roadmap", {"_key": "1", "initiative_id": "A", "initiative": "Álpha  one"})
    tables.sheet("budget", line(), line("2", initiative="alpha ONE"), line("3", initiative="Shared"))
    amounts(tables)
    assert tables.rows("select budget_line_id, initiative_id from marts.budget_lines order by 1") == [
        ("acme:1", "A"),
        ("acme:2", "A"),
        ("acme:3", None),
    ]
    tables.make("earned_value")
    assert tables.rows("select distinct scope_id, bac_amount from marts.earned_value order by 1") == [
        ("*", 200.0),
        ("A", 200.0),
    ]


def test_a_changed_cell_keeps_its_address_and_both_amounts(tables):
    """Who knew what when: each edit by cell and sync; a deleted line by the cell it had. The first sync is no change."""
    tables.sheet("budget", line(), line("2"))
    tables.sheet("budget", line(actual=95), at="2026-02-01")
    tables.sheet("budget", line(actual=95, planned=110), at="2026-02-08")
    tables.land("sheets_budget", "2", None, at="2026-02-15")
    amounts(tables)
    assert tables.rows(
        "select budget_line_id, field, old_amount, new_amount, cell, seen_at::date::varchar from marts.budget_changes order by seen_at, field"
    ) == [
        ("acme:1", "actual", 90.0, 95.0, "Budget!E2", "2026-02-01"),
        ("acme:1", "planned", 100.0, 110.0, "Budget!D2", "2026-02-08"),
        ("acme:2", "actual", 90.0, None, "Budget!E3", "2026-02-15"),
        ("acme:2", "planned", 100.0, None, "Budget!D3", "2026-02-15"),
    ]


def test_initiatives_are_ranked_by_wsjf(tables):
    """(value + criticality + reduction) / size; equal ones share a place, one without a size has none."""
    worth = {"business_value": 8, "time_criticality": 4, "risk_reduction": 4}
    tables.sheet(
        "roadmap",
        *(
            {"_key": name, "initiative_id": name, "initiative": name, **worth, "job_size": size}
            for name, size in (("A", 8), ("B", 2), ("C", 8), ("D", None), ("E", 16))
        ),
    )
    tables.make("initiatives")
    assert tables.rows("select initiative_id, wsjf, wsjf_rank from marts.initiatives order by 1") == [
        ("A", 2, 2), ("B", 8, 1), ("C", 2, 2), ("D", None, None), ("E", 1, 4),
    ]  # fmt: skip
