"""The streams over HTTP with Google's own client."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from connectors.sandbox import story
from connectors.sandbox.program import Tab
from connectors.sandbox.story.sheet import TABS
from connectors.sheets import STREAMS, SheetsSettings, check, connect
from connectors.stream import Deletions, SourceError
from tests.connectors.sheets.conftest import two_tabs

BY_NAME = {stream.name: stream for stream in STREAMS}
BUDGET, RISKS = BY_NAME["budget"], BY_NAME["risks"]


def read(stream, client, cursor=None):
    """The only page of a read, or None."""
    pages = list(stream.read(client, cursor))
    assert len(pages) <= 1
    return pages[0] if pages else None


def rows(page):
    """The records of a page without the one of their addresses."""
    return [record for record in page.records if record["key"] != "_places"]


def test_a_tab_comes_row_by_row(sheet):
    """In one page with everything in it, keyed by the contract; the addresses of all are one record more."""
    page = read(BUDGET, sheet.client())
    assert [BUDGET.key(record) for record in page.records] == ["Search / 2026-01", "Fraud / 2026-01", "_places"]
    assert page.records[0]["typed"]["actual"] == 900.5
    assert page.records[1]["faults"][0]["message"] == '"12k" is not an amount'
    assert page.records[2]["title"] == "Budget FY27"
    assert page.records[2]["rows"]["Fraud / 2026-01"] == [5, 0]
    assert page.records[2]["shapes"][0]["planned"] == "C"
    assert page.records[1]["extra"]["Note"]["value"] == "ask Kim"
    assert BUDGET.deletions is Deletions.FULL_READ
    assert not page.is_partial
    assert json.loads(json.dumps(page.records)) == page.records


def test_all_streams_together_cost_five_calls_and_one_if_nothing_changed(sheet):
    """Version, tabs, values, formats, version again; then only the version. Tabs that are not configured cost nothing."""
    with sheet.client() as client:
        cursors = {stream.name: page.cursor for stream in STREAMS if (page := read(stream, client))}
        assert set(cursors) == {"budget", "risks"}
        assert client.calls == len(sheet.sandbox.requests) == 5
    with sheet.client() as client:
        assert all(read(stream, client, cursors.get(stream.name)) is None for stream in STREAMS)
        assert client.calls == 1


def test_a_client_that_stays_open_sees_the_next_edit(sheet, make_tabs):
    """What one read brought serves each stream once; a stream's second read asks again."""
    client = sheet.client()
    cursor = read(BUDGET, client).cursor
    read(RISKS, client)
    sheet.save(make_tabs(["Search", date(2026, 1, 1), 2000, 900.5]), hours=1)
    page = read(BUDGET, client, cursor)
    assert [record["typed"]["planned"] for record in rows(page)] == [2000.0]


def test_a_changed_version_is_read_an_unchanged_one_is_not(sheet, make_tabs):
    """Drive's number grows with every edit."""
    cursor = read(BUDGET, sheet.client()).cursor
    assert read(BUDGET, sheet.client(), cursor) is None
    sheet.save(make_tabs(), hours=1)
    assert rows(read(BUDGET, sheet.client(), cursor)) == []


def test_a_new_day_reads_all_the_same(sheet):
    """A recalculated formula may not move the version."""
    cursor = read(BUDGET, sheet.client()).cursor
    assert read(BUDGET, sheet.client(), cursor | {"read_on": "2026-11-22"}) is not None


def test_an_edit_during_the_read_reads_again(sheet, make_tabs):
    """Tabs of two versions never mix: the version after the read must be the one before."""
    edits = [make_tabs(["Search", date(2026, 1, 1), 7, 7])]

    def edit(line):
        if "values:batchGet" in line and edits:
            sheet.save(edits.pop(), hours=1)

    sheet.sandbox.on_request = edit
    client = sheet.client()
    page = read(BUDGET, client)
    assert page.records[0]["typed"]["planned"] == 7
    assert page.cursor["version"] == "102"
    assert client.calls == 9


def test_a_tab_that_lost_a_required_column_stays_as_it_was(sheet):
    """One record with the reason in a partial page: nothing is deleted by it."""
    sheet.save([Tab("Budget FY27", 11, [["Initiative", "Month", "Planned"], ["Search", "2026-01", 1]])], hours=1)
    page = read(BUDGET, sheet.client(tabs={"budget": "Budget FY27"}))
    assert page.is_partial
    assert [record["key"] for record in page.records] == ["_tab"]
    assert page.records[0]["faults"][0]["severity"] == "missing_column"


def test_a_renamed_tab_is_followed_by_its_id(sheet, make_tabs):
    """The id of a tab stays when its title changes; a tab never seen under its title is an error that names the tabs."""
    cursor = read(BUDGET, sheet.client()).cursor
    tabs = make_tabs(["Search", date(2026, 1, 1), 5, 5])
    tabs[0].title = "Budget 2027"
    sheet.save(tabs, hours=1)
    page = read(BUDGET, sheet.client(), cursor)
    assert (page.records[-1]["title"], page.records[-1]["rows"]) == ("Budget 2027", {"Search / 2026-01": [4, 0]})
    with pytest.raises(SourceError, match=r'no tab "Budget FY27"; it has "Budget 2027", "Leo\'s risks", "Decisions"'):
        read(BUDGET, sheet.client())


