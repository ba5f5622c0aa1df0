"""Finding a tab's header row and what each of its columns holds.

The header may stand below a title, over two or three rows with merged group headers, renamed within the contract's
aliases, in any order, with months as columns ("Jan 2026", "Jan" under "FY27", "FY27 P3") or as rows. A column for a
quarter stands for its three months. Reading the rows below is the work of records.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from connectors.sheets.cells import CURRENCY_CODES, CURRENCY_SIGNS, is_blank, serial_day, text
from connectors.sheets.contract import Column, Tab
from connectors.sheets.grid import Grid, letters
from connectors.sheets.wording import Period, is_fiscal, month_number, month_of, normalised, period_of, year_of

_ROWS_SEARCHED = 15
_GROUP_ROWS = 3  # e.g. FY27 over months over planned and actual
_THOUSANDS = frozenset(
    {"k", "tsd", "thousand", "thousands", "000", "'000", "000s", "k€", "t€", "k$", "k£", "keur", "teur"}
)
_MILLIONS = frozenset({"mio", "mn", "million", "millions", "m€", "m$", "m£", "meur"})
_UNITS = _THOUSANDS | _MILLIONS | {"in", "%"} | {c.lower() for c in CURRENCY_CODES} | set(CURRENCY_SIGNS)
_MEASURE_HEADERS = frozenset({"measure", "type", "plan/actual", "plan/ist", "kind", "art", "scenario", "value type"})
_VALUE_HEADERS = frozenset({"amount", "value", "betrag", "wert", "importe", "montant"})


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a tab's table: which column of the contract it is (None: an extra one), for which month."""

    index: int
    header: str
    name: str | None = None
    month: date | None = None
    month_at: tuple[int, int] | None = None  # row and column of the header cell that names the month
    part: tuple[int, int] = (0, 1)  # which part of the cell's period the month is, of how many: of a quarter (0, 3)
    scale: float = 1.0
    currency: str | None = None
    is_percent: bool = False  # the header has a % sign: its numbers may be percent points


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table of a tab stands. `measure_index` is the column that says per row what its values are."""

    row: int  # of the last header row; data begins below
    fields: tuple[Field, ...]
    missing: tuple[str, ...]  # required columns of the contract that are not there
    measure_index: int | None = None

    def found(self) -> set[str]:
        """Names of the contract's columns that are there."""
        return {field.name for field in self.fields if field.name}


def find_layout(grid: Grid, tab: Tab, fiscal_start: int = 1) -> Layout | None:
    """The layout whose header row matches most columns of the contract; None if no row looks like a header.

    `fiscal_start` is the month in which fiscal years begin.
    """
    best: tuple[tuple[int, int], Layout] | None = None
    for row in range(min(len(grid.rows), _ROWS_SEARCHED)):
        layout = _layout(grid, tab, row, fiscal_start)
        if len(layout.found()) < min(2, sum(column.is_required for column in tab.columns)):
            continue
        score = (-len(layout.missing), len(layout.found()))
        if best is None or score > best[0]:
            best = score, layout
    return best[1] if best else None


def _layout(grid: Grid, tab: Tab, row: int, fiscal_start: int) -> Layout:
    headings = [_heading(grid, tab, row, column) for column in range(grid.width)]
    headings = _noted(headings, grid, row, fiscal_start)
    measure_index = _measure_column(tab, headings)
    names = _assigned(tab, headings, is_measured_by_row=measure_index is not None)
    is_monthly = _is_monthly(tab, headings)
    fields = tuple(
        Field(
            heading.index,
            heading.header or f"column {letters(heading.index)}",
            name,
            month,
            heading.month_at,
            (part, len(months)),
            heading.scale,
            heading.currency,
            is_percent="%" in heading.header,
        )
        for heading in headings
        if heading.index != measure_index
        for name in [names.get(heading.index)]
        for months in [heading.months if is_monthly and name in tab.monthly and heading.months else (None,)]
        for part, month in enumerate(months)
    )
    found = {field.name for field in fields} | ({"month"} if any(field.month for field in fields) else set())
    found |= set(tab.monthly) if measure_index is not None else set()
    missing = tuple(column.name for column in tab.columns if column.is_required and column.name not in found)
    return Layout(row, fields, missing, measure_index)


