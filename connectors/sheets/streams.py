"""One stream per kind of tab: its rows as records, typed and with cell addresses.

The file is read whole, for all tabs at once, and not at all while Drive's version is the one of the last read; once a
day it is read all the same, since a recalculated formula may not move the version.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial, update_wrapper

from connectors.sheets.client import SheetsClient
from connectors.sheets.contract import KINDS, contracts
from connectors.sheets.failures import Failure
from connectors.sheets.records import read_tab
from connectors.stream import Cursor, Deletions, Page, Stream


def rows(client: SheetsClient, cursor: Cursor | None, *, kind: str) -> Iterator[Page]:
    """The rows of one tab in one page; no page if the file did not change or no tab of that kind is configured.

    The last record holds the addresses of them all, so that a row that is only moved is none that changed.
    A tab that cannot be read (no header, a required column missing) yields one record that says so, in a partial page:
    the rows of its last good version stay.
    """
    title = client.settings.tabs.get(kind)
    if title is None:
        return
    version = client.version(kind)
    today = version.at.date().isoformat()
    if cursor and (cursor["version"], cursor["read_on"], cursor["title"]) == (version.number, today, title):
        return
    workbook = client.workbook(kind)
    grid = workbook.tab(title, cursor.get("sheet_id") if cursor and cursor["title"] == title else None)
    if grid is None:
        titles = ", ".join(f'"{present}"' for present in workbook.tabs)
        cause = f'the spreadsheet has no tab "{title}"; it has {titles}'
        client.fail(kind, Failure(cause, f"Correct {kind} under [sheets.tabs] in hub.toml, or name the tab so again."))
    reading = read_tab(grid, contracts()[kind], workbook.locale, client.settings.fiscal_start)
    state = {"version": workbook.version.number, "read_on": today, "title": title, "sheet_id": grid.sheet_id}
    records = [*reading.records, *([reading.places.record()] if reading.places else [])]
    yield Page(records, state, is_partial=reading.is_refused, total=len(records))


STREAMS: tuple[Stream[SheetsClient], ...] = tuple(
    Stream(
        name=kind,
        key=lambda record: str(record["key"]),
        updated_at=lambda _record: None,  # a row has no time stamp; the file's is in Drive's version
        read=update_wrapper(partial(rows, kind=kind), rows),  # with its docstring
        deletions=Deletions.FULL_READ,
        calls="1 for all tabs together; 4 if the file changed, 5 with a tab of amounts",
    )
    for kind in KINDS
)
