"""What `hub check` says of a spreadsheet: reachable, and each tab against its contract, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeAlias

from connectors.sheets.client import SheetsClient
from connectors.sheets.contract import Kind, Tab, contracts
from connectors.sheets.grid import Grid
from connectors.sheets.places import Places
from connectors.sheets.records import Reading, read_tab
from connectors.stream import Finding, Record, SourceError

LastGood: TypeAlias = Callable[[str], Mapping[tuple[str, str], date]]
"""For a kind of tab, the day of the newest version in which a cell had a value, by row key and column."""

_SHOWN = 20
"""Faults told one by one for each tab; a column of hundreds of bad cells has one cause."""

_REMEDIES = {
    Kind.AMOUNT.value: "Enter a plain number; the cell's format shows currency and thousands.",
    Kind.NUMBER.value: "Enter a plain number.",
    Kind.SHARE.value: 'Enter a number from 0 to 1 or a percentage such as "25 %".',
    Kind.INTEGER.value: "Enter a whole number.",
    Kind.DATE.value: "Enter a date such as 2026-03-31.",
    Kind.MONTH.value: "Enter a date in the month, or a text such as 2026-03.",
}


def check(client: SheetsClient, last_good: LastGood | None = None) -> Iterator[Finding]:
    """Findings on access, on tabs that are missing or unknown, on hidden rows, and on every fault with its cell address.

    `last_good` says since when the value dates that stays in force; without it only that one does.
    """
    subject = f"sheets {client.settings.name!r}"
    unknown = sorted(set(client.settings.tabs) - set(contracts()))
    if unknown:
        yield Finding("error", subject, f"no such kind of tab: {', '.join(unknown)}", f"Use: {', '.join(contracts())}.")
    try:
        version = client.version("check")
        workbook = client.workbook("check")
    except SourceError as error:
        yield Finding("error", subject, error.cause, error.remedy)
        return
    about = f"version {version.number}, locale {workbook.locale}, time zone {workbook.timezone}"
    yield Finding("ok", subject, f"{len(workbook.tabs)} tabs read, {about}")
    hidden = client.hidden_rows("check")
    for kind, title in client.settings.tabs.items():
        if kind in unknown:
            continue
        grid = workbook.tab(title, None)
        if grid is None:
            titles = ", ".join(workbook.tabs)
            remedy = f"Correct {kind} under [sheets.tabs] in hub.toml; the spreadsheet has {titles}."
            yield Finding("error", f"{subject}, {kind}", f'there is no tab "{title}"', remedy)
        else:
            reading = read_tab(grid, contracts()[kind], workbook.locale, client.settings.fiscal_start)
            yield from _fault_findings(
                f"{subject}, {kind}", reading, last_good(kind) if last_good and any(reading.faults()) else None
            )
            yield from _tab_findings(f"{subject}, {kind}", contracts()[kind], grid, reading)
            if numbers := [number for number in hidden.get(grid.title, ()) if any(grid.rows[number : number + 1])]:
                yield Finding("ok", f"{subject}, {kind}", f"{_counted(numbers)}, read like any other")


def _counted(hidden: list[int]) -> str:
    """The hidden rows of a tab that hold something, as its own row numbers."""
    shown = ", ".join(str(number + 1) for number in hidden[:_SHOWN]) + (", ..." if len(hidden) > _SHOWN else "")
    return f"row {shown} is hidden" if len(hidden) == 1 else f"rows {shown} are hidden"


def _fault_findings(
    subject: str, reading: Reading, last_good: Mapping[tuple[str, str], date] | None
) -> Iterator[Finding]:
    keys = (record["key"] for record in reading.records for _ in record["faults"])
    faults = {message: (key, fault) for key, (message, fault) in zip(keys, reading.faults(), strict=True)}
    for message, (key, fault) in list(faults.items())[:_SHOWN]:
        if fault["severity"] == "missing_column":
            newest = max((last_good or {}).values(), default=None)
            version = "the last good version of the tab" if newest is None else f"the version of the tab of {newest}"
            yield Finding("error", subject, message, f"Head a column so; until then {version} stays in force.")
            continue
        expected = next((text for text in _REMEDIES if fault["expected"].startswith(text)), "")
        remedy = _REMEDIES.get(expected, f"Enter {fault['expected']}.")
        yield Finding("warning", subject, message, f"{remedy} {_in_force(last_good, (key, fault['column']))}")
    if len(faults) > _SHOWN:
        yield Finding("warning", subject, f"{len(faults) - _SHOWN} more cells cannot be read", "Correct these first.")


def _in_force(last_good: Mapping[tuple[str, str], date] | None, cell: tuple[str, str]) -> str:
    if last_good is None:
        return "Its last good value stays in force."
    if day := last_good.get(cell):
        return f"The version of {day} stays in force."
    return "No version before had a value, so it is unknown until then."


def _tab_findings(subject: str, contract: Tab, grid: Grid, reading: Reading) -> Iterator[Finding]:
    if reading.places:
        yield from _repeated_keys(subject, reading.records, reading.places)
    if reading.layout and not reading.is_refused:
        found = reading.layout.found()
        absent = [column.name for column in contract.columns if column.name not in found | {"month"}]
        message = f"{len(reading.records)} records of {grid.title}, header in row {reading.layout.row + 1}"
        yield Finding("ok", subject, message + (f"; not there: {', '.join(absent)}" if absent else ""))


def _repeated_keys(subject: str, records: list[Record], places: Places) -> Iterator[Finding]:
    keys = {record["key"] for record in records}
    for key in keys:
        first, _, count = key.rpartition(" #")
        if count.isdigit() and first in keys:
            where = f"rows {places.row(first)} and {places.row(key)}"
            remedy = "Give each row an id of its own: otherwise their history is mixed up when rows move."
            yield Finding("warning", subject, f'{where} are both "{first}"', remedy)