@dataclass(frozen=True, slots=True)
class _Heading:
    """What the header cells over one column say, before the contract's columns are given out."""

    index: int
    header: str = ""
    words: tuple[str, ...] = ()  # ways to read the cell's own text, without units
    group_words: tuple[str, ...] = ()  # the same of the cells above
    month: date | None = None
    month_only: int | None = None  # a month named without a year
    period: Period | None = None  # a quarter, or a month by its number in the year
    months: tuple[date, ...] = ()  # all that the column is for: of a quarter three
    month_at: tuple[int, int] | None = None
    year: int | None = None
    is_fiscal: bool = False  # `year` is a fiscal year

    @property
    def is_timed(self) -> bool:
        """Whether it says what time the column is about."""
        return bool(self.month or self.month_only or self.period)

    scale: float = 1.0
    currency: str | None = None


def _heading(grid: Grid, tab: Tab, row: int, column: int) -> _Heading:
    own = grid.seen(row, column)
    if is_blank(own):
        return _Heading(column)
    heading = _read(_Heading(column, header=_shown(own)), own, tab, at=grid.origin(row, column))
    if any(_rank(tab, other.name, heading.words) is not None for other in tab.columns if other.name not in tab.monthly):
        return heading  # "Initiative" stays what it is, whatever stands above it
    for above in range(row - 1, max(row - 1 - _GROUP_ROWS, -1), -1):
        at, over = _group(grid, above, column)
        if is_blank(over) or at == grid.origin(row, column) or _is_title(grid, at, row):
            continue
        group = _read(_Heading(column), over, tab, at=at)
        if group.is_timed or _measure(tab, group):
            heading = replace(heading, header=f"{_shown(over)} {heading.header}")
        timed = heading if heading.is_timed else group
        dated = heading if heading.year else group
        heading = replace(
            heading,
            group_words=heading.group_words + group.words,
            month=timed.month,
            month_only=timed.month_only,
            period=timed.period,
            month_at=heading.month_at or group.month_at,
            year=dated.year,
            is_fiscal=dated.is_fiscal,
            scale=group.scale if heading.scale == 1 else heading.scale,
            currency=heading.currency or group.currency,
        )
    return heading


def _group(grid: Grid, row: int, column: int) -> tuple[tuple[int, int], Any]:
    """The group header over a column: of its merged range, or the nearest one to the left where nothing is merged."""
    at = grid.origin(row, column)
    is_merged = at != (row, column) or any(first == row and left == column for first, _, left, _ in grid.merges)
    value = grid.value(*at)
    if is_merged or not is_blank(value):
        return at, value
    for left in range(column - 1, -1, -1):
        if grid.origin(row, left) != (row, left):
            break
        value = grid.value(row, left)
        if not is_blank(value):
            named = month_of(value) if isinstance(value, str) else serial_day(value)
            is_month = named or (isinstance(value, str) and (month_number(normalised(value)) or period_of(value)))
            return ((row, left), value) if is_month else ((row, column), None)
    return (row, column), None


def _is_title(grid: Grid, at: tuple[int, int], row: int) -> bool:
    """Whether a cell above the header is merged over the table from its first column on: a title, no group."""
    first = next(column for column in range(grid.width) if not is_blank(grid.seen(row, column)))
    return any((top, left) == at and left <= first < right - 1 for top, _, left, right in grid.merges)


def _shown(value: Any) -> str:
    day = serial_day(value)
    return day.strftime("%Y-%m") if day else " ".join(text(value).split())


