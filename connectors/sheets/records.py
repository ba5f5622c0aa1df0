"""The rows of a tab as records: each cell as received with its address, and typed by the contract.

Blank rows, subtotals, repeated headers and notes are no rows of the table. Nothing is corrected: a cell that cannot be
read is a fault with its address, and the record says so. Where the table stands is found in headers.py.

A currency is known from a column of its own, from the header ("Planned (EUR)"), from a text ("€ 1,200") or, where none of
these says it, from the cell's number format: formats are copied along without a thought, so they contradict nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from connectors.sheets.cells import (
    CURRENCY_CODES,
    CURRENCY_SIGNS,
    Amount,
    OutOfRangeError,
    UnreadableError,
    is_blank,
    text,
    typed,
)
from connectors.sheets.contract import Column, Kind, Tab
from connectors.sheets.grid import Grid
from connectors.sheets.headers import Field, Layout, find_layout
from connectors.sheets.wording import month_number, month_of, normalised, year_of
from connectors.stream import Record

TAB_RECORD = "_tab"
"""Key of the one record of a tab that could not be read at all."""

_TOTALS = (
    "grand total",
    "sub total",
    "subtotal",
    "subtotals",
    "total general",
    "totals",
    "total",
    "sum",
    "gesamtsumme",
    "zwischensumme",
    "summe",
    "gesamt",
    "suma",
    "somme",
)
_ALL = frozenset({"", "all", "program", "programme", "budget", "plan", "fy", "year", "overall", "cost", "costs", "of"})

Severity = Literal["bad_cell", "bad_row", "missing_column"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a tab came to. `layout` is None where no header was found; `records` are then the one that says so."""

    records: list[Record]
    layout: Layout | None

    @property
    def is_refused(self) -> bool:
        """Whether the tab as a whole could not be read: its last good version stays in force."""
        return self.layout is None or bool(self.layout.missing)


@dataclass(frozen=True, slots=True)
class _Table:
    """A tab with its contract and where its table stands."""

    grid: Grid
    tab: Tab
    layout: Layout
    locale: str
    percent: frozenset[int]  # columns whose numbers are percent points


@dataclass(slots=True)
class _Row:
    """A record in the making."""

    number: int
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    extra: dict[str, dict[str, Any]] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)


def read_tab(grid: Grid, tab: Tab, locale: str) -> Reading:
    """The records of a tab, or the one record that says why there are none."""
    layout = find_layout(grid, tab)
    if layout is None or layout.missing:
        return Reading([_refusal(grid, tab, layout)], layout)
    table = _Table(grid, tab, layout, locale, _percent_columns(grid, tab, layout))
    rows: dict[tuple[str, ...], _Row] = {}
    for number in _table_rows(grid, tab, layout):
        for row in _rows(table, number):
            key = _key(tab, row)
            if layout.measure_index is None:
                key = (*key, str(len(rows)))  # each is a record of its own
            if key in rows:
                _merge(rows[key], row)
            else:
                rows[key] = row
    return Reading(list(_finished(grid, tab, layout, list(rows.values()))), layout)


def fault(cell: str, value: Any, expected: str, *, severity: Severity, message: str | None = None) -> dict[str, Any]:
    """A fault as records carry it."""
    shown = text(value) if value is not None else ""
    return {
        "cell": cell,
        "value": value,
        "expected": expected,
        "severity": severity,
        "message": f"{cell}: {message}" if message else f'{cell}: "{shown}" is not {expected}',
    }


def _refusal(grid: Grid, tab: Tab, layout: Layout | None) -> Record:
    missing = layout.missing if layout else tuple(column.name for column in tab.columns if column.is_required)
    row = layout.row if layout else 0
    faults = []
    for name in missing:
        column = tab.column(name)
        headers = ", ".join(f'"{header}"' for header in (name.replace("_", " "), *column.aliases[:4]))
        what = "no column is headed" if layout else "no header row was found with"
        message = f"{what} {headers} in the first rows" if layout is None else f"{what} {headers}"
        faults.append(fault(grid.address(row, 0), None, f"a column {name}", severity="missing_column", message=message))
    empty = _Row(row, faults=faults, typed=dict.fromkeys(column.name for column in tab.columns))
    return _record(grid, tab, empty, TAB_RECORD)


