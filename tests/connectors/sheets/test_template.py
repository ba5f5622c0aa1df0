"""The template is a spreadsheet that the hub reads without a fault, with every column of the contract in it."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest

from connectors.sheets.contract import KINDS, Kind, contracts
from connectors.sheets.grid import Grid
from connectors.sheets.records import read_tab
from connectors.sheets.template import GUIDE, title, write_template


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    """The template as a spreadsheet program opens it."""
    path = tmp_path_factory.mktemp("template") / "program.xlsx"
    write_template(path)
    return openpyxl.load_workbook(path)


def _wire(value):
    """A cell as Google's API sends it: dates as numbers, blanks as empty texts."""
    day = value.date() if isinstance(value, datetime) else value
    if isinstance(day, date):
        return (day - date(1899, 12, 30)).days
    return "" if value is None else value


@pytest.mark.parametrize("kind", KINDS)
def test_the_template_is_read_as_the_contract_says(workbook, kind):
    """Every column is found by its header, the example row is one record, and nothing in it is a fault."""
    tab = contracts()[kind]
    rows = [[_wire(cell) for cell in row] for row in workbook[title(kind)].iter_rows(values_only=True)]
    reading = read_tab(Grid(title(kind), 1, rows), tab, "en_GB")
    assert reading.layout.found() == {column.name for column in tab.columns}
    (record,) = reading.records
    assert record["faults"] == []
    given = {column.name for column in tab.columns if column.example}
    assert {name for name, value in record["typed"].items() if value is not None} == given
    assert {column.name for column in tab.columns if column.is_needed} <= given


def test_headers_say_what_is_needed_and_what_goes_there(workbook):
    """Needed columns are marked and bold; each header has a note; choices are offered as a list."""
    sheet = workbook["Overrides"]
    initiative, dimension = sheet["A1"], sheet["B1"]
    assert (initiative.value, initiative.font.bold) == ("Initiative *", True)
    assert "Column needed: a text" in initiative.comment.text
    assert dimension.comment.text.startswith("In every row: one of schedule, budget, scope")
    lists = {str(offered.sqref): offered.formula1 for offered in sheet.data_validations.dataValidation}
    assert lists["C2:C1000"] == '"green,amber,red,white"'
    assert not workbook["Budget"]["E1"].font.bold


def test_what_is_entered_is_checked_against_the_contract(workbook):
    """Every column of numbers, dates and choices, with its range; texts are free."""
    for kind, tab in contracts().items():
        checked = {str(rule.sqref)[0]: rule for rule in workbook[title(kind)].data_validations.dataValidation}
        free = {Kind.TEXT, Kind.LIST}
        expected = [chr(65 + place) for place, column in enumerate(tab.columns) if column.kind not in free]
        assert sorted(checked) == expected
    share = next(rule for rule in workbook["Risks"].data_validations.dataValidation if str(rule.sqref) == "C2:C1000")
    assert (share.type, share.formula1, share.formula2) == ("decimal", "0", "1")
    assert share.error == "This must be a share from 0 to 1."


def test_the_guide_lists_every_column_and_the_settings(workbook):
    """One row per column, and the lines to copy into hub.toml."""
    rows = list(workbook[GUIDE].iter_rows(values_only=True))
    assert ("Budget", "Planned *", "Column needed", "an amount") in {row[:4] for row in rows}
    assert sum(row[1] is not None for row in rows) - 1 == sum(len(tab.columns) for tab in contracts().values())
    assert 'budget = "Budget"' in {row[0] for row in rows}
