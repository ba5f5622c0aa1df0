"""Which rows of a grid belong to its table: no blanks, totals, notes or headers said again. Not here: what they say (records.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.sheets.cells import is_blank, text
from connectors.sheets.contract import Kind, Tab
from connectors.sheets.grid import Grid
from connectors.sheets.headers import Layout
from connectors.sheets.wording import month_number, month_of, normalised, year_of

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


def table_rows(grid: Grid, tab: Tab, layout: Layout) -> Iterator[int]:
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