def _table_rows(grid: Grid, tab: Tab, layout: Layout) -> Iterator[int]:
    """Numbers of the rows that belong to the table: not blank, no total, no note, no header again."""
    texts = [f for f in layout.fields if f.name and tab.column(f.name).kind is Kind.TEXT]
    headers = {normalised(text(grid.seen(layout.row, f.index))) for f in layout.fields if f.name}
    known = {
        normalised(text(value))
        for number in range(layout.row + 1, len(grid.rows))
        for f in texts
        if not is_blank(value := grid.seen(number, f.index))
    }
    has_gap = False
    for number in range(layout.row + 1, len(grid.rows)):
        shown = [value for value in grid.rows[number] if not is_blank(value)]
        if not shown:
            has_gap = True
        elif not (
            _is_total(shown[0], known)
            or _is_note(shown, tab, has_gap=has_gap)
            or (len(shown) > 1 and all(normalised(text(value)) in headers for value in shown))
        ):
            yield number


def _is_total(first: Any, known: set[str]) -> bool:
    """Whether a row's first text calls it a total: of everything, of a period, or of something that stands in the table.

    An initiative may be named "Total Cost Insight": it is only taken for a total if "cost insight" is in the table too.
    """
    if not isinstance(first, str):
        return False
    words = normalised(first)
    for total in _TOTALS:
        for rest in ((words.removeprefix(total)), (words.removesuffix(total))):
            if rest == words or not (rest == "" or rest[0] == " " or rest[-1] == " "):
                continue
            rest = rest.strip()  # noqa: PLW2901  # the word without its neighbour's space
            if set(rest.split()) <= _ALL or rest in known or month_of(rest) or month_number(rest) or year_of(rest):
                return True
    return False


def _is_note(shown: list[Any], tab: Tab, *, has_gap: bool) -> bool:
    """Whether a row is a remark or a section's heading: one lone text where a row of the table needs more than one."""
    if len(shown) > 1 or not isinstance(shown[0], str):
        return False
    needs_one = sum(column.is_needed for column in tab.columns) == 1
    return not needs_one or (has_gap and " " in shown[0].strip())


def _percent_columns(grid: Grid, tab: Tab, layout: Layout) -> frozenset[int]:
    """Columns headed with % whose numbers are percent points: some are beyond any share."""
    found = set()
    for f in layout.fields:
        if not (f.name and f.is_percent and tab.column(f.name).kind is Kind.SHARE):
            continue
        values = (grid.value(number, f.index) for number in range(layout.row + 1, len(grid.rows)))
        high = tab.column(f.name).high or 1
        if any(isinstance(v, int | float) and not isinstance(v, bool) and v > high for v in values):
            found.add(f.index)
    return frozenset(found)


def _rows(table: _Table, number: int) -> Iterator[_Row]:
    """The records of one row: one, or one per month that has a value where months are columns."""
    grid, tab, layout = table.grid, table.tab, table.layout
    measure = None
    if layout.measure_index is not None:
        measure = _measure(tab, grid.seen(number, layout.measure_index))
    months: Sequence[date | None] = sorted({f.month for f in layout.fields if f.month}) or [None]
    for month in months:
        fields = [f for f in layout.fields if f.month in {None, month}]
        if month and all(is_blank(grid.value(number, f.index)) for f in fields if f.month):
            continue
        row = _Row(number, typed=dict.fromkeys(column.name for column in tab.columns))
        for f in fields:
            _read_cell(table, row, f, measure)
        if month:
            _set_month(grid, row, next(f for f in fields if f.month), month)
        if measure == "" and layout.measure_index is not None:
            at, value = grid.address(number, layout.measure_index), grid.seen(number, layout.measure_index)
            row.faults.append(fault(at, value, "one of " + ", ".join(tab.monthly), severity="bad_cell"))
        yield row


def _measure(tab: Tab, value: Any) -> str:
    words = normalised(text(value)) if value is not None else ""
    for name in tab.monthly:
        if words in {normalised(spelling) for spelling in (name, *tab.column(name).aliases)}:
            return name
    return ""


def _set_month(grid: Grid, row: _Row, f: Field, month: date) -> None:
    at = f.month_at or (0, f.index)
    row.cells["month"] = {"value": grid.value(*at), "cell": grid.address(*at), "header": f.header}
    row.typed["month"] = month.isoformat()