def test_one_missing_tab_does_not_fail_the_others(sheet):
    """An unknown range would fail the whole batch; titles are looked up first."""
    client = sheet.client(tabs={"budget": "Budget FY27", "roadmap": "Gone", "decisions": "Decisions"})
    assert len(rows(read(BUDGET, client))) == 2
    assert read(BY_NAME["decisions"], client).is_partial  # the tab is empty
    with pytest.raises(SourceError, match=r'sheets \'pmo\', roadmap: the spreadsheet has no tab "Gone"'):
        read(BY_NAME["roadmap"], client)


def test_the_cursor_belongs_to_the_tab_in_the_settings(sheet):
    """Another tab for the same kind is read at once, though the file did not change."""
    cursor = read(BUDGET, sheet.client()).cursor
    assert read(BUDGET, sheet.client(tabs={"budget": "Decisions"}), cursor) is not None


def test_check_tells_every_fault_with_its_remedy(sheet):
    """Reachability, each tab, each bad cell by address, tabs that are missing and kinds that do not exist."""
    tabs = {"budget": "Budget FY27", "risks": "Leo's risks", "roadmap": "Gone", "decisions": "Decisions", "wishes": "W"}
    found = [(f.level, f.subject.partition(", ")[2], f.message, f.remedy) for f in check(sheet.client(tabs=tabs))]
    assert ("ok", "", "3 tabs read, version 101, locale en_GB, time zone Europe/Berlin", "") in found
    assert (
        "warning",
        "budget",
        'Budget FY27!C5: "12k" is not an amount',
        "Enter a plain number; the cell's format shows currency and thousands. Its last good value stays in force.",
    ) in found
    assert (
        "ok",
        "budget",
        "2 records of Budget FY27, header in row 3; not there: line_id, category, forecast, currency, reserve",
        "",
    ) in found
    assert [f[0] for f in found if f[1] == "roadmap"] == ["error"]
    assert {f[0] for f in found if f[1] == "decisions"} == {"error"}
    assert any(level == "error" and "wishes" in message for level, _, message, _ in found)


def test_check_dates_the_version_that_stays_in_force(sheet):
    """A cell that was read once says since when; a tab without its columns falls back on its newest version."""
    sheet.save(
        [*two_tabs(["INI-1", date(2026, 1, 1), "12k", "n/k"])[:1], Tab("Risks", 12, [["Risk ID", "Title"]])], hours=1
    )
    known = {
        "budget": {("INI-1 / 2026-01", "planned"): date(2026, 11, 2)},
        "risks": {("R-1", "title"): date(2026, 10, 5)},
    }
    client = sheet.client(tabs={"budget": "Budget FY27", "risks": "Risks"})
    remedies = [f.remedy for f in check(client, lambda kind: known[kind]) if f.remedy]
    assert remedies[0].endswith("shows currency and thousands. The version of 2026-11-02 stays in force.")
    assert (
        remedies[1]
        == "Enter a plain number; the cell's format shows currency and thousands. No version before had a value, so it is unknown until then."
    )
    assert {*remedies[2:]} == {"Head a column so; until then the version of the tab of 2026-10-05 stays in force."}


def test_check_tells_which_rows_are_hidden(sheet):
    """They are read like any other, so whoever sees fewer rows than the hub must be told; blank ones do not matter."""
    tabs = two_tabs(["INI-1", date(2026, 1, 1), 1, 1], [], ["INI-1", date(2026, 2, 1), 1, 1])
    tabs[0].hidden_rows = [4, 5]
    sheet.save(tabs, hours=1)
    found = [(f.level, f.message) for f in check(sheet.client(tabs={"budget": "Budget FY27"}))]
    assert ("ok", "row 6 is hidden, read like any other") in found


def test_check_tells_repeated_ids(sheet):
    """Two risks with one id mix their histories."""
    rows = [["Risk ID", "Title", "Probability", "Impact"], ["R-1", "a", 0.1, 1], ["R-1", "b", 0.1, 1]]
    sheet.save([Tab("Risks", 12, rows)], hours=1)
    found = [f.message for f in check(sheet.client(tabs={"risks": "Risks"}))]
    assert 'rows 2 and 3 are both "R-1"' in found


def test_the_story_is_read_whole_with_its_odd_cells(serve):
    """Every tab of the demo's spreadsheet has rows, none is refused, and the faults are the ones the story put there."""
    now = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    program = story.tell(now)
    _, url = serve(program, now)
    client = connect(SheetsSettings("pmo", program.spreadsheet_id, TABS, url=url))
    records = {stream.name: read(stream, client) for stream in STREAMS}
    assert all(rows(page) and not page.is_partial for page in records.values())
    values = {fault["value"] for page in records.values() for record in rows(page) for fault in record["faults"]}
    assert {"12k", "#N/A"} <= values


def test_a_currency_that_only_the_cells_format_shows_is_known(sheet, make_tabs):
    """Where no column, header or text says it; formats name it in many ways, and the default format none."""
    tabs = make_tabs(
        ["Search", date(2026, 1, 1), 10, 9], ["Fraud", date(2026, 1, 1), 7], ["Price", date(2026, 1, 1), 5]
    )
    tabs[0].currency_formats = {(3, 2): "[$$-409]#,##0.00", (3, 3): "[$$-409]#,##0.00", (4, 2): '#,##0.00 "CHF"'}
    sheet.save(tabs)
    with sheet.client() as client:
        records = rows(read(STREAMS[0], client))
    assert [record["typed"]["currency"] for record in records] == ["USD", "CHF", None]
    assert records[0]["cells"]["planned"] == {"value": 10, "header": "Planned"}