def _read(heading: _Heading, value: Any, tab: Tab, *, at: tuple[int, int]) -> _Heading:
    """A heading with what one header cell says: words without units, month, year, scale and currency."""
    if not isinstance(value, str):
        # Dates that head columns are a month's first or last day; other numbers above a column are amounts.
        day = serial_day(value) or month_of(text(value))
        if day and tab.monthly and 1 in {day.day, (day + timedelta(days=1)).day}:
            return replace(heading, month=day.replace(day=1), month_at=at)
        year = int(value) if isinstance(value, int | float) and 2000 <= value < 2100 else None
        return replace(heading, words=(text(value),), year=year)
    tokens, units = _without_units(value)
    scale, currency = _scale(units), _currency(units)
    heading = replace(heading, scale=scale, currency=currency, year=year_of(value), is_fiscal=is_fiscal(value))
    outside = normalised(value.partition("(")[0].partition("[")[0])
    words = tuple(dict.fromkeys(word for word in (normalised(value), " ".join(tokens), outside) if word))
    if tab.monthly and (period := period_of(" ".join(tokens))):
        timed = replace(heading, words=(period.rest,) if period.rest else (), period=period, month_at=at)
        if not period.rest or _measure(tab, timed) or period.rest in _VALUE_HEADERS:
            return replace(timed, year=period.year, is_fiscal=period.is_fiscal and period.year is not None)
    for rest, month in _months_in(tokens) if tab.monthly else ():
        beside = replace(heading, words=(rest,) if rest else (), month_at=at)
        if rest and _measure(tab, beside) is None and rest not in _VALUE_HEADERS:
            continue  # a title: "Status as of Nov 2026"
        return replace(beside, month=month) if isinstance(month, date) else replace(beside, month_only=month)
    return replace(heading, words=words)


def _without_units(value: str) -> tuple[list[str], list[str]]:
    """A header's words and the units behind them: "Planned (k€)" is planned, in k€."""
    tokens = normalised(value).split()
    units: list[str] = []
    while len(tokens) > 1 and tokens[-1] in _UNITS:
        units.append(tokens.pop())
    return tokens, units


def _scale(units: list[str]) -> float:
    return 1000.0 if _THOUSANDS.intersection(units) else 1_000_000.0 if _MILLIONS.intersection(units) else 1.0


def _currency(units: list[str]) -> str | None:
    for unit in units:
        for name in (unit, unit[1:]):
            if name.upper() in CURRENCY_CODES:
                return name.upper()
            if name in CURRENCY_SIGNS:
                return CURRENCY_SIGNS[name]
    return None


def _months_in(tokens: list[str]) -> Iterator[tuple[str, date | int]]:
    """The month at the beginning or end of a header's words, with the words left: "actual jan 2026"."""
    for length in range(min(len(tokens), 3), 0, -1):
        for part, rest in ((tokens[:length], tokens[length:]), (tokens[-length:], tokens[:-length])):
            if named := month_of(" ".join(part)):
                yield " ".join(rest), named
                return
    for part, rest in ((tokens[:1], tokens[1:]), (tokens[-1:], tokens[:-1])):
        if part and (number := month_number(part[0])):
            yield " ".join(rest), number
            return


def _noted(headings: list[_Heading], grid: Grid, row: int, fiscal_start: int) -> list[_Heading]:
    """Headings with what the tab's title and the lone texts above the table say of all: the year, "amounts in k€"."""
    notes = [grid.title]
    for above in range(row):
        shown = [value for value in grid.rows[above] if not is_blank(value)]
        notes += [shown[0]] if len(shown) == 1 and isinstance(shown[0], str) else []
    year, in_fiscal = next(((year, is_fiscal(note)) for note in notes if (year := year_of(note))), (None, False))
    units = [unit for note in notes for unit in _without_units(note)[1]]
    noted = [
        replace(
            heading,
            year=heading.year or year,
            is_fiscal=heading.is_fiscal if heading.year else in_fiscal,
            scale=_scale(units) if heading.scale == 1 else heading.scale,
            currency=heading.currency or _currency(units),
        )
        for heading in headings
    ]
    dated = [_with_year(heading, noted, fiscal_start) for heading in noted]
    return [_without_subtotal(heading, dated) for heading in dated]


