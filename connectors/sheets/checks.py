"""What `hub check` says of a spreadsheet: reachable, and each tab against its contract, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.sheets.client import SheetsClient
from connectors.sheets.contract import Kind, Tab, contracts
from connectors.sheets.grid import Grid
from connectors.sheets.places import Places
from connectors.sheets.records import Reading, read_tab
from connectors.stream import Finding, Record, SourceError

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


def check(client: SheetsClient) -> Iterator[Finding]:
    """Findings on access, on tabs that are missing or unknown, and on every fault with its cell address."""
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
            yield from _tab_findings(f"{subject}, {kind}", contracts()[kind], grid, reading)


def _tab_findings(subject: str, contract: Tab, grid: Grid, reading: Reading) -> Iterator[Finding]:
    faults = dict(reading.faults())
    for message, fault in list(faults.items())[:_SHOWN]:
        is_refused = fault["severity"] == "missing_column"
        remedy = "Head a column so; until then the last good version of the tab stays in force." if is_refused else ""
        expected = next((text for text in _REMEDIES if fault["expected"].startswith(text)), "")
        remedy = (
            remedy
            or f"{_REMEDIES.get(expected, 'Enter ' + fault['expected'] + '.')} Its last good value stays in force."
        )
        yield Finding("error" if is_refused else "warning", subject, message, remedy)
    if len(faults) > _SHOWN:
        yield Finding("warning", subject, f"{len(faults) - _SHOWN} more cells cannot be read", "Correct these first.")
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
