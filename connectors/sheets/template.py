"""The contract as a spreadsheet to fill in: a tab for each kind, its headers, one example row, notes on what goes where.

Uploaded to Google Drive and opened with Google Sheets it is ready to be read. Spreadsheets that exist need not look like
it: headers are matched by their text and many other spellings.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.sheets.cells import FIRST_SERIAL
from connectors.sheets.contract import Column, Kind, Tab, contracts

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

GUIDE = "How to fill in"
_LAST_ROW = 1000  # down to which entries are checked
_ANY_NUMBER = (-1e12, 1e12)
_FORMATS = {
    Kind.AMOUNT: "#,##0.00",
    Kind.SHARE: "0 %",
    Kind.DATE: "yyyy-mm-dd",
    Kind.MONTH: "yyyy-mm",
}
_REQUIRED_FILL, _OPTIONAL_FILL = "FFD9E8F6", "FFF2F2F2"


def title(kind: str) -> str:
    """The tab's title in the template, and the one to name under [sheets.tabs]."""
    return kind.capitalize()


def write_template(path: Path) -> None:
    """Writes the spreadsheet; a file that is there is replaced."""
    from openpyxl import Workbook

    workbook = Workbook()
    guide = workbook.active
    guide.title = GUIDE
    _fill_guide(guide)
    for kind, tab in contracts().items():
        _fill_tab(workbook.create_sheet(title(kind)), tab)
    workbook.save(path)


def _fill_guide(sheet: Worksheet) -> None:
    """Every column of every tab in words, and the lines for hub.toml."""
    from openpyxl.styles import Font

    sheet.append(["Tab", "Column", "Needed", "What goes there", "Other headers that are understood"])
    for kind, tab in contracts().items():
        for column in tab.columns:
            sheet.append([title(kind), _header(column), _need(column), column.expected, ", ".join(column.aliases)])
    sheet.append([])
    sheet.append(["Row 2 of each tab is an example: replace it. Tabs you do not keep may be deleted, all but Budget."])
    sheet.append(["Months may also be columns: Jan 2026, FY27 P3, Q2 FY27 and so on, under Planned and Actual."])
    sheet.append(["The amount of a quarter is spread evenly over its months. Hidden rows count like any others."])
    sheet.append(["Name the tabs in hub.toml:"])
    sheet.append(["[sheets.tabs]"])
    for kind in contracts():
        sheet.append([f'{kind} = "{title(kind)}"'])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDE", (14, 22, 22, 44, 90), strict=True):
        sheet.column_dimensions[letter].width = width


def _fill_tab(sheet: Worksheet, tab: Tab) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    for index, column in enumerate(tab.columns, start=1):
        header = sheet.cell(1, index, _header(column))
        header.font = Font(bold=column.is_required)
        header.fill = PatternFill("solid", fgColor=_REQUIRED_FILL if column.is_required else _OPTIONAL_FILL)
        note = f"{_need(column)}: {column.expected}."
        if column.aliases:
            note += f"\nAlso understood: {', '.join(column.aliases[:5])}."
        header.comment = Comment(note, "ML Program Hub", width=320, height=110)
        example = sheet.cell(2, index, _value(column))
        example.number_format = _FORMATS.get(column.kind, "General")
        letter = header.column_letter
        sheet.column_dimensions[letter].width = max(12, len(_header(column)) + 4, min(len(column.example) + 2, 36))
        if rule := _rule(column):
            allowed = DataValidation(**rule, allow_blank=True, errorTitle=_header(column))
            allowed.error = f"This must be {column.expected}."
            allowed.showErrorMessage = True
            allowed.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(allowed)
    sheet.freeze_panes = "A2"


def _rule(column: Column) -> dict[str, str] | None:
    """What may be entered below a header, as spreadsheets say it; None if anything may."""
    if column.choices:
        return {"type": "list", "formula1": '"' + ",".join(choice[0] for choice in column.choices) + '"'}
    if column.kind in {Kind.DATE, Kind.MONTH}:
        return {"type": "date", "operator": "greaterThanOrEqual", "formula1": str(FIRST_SERIAL)}
    if column.kind not in {Kind.AMOUNT, Kind.NUMBER, Kind.SHARE, Kind.INTEGER}:
        return None
    low = _ANY_NUMBER[0] if column.low is None else column.low
    high = _ANY_NUMBER[1] if column.high is None else column.high
    kind = "whole" if column.kind is Kind.INTEGER else "decimal"
    return {"type": kind, "operator": "between", "formula1": f"{low:.0f}", "formula2": f"{high:.0f}"}


def _header(column: Column) -> str:
    """The column's name as people write it; a star marks one that the tab is not read without."""
    words = column.name.replace("_", " ").capitalize()
    return f"{words} *" if column.is_required else words


def _need(column: Column) -> str:
    if column.is_needed:
        return "In every row"
    return "Column needed" if column.is_required else "Optional"


def _value(column: Column) -> Any:
    """The example as a cell holds it."""
    if not column.example:
        return None
    if column.kind in {Kind.DATE, Kind.MONTH}:
        return date.fromisoformat(column.example)
    if column.kind is Kind.INTEGER:
        return int(column.example)
    if column.kind in {Kind.AMOUNT, Kind.NUMBER, Kind.SHARE}:
        return float(column.example)
    return column.example