def _with_year(heading: _Heading, headings: list[_Heading], fiscal_start: int) -> _Heading:
    """A month or period named without its year, in the year that stands above it or in the title.

    Where the months of a fiscal year run from October to September, those before January belong to the year before: by
    their order, or by the month in which fiscal years begin.
    """
    if heading.month:
        return replace(heading, months=(heading.month,))
    if heading.year is None or not heading.is_timed:
        return heading
    if heading.period:
        counted = replace(heading.period, is_fiscal=heading.period.is_fiscal or heading.is_fiscal)
        months = counted.months(heading.year, fiscal_start)
        return replace(heading, month=months[0], months=months)
    number = heading.month_only or 1
    order = list(dict.fromkeys(h.month_only for h in headings if h.month_only and h.year == heading.year))
    turn = next((at for at in range(1, len(order)) if order[at] < order[at - 1]), 0)
    is_before = number in order[:turn] if turn else heading.is_fiscal and number >= fiscal_start > 1
    month = date(heading.year - is_before, number, 1)
    return replace(heading, month=month, months=(month,))


def _without_subtotal(heading: _Heading, headings: list[_Heading]) -> _Heading:
    """A quarter beside its months is their sum: a column of its own, which is kept as an extra one."""
    if len(heading.months) < 2:
        return heading
    meant = (heading.words, heading.group_words)
    is_sum = any(
        len(other.months) == 1 and other.months[0] in heading.months and (other.words, other.group_words) == meant
        for other in headings
    )
    return replace(heading, words=(heading.header,), month=None, months=()) if is_sum else heading


def _measure_column(tab: Tab, headings: list[_Heading]) -> int | None:
    """The column that says per row whether its values are planned, actual or forecast; only where no header says it."""
    if len(tab.monthly) < 2:
        return None
    said = {name for heading in headings for name in tab.monthly if _rank(tab, name, heading.words) is not None}
    has_values = any((h.month and not _measure(tab, h)) or _VALUE_HEADERS & set(h.words) for h in headings)
    if said or not has_values:
        return None
    return next((heading.index for heading in headings if _MEASURE_HEADERS & set(heading.words)), None)


def _measure(tab: Tab, heading: _Heading) -> str | None:
    for words in (heading.words, heading.group_words):
        for name in tab.monthly:
            if _rank(tab, name, words) is not None:
                return name
    return None


def _assigned(tab: Tab, headings: list[_Heading], *, is_measured_by_row: bool) -> dict[int, str]:
    """The contract's column of each index. Where two headers could be the same column, the likelier one is it."""
    names: dict[int, str] = {}
    ranks: list[tuple[int, int, str]] = []
    is_monthly = _is_monthly(tab, headings)
    for heading in headings:
        if is_measured_by_row and ((heading.month and is_monthly) or _VALUE_HEADERS & set(heading.words)):
            names[heading.index] = tab.monthly[0]  # which one it really is, each row says
        elif heading.month and is_monthly:
            measure = _measure(tab, heading) or (None if any(heading.words) else tab.monthly[0])
            names |= {heading.index: measure} if measure else {}
        else:
            found = ((_rank(tab, column.name, heading.words), column.name) for column in tab.columns)
            ranks += [(rank, heading.index, name) for rank, name in found if rank is not None]
    taken = set(names.values()) | ({"month"} if is_monthly else set())
    for _, index, name in sorted(ranks):
        if index not in names and name not in taken:
            names[index] = name
            taken.add(name)
    return names


def _is_monthly(tab: Tab, headings: list[_Heading]) -> bool:
    """Whether months are columns: several are named, or one and no column holds the month of each row."""
    months = {heading.month for heading in headings if heading.month}
    has_month_column = (
        any(_rank(tab, "month", heading.words) is not None for heading in headings) if tab.monthly else True
    )
    return len(months) > 1 or (len(months) == 1 and not has_month_column)


def _rank(tab: Tab, name: str, words: tuple[str, ...]) -> int | None:
    """How likely a header of these words is the column: 0 for its own name, then by place among the aliases."""
    spellings = _spellings(tab.column(name))
    return min((spellings[word] for word in words if word in spellings), default=None)


@cache
def _spellings(column: Column) -> dict[str, int]:
    """Each way to head a column and its rank; the same for every tab, row and cell that is looked at."""
    spellings = [normalised(spelling) for spelling in (column.name, *column.aliases)]
    return {spelling: rank for rank, spelling in reversed(list(enumerate(spellings)))}