def _read_cell(table: _Table, row: _Row, f: Field, measure: str | None) -> None:
    """Puts one cell into the record: as received, and typed or as a fault. `measure` is what the row says it holds."""
    grid, tab = table.grid, table.tab
    name = f.name
    if name in tab.monthly and measure is not None:
        name = measure or None
    column = tab.column(name) if name else None
    # Only texts are shared by merged cells: an amount counted in each of its rows would be counted twice.
    is_shared = column is not None and column.kind in {Kind.TEXT, Kind.LIST, Kind.CHOICE, Kind.DATE, Kind.MONTH}
    at = grid.origin(row.number, f.index) if is_shared else (row.number, f.index)
    value = grid.value(*at)
    if is_blank(value):
        return
    address = grid.address(*at)
    cell = {"value": value, "cell": address, "header": f.header}
    if column is None:
        row.extra[_free(f.header, row.extra)] = {"value": value, "cell": address}
        return
    row.cells[column.name] = cell
    try:
        is_points = f.index in table.percent and isinstance(value, int | float)
        reading = typed(value / 100 if is_points else value, column, table.locale)
    except UnreadableError as error:
        is_told_whole = column.choices or isinstance(error, OutOfRangeError)
        expected = column.expected if is_told_whole else column.kind.value
        row.faults.append(fault(address, value, expected, severity="bad_cell"))
        return
    if isinstance(reading, Amount):
        _note_currency(tab, row, cell, reading.currency or f.currency)
        if at in grid.currencies:
            cell["shown_currency"] = grid.currencies[at]
        reading = round(reading.value * f.scale, 6)
    if column.name != "currency" or reading is not None:
        row.typed[column.name] = reading


def _free(header: str, taken: dict[str, Any]) -> str:
    count, name = 1, header
    while name in taken:
        count += 1
        name = f"{header} #{count}"
    return name


def _note_currency(tab: Tab, row: _Row, cell: dict[str, Any], currency: str | None) -> None:
    """The currency written beside an amount or in its header, which must not contradict the rest of its row."""
    if currency is None or all(column.name != "currency" for column in tab.columns):
        return
    cell["currency"] = currency
    if row.typed["currency"] is None:
        row.typed["currency"] = currency


def _merge(row: _Row, other: _Row) -> None:
    """Takes the measure of another row of the same line and month into the record."""
    row.cells |= {name: cell for name, cell in other.cells.items() if name not in row.cells}
    row.extra |= {name: cell for name, cell in other.extra.items() if name not in row.extra}
    row.typed |= {name: value for name, value in other.typed.items() if value is not None}
    row.faults += [fault for fault in other.faults if fault not in row.faults]


def _key(tab: Tab, row: _Row) -> tuple[str, ...]:
    """The values that name a row: of its own id where it has one, else of the declared columns."""
    names = tab.own_key if tab.own_key and tab.own_key[0] in row.cells else tab.key
    parts = []
    for name in names:
        value = row.typed.get(name)
        value = row.cells[name]["value"] if value is None and name in row.cells else value
        is_month = tab.column(name).kind is Kind.MONTH and isinstance(value, str) and row.typed.get(name) is not None
        parts.append("" if value is None else value[:7] if is_month else " ".join(text(value).split()))
    return tuple(part for part in parts if part) or (f"row {row.number + 1}",)


def _finished(grid: Grid, tab: Tab, layout: Layout, rows: list[_Row]) -> Iterator[Record]:
    seen: Counter[str] = Counter()
    indexes = {f.name: f.index for f in layout.fields if f.name}
    for row in rows:
        for column in tab.columns:
            if column.is_needed and column.name not in row.cells:
                row.faults.append(_gap(grid, row, column, indexes.get(column.name, 0)))
        _check_currency(row)
        key = " / ".join(_key(tab, row))
        seen[key] += 1
        yield _record(grid, tab, row, key if seen[key] == 1 else f"{key} #{seen[key]}")


def _gap(grid: Grid, row: _Row, column: Column, index: int) -> dict[str, Any]:
    address = grid.address(row.number, index)
    message = f"{column.name.replace('_', ' ')} is missing"
    return fault(address, None, column.expected, severity="bad_row", message=message)


def _check_currency(row: _Row) -> None:
    """An amount in another currency than its row is no amount that could be added."""
    shown = {name: cell.pop("shown_currency") for name, cell in row.cells.items() if "shown_currency" in cell}
    if shown and "currency" in row.typed and row.typed["currency"] is None and "currency" not in row.cells:
        row.typed["currency"] = next(iter(shown.values()))
        for name, currency in shown.items():
            row.cells[name]["currency"] = currency
    stated = row.typed.get("currency")
    code = CURRENCY_SIGNS.get(stated, stated.upper()) if isinstance(stated, str) else None
    if code in CURRENCY_CODES:
        row.typed["currency"] = code
    for name, cell in row.cells.items():
        other = cell.pop("currency", None)
        if other and code in CURRENCY_CODES and other != code:
            row.typed[name] = None
            expected, value = f"an amount in {code}", cell["value"]
            message = f'"{text(value)}" is in {other}, its row in {code}'
            row.faults.append(fault(cell["cell"], value, expected, severity="bad_cell", message=message))


def _record(grid: Grid, tab: Tab, row: _Row, key: str) -> Record:
    return {
        "tab": tab.kind,
        "title": grid.title,
        "row": row.number + 1,
        "key": key,
        "cells": row.cells,
        "extra": row.extra,
        "faults": row.faults,
        "typed": row.typed,
    }
