"""A tab of given rows, read; and what of its records a test looks at. Imported by tests only."""

from __future__ import annotations

from datetime import date

from connectors.sheets.contract import contracts
from connectors.sheets.grid import Grid
from connectors.sheets.records import read_tab


def serial(year, month, day=1):
    """A date as the API sends it."""
    return (date(year, month, day) - date(1899, 12, 30)).days


def read(kind, rows, *, title="Budget FY27", merges=(), locale="en_GB"):
    """A tab's records."""
    return reading(kind, rows, title=title, merges=merges, locale=locale).records


def reading(kind, rows, *, title="Budget FY27", merges=(), locale="en_GB", fiscal_start=1):
    """What reading a tab came to: records, and where their cells stand."""
    return read_tab(Grid(title, 7, rows, tuple(merges)), contracts()[kind], locale, fiscal_start)


def address(found, record, column):
    """Where a record's cell stands."""
    return found.places.address(record["key"], column)


def amounts(records, *columns):
    """What a reader of the budget wants to know: initiative, month and the amounts named."""
    return [
        tuple(record["typed"][name] for name in ("initiative", "month", *(columns or ("planned", "actual"))))
        for record in records
    ]


def faults(found):
    """Every fault as people read it."""
    return [message for message, _ in found.faults()]


HEADER = ["Initiative", "Month", "Planned", "Actual"]
