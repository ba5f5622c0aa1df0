"""The rows of a tab as records: each cell as received, and typed by the contract.

Nothing is corrected: a cell that cannot be read is a fault, and the record says so. Where the table stands is found in
headers.py, which rows are its own in table_rows.py; the addresses of the cells are no part of the records (places.py).

A currency is known from a column of its own, from the header ("Planned (EUR)"), from a text ("€ 1,200") or, where none of
these says it, from the cell's number format: formats are copied along without a thought, so they contradict nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
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
from connectors.sheets.contract import Kind, Tab
from connectors.sheets.grid import Grid
from connectors.sheets.headers import Field, Layout, find_layout
from connectors.sheets.places import Places, reference
from connectors.sheets.table_rows import table_rows
from connectors.sheets.wording import normalised, period_of
from connectors.stream import Record

TAB_RECORD = "_tab"
"""Key of the one record of a tab that could not be read at all."""


MEASURE = "measure"
"""How a fault calls the column that says per row whether its amounts are planned, actual or forecast."""

Severity = Literal["bad_cell", "bad_row", "missing_column"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a tab came to. `layout` is None where no header was found; `records` are then the one that says so."""

    records: list[Record]
    layout: Layout | None
    places: Places | None = None  # of a tab that could be read

    @property
    def is_refused(self) -> bool:
        """Whether the tab as a whole could not be read: its last good version stays in force."""
        return self.layout is None or bool(self.layout.missing)

    def faults(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every fault with its message as people read it: where, then what is wrong."""
        for record in self.records:
            for fault in record["faults"]:
                at = (
                    f"{record['title']}!{fault['cell']}"
                    if self.places is None
                    else self.places.address(record["key"], fault["column"])
                )
                yield f"{at}: {fault['message']}", fault


@dataclass(frozen=True, slots=True)
class _Table:
    """A tab with its contract and where its table stands."""

    grid: Grid
    tab: Tab
    layout: Layout
    locale: str
    fiscal_start: int
    percent: frozenset[int]  # columns whose numbers are percent points
    extra: dict[int, str]  # what the cells of a column that the contract does not know are called in a record


@dataclass(slots=True)
class _Row:
    """A record in the making. `at` is where each of its cells stands: row and column."""

    number: int
    at: dict[str, tuple[int, int]] = field(default_factory=dict)
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    extra: dict[str, dict[str, Any]] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)


def read_tab(grid: Grid, tab: Tab, locale: str, fiscal_start: int = 1) -> Reading:
    """The records of a tab, or the one record that says why there are none.

    `fiscal_start` is the month in which fiscal years begin. The amount of a quarter is spread evenly over its months, to
    the cent; shares and rates hold in each of them.
    """
    layout = find_layout(grid, tab, fiscal_start)
    if layout is None or layout.missing:
        return Reading([_refusal(grid, tab, layout)], layout)
    table = _Table(
        grid, tab, layout, locale, fiscal_start, _percent_columns(grid, tab, layout), _extra_names(tab, layout)
    )
    rows: dict[tuple[str, ...], _Row] = {}
    for number in table_rows(grid, tab, layout):
        for row in _rows(table, number):
            key = _key(tab, row)
            if layout.measure_index is None:
                key = (*key, str(len(rows)))  # each is a record of its own
            if key in rows:
                _merge(rows[key], row)
            else:
                rows[key] = row
    places = Places(tab.kind, grid.title)
    return Reading(list(_finished(tab, layout, list(rows.values()), places)), layout, places)


def fault(column: str, value: Any, expected: str, *, severity: Severity, message: str | None = None) -> dict[str, Any]:
    """A fault as records carry it."""
    shown = text(value) if value is not None else ""
    return {
        "column": column,
        "value": value,
        "expected": expected,
        "severity": severity,
        "message": message or f'"{shown}" is not {expected}',
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
        told = fault(name, None, f"a column {name}", severity="missing_column", message=message)
        faults.append({**told, "cell": reference(row, 0)})
    # The headers that nobody knows: one of them may be a missing column under another name.
    unknown = {f.header: {"value": None} for f in layout.fields if not f.name} if layout else {}
    empty = _Row(row, extra=unknown, faults=faults, typed=dict.fromkeys(column.name for column in tab.columns))
    return {**_record(tab, empty, TAB_RECORD), "title": grid.title}


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
    """The records of one row: one, or one per month where months are columns or the row is for a quarter."""
    grid, tab, layout = table.grid, table.tab, table.layout
    measure = None
    if layout.measure_index is not None:
        measure = _measure(tab, grid.seen(number, layout.measure_index))
    months: Sequence[date | None] = sorted({f.month for f in layout.fields if f.month}) or [None]
    for month in months:
        fields = [f for f in layout.fields if f.month in {None, month}]
        if month and all(is_blank(grid.value(number, f.index)) for f in fields if f.month):
            continue
        for part in _parts(table, number) if month is None else [None]:
            row = _Row(number, typed=dict.fromkeys(column.name for column in tab.columns))
            for f in fields:
                _read_cell(table, row, f if part is None or f.name == "month" else replace(f, part=part[0]), measure)
            if month:
                _set_month(grid, row, next(f for f in fields if f.month), month)
            if part:
                row.typed["month"] = part[1].isoformat()
                row.faults = [told for told in row.faults if told["column"] != "month"]
            if layout.measure_index is not None:
                row.at[MEASURE] = number, layout.measure_index
            if measure == "":
                value = grid.seen(*row.at[MEASURE])
                row.faults.append(fault(MEASURE, value, "one of " + ", ".join(tab.monthly), severity="bad_cell"))
            yield row


def _parts(table: _Table, number: int) -> Sequence[tuple[tuple[int, int], date] | None]:
    """The months of a row whose month is a period such as "Q2 FY27", each with which part of it it is."""
    at = next((f.index for f in table.layout.fields if f.name == "month" and table.tab.monthly), None)
    value = None if at is None else table.grid.seen(number, at)
    period = period_of(value) if isinstance(value, str) else None
    if period is None or period.rest or period.year is None:
        return [None]
    months = period.months(period.year, table.fiscal_start)
    return [((part, len(months)), month) for part, month in enumerate(months)]


def _measure(tab: Tab, value: Any) -> str:
    words = normalised(text(value)) if value is not None else ""
    for name in tab.monthly:
        if words in {normalised(spelling) for spelling in (name, *tab.column(name).aliases)}:
            return name
    return ""


def _set_month(grid: Grid, row: _Row, f: Field, month: date) -> None:
    at = f.month_at or (0, f.index)
    row.cells["month"], row.at["month"] = {"value": grid.value(*at), "header": f.header}, at
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
    row.at[column.name if column else table.extra[f.index]] = at
    if is_blank(value):
        return
    cell = {"value": value, "header": f.header}
    if column is None:
        row.extra[table.extra[f.index]] = {"value": value}
        return
    row.cells[column.name] = cell
    try:
        is_points = f.index in table.percent and isinstance(value, int | float)
        reading = typed(value / 100 if is_points else value, column, table.locale)
    except UnreadableError as error:
        is_told_whole = column.choices or isinstance(error, OutOfRangeError)
        expected = column.expected if is_told_whole else column.kind.value
        row.faults.append(fault(column.name, value, expected, severity="bad_cell"))
        return
    if isinstance(reading, Amount):
        _note_currency(tab, row, cell, reading.currency or f.currency)
        if at in grid.currencies:
            cell["shown_currency"] = grid.currencies[at]
        reading = _in_part(reading.value * f.scale, f.part)
    if column.name != "currency" or reading is not None:
        row.typed[column.name] = reading


def _in_part(amount: float, part: tuple[int, int]) -> float:
    """One part of an amount that is spread evenly; all parts together are the amount."""
    at, count = part
    if count == 1:
        return round(amount, 6)
    return round(round(amount * (at + 1) / count, 2) - round(amount * at / count, 2), 2)


def _extra_names(tab: Tab, layout: Layout) -> dict[int, str]:
    """A name for each column whose cells may be extra ones; no other column and none of the contract's has the same."""
    names: dict[int, str] = {}
    taken = {MEASURE, *(column.name for column in tab.columns)}
    for f in (f for f in layout.fields if not f.name or layout.measure_index is not None):
        count, name = 1, f.header
        while name in taken:
            count += 1
            name = f"{f.header} #{count}"
        names[f.index] = name
        taken.add(name)
    return names


def _note_currency(tab: Tab, row: _Row, cell: dict[str, Any], currency: str | None) -> None:
    """The currency written beside an amount or in its header, which must not contradict the rest of its row."""
    if currency is None or all(column.name != "currency" for column in tab.columns):
        return
    cell["currency"] = currency
    if row.typed["currency"] is None:
        row.typed["currency"] = currency


def _merge(row: _Row, other: _Row) -> None:
    """Takes the measure of another row of the same line and month into the record."""
    told = {*other.cells, MEASURE, *(name for name in other.extra if name not in row.extra)}
    row.at |= {name: at for name, at in other.at.items() if name in told}
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


def _finished(tab: Tab, layout: Layout, rows: list[_Row], places: Places) -> Iterator[Record]:
    seen: Counter[str] = Counter()
    indexes = {f.name: f.index for f in layout.fields if f.name}
    for row in rows:
        for column in tab.columns:
            if column.is_needed and column.name not in row.cells:
                message = f"{column.name.replace('_', ' ')} is missing"
                row.faults.append(fault(column.name, None, column.expected, severity="bad_row", message=message))
                row.at.setdefault(column.name, (row.number, indexes.get(column.name, 0)))
        _check_currency(row)
        key = " / ".join(_key(tab, row))
        seen[key] += 1
        numbered = key if seen[key] == 1 else f"{key} #{seen[key]}"
        places.put(numbered, row.number, row.at)
        yield _record(tab, row, numbered)


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
            row.faults.append(fault(name, value, expected, severity="bad_cell", message=message))


def _record(tab: Tab, row: _Row, key: str) -> Record:
    return {
        "tab": tab.kind,
        "key": key,
        "cells": row.cells,
        "extra": row.extra,
        "faults": row.faults,
        "typed": row.typed,
    }
