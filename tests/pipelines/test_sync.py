"""From pages to versions, tombstones and attempts: what a stream yields is what has landed, and a failure costs itself only."""

import gc
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from connectors.stream import Census, Deletions, Page, SourceError, Stream
from pipelines.sync import Options, Result, rare_collections, sync
from tests.warehouse.landed import no_room
from warehouse import landing, raw

MONDAY = datetime(2026, 11, 2, 6, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 3, 6, tzinfo=UTC)


@pytest.fixture
def zone(tmp_path):
    return landing.Zone(tmp_path / "landing")


def stream(
    name: str, deletions: Deletions, *reads: list[Page] | Exception, census: tuple[str, ...] | None = None
) -> Stream:
    """A stream whose n-th read yields the n-th list of pages; an exception among the pages is raised there."""
    remaining = iter(reads)

    def read(_client: object, _cursor: object) -> Iterator[Page]:
        for page in next(remaining):
            if isinstance(page, Exception):
                raise page
            yield page

    return Stream(
        name=name,
        key=lambda record: record["id"],
        updated_at=lambda _record: None,
        read=read,
        deletions=deletions,
        calls="1",
        census=None if census is None else lambda _client, _ids, cursor: Census(frozenset(census), cursor),
    )


def page(*ids: str, cursor: int = 1, **values: object) -> Page:
    return Page([{"id": name, **values} for name in ids], {"at": cursor})


def run(zone: landing.Zone, *streams: Stream, at: datetime = MONDAY, **options: bool) -> list[Result]:
    client = SimpleNamespace(calls=0, calls_left=None)
    return list(sync("jira", "acme", client, streams, zone, synced_at=at, options=Options(**options)))


def test_a_whole_read_marks_absent_records_as_deleted(zone):
    projects = stream("projects", Deletions.FULL_READ, [page("a", "b")], [page("b", "c", cursor=2)])
    run(zone, projects)
    [result] = run(zone, projects, at=TUESDAY)
    assert (result.record_count, result.landed_count, result.deleted_count) == (2, 1, 1)
    assert zone.open("acme", "jira_projects").live_ids() == {"b", "c"}


def test_a_full_disk_fails_a_read_with_what_to_do_and_without_the_librarys_stack(zone):
    projects = stream("projects", Deletions.FULL_READ, [page("a")], [page("a", "b")])
    run(zone, projects)
    with no_room():
        [result] = run(zone, projects, at=TUESDAY)
    said, remedy = result.error.splitlines()
    assert said.startswith("jira 'acme', projects: ")
    assert "File too large" in said
    assert remedy == f"What had landed stays. {landing.MAKE_ROOM} Then run again."
    assert zone.open("acme", "jira_projects").live_ids() == {"a"}


def test_a_whole_read_that_yields_nothing_changes_nothing(zone):
    projects = stream("projects", Deletions.FULL_READ, [page("a")], [])
    run(zone, projects)
    [result] = run(zone, projects, at=TUESDAY)
    assert result.error is None
    assert zone.open("acme", "jira_projects").live_ids() == {"a"}


def test_a_partial_read_deletes_nothing(zone):
    tab = stream("budget", Deletions.FULL_READ, [page("a", "b")], [Page([{"id": "_tab"}], {"at": 2}, is_partial=True)])
    run(zone, tab)
    run(zone, tab, at=TUESDAY)
    assert zone.open("acme", "jira_budget").live_ids() == {"a", "b", "_tab"}


def test_pages_that_landed_before_a_failure_stay_with_their_cursor(zone):
    broken = SourceError("jira", "acme", "issues", "connection reset", "Run again.")
    issues = stream("issues", Deletions.CENSUS, [page("a", cursor=1), page("b", cursor=2), broken])
    [result] = run(zone, issues)
    assert "connection reset" in result.error
    table = zone.open("acme", "jira_issues")
    assert (table.live_ids(), table.cursor) == ({"a", "b"}, {"at": 2})


def test_small_pages_land_together(zone):
    """A commit costs as much as a few hundred rows: pages wait until there are enough of them, or ten seconds long."""
    issues = stream("issues", Deletions.CENSUS, [page(str(number), cursor=number) for number in range(50)])
    [result] = run(zone, issues)
    table = zone.open("acme", "jira_issues")
    assert (result.landed_count, table.count, table.cursor, table.version) == (50, 50, {"at": 49}, 1)


def test_large_pages_land_one_by_one(zone):
    """A crash costs what was gathered since the last commit, so that is bounded by size as well."""
    pages = [page(str(number), cursor=number, text="x" * landing.BATCH_BYTES) for number in range(3)]
    run(zone, stream("issues", Deletions.CENSUS, pages))
    table = zone.open("acme", "jira_issues")
    assert (table.count, table.cursor, table.version) == (3, {"at": 2}, 3)


def test_a_failed_stream_stops_no_other_and_both_attempts_are_recorded(zone):
    bad = stream("issues", Deletions.CENSUS, [KeyError("fields")])
    good = stream("projects", Deletions.FULL_READ, [page("a")])
    results = run(zone, bad, good)
    assert [result.error is None for result in results] == [False, True]
    connection = duckdb.connect()
    raw.load(connection, zone, TUESDAY, tables=[])
    attempts = connection.execute(
        "select payload ->> 'stream', (payload ->> 'is_success')::boolean from raw.hub_sync_attempts order by 1"
    ).fetchall()
    assert attempts == [("issues", False), ("projects", True)]


def test_a_stream_whose_landed_files_lost_their_log_is_refused_and_the_others_go_on(zone):
    run(zone, stream("issues", Deletions.CENSUS, [page("a")]))
    log = Path(zone.open("acme", "jira_issues").uri) / "_delta_log"
    shutil.rmtree(log)
    results = run(
        zone, stream("issues", Deletions.CENSUS, [page("b")]), stream("boards", Deletions.CENSUS, [page("c")])
    )
    assert results[0].error.startswith(f"{log.parent}: ")
    assert "Restore the folder from a backup" in results[0].error
    assert (results[1].error, zone.open("acme", "jira_boards").live_ids()) == (None, {"c"})
    assert not log.exists()


def test_a_sweep_finds_deletions_and_a_read_since_the_cursor_does_not(zone):
    runs = stream(
        "runs", Deletions.SWEEP, [page("a", "b", "c")], [page("c", cursor=2, late=1)], [page("b", "c", cursor=3)]
    )
    run(zone, runs)
    [hourly] = run(zone, runs, at=TUESDAY)
    assert hourly.deleted_count == 0
    [nightly] = run(zone, runs, at=TUESDAY, census=True)
    assert nightly.deleted_count == 1
    assert zone.open("acme", "jira_runs").live_ids() == {"b", "c"}


def test_an_attempt_says_whether_there_was_no_table_before(zone):
    """So that one which is gone is missed no longer, once the source was read anew and had nothing left."""
    waivers = stream("waivers", Deletions.FULL_READ, [page("a")], [], [])
    run(zone, waivers)
    run(zone, waivers, at=TUESDAY)
    shutil.rmtree(zone.place("acme", "jira_waivers"))
    run(zone, waivers, at=TUESDAY.replace(hour=7))
    connection = duckdb.connect()
    raw.load(connection, zone, TUESDAY.replace(hour=8), tables=[])
    attempts = "select (payload ->> 'is_first')::boolean from raw.hub_sync_attempts order by valid_from"
    assert connection.execute(attempts).fetchall() == [(True,), (False,), (True,)]


def test_an_attempt_says_whether_deletions_were_looked_for(zone):
    """What was not shown by an hourly read of recent runs may have been gone already."""
    runs = stream("runs", Deletions.SWEEP, [page("a")], [page("a", cursor=2)])
    models = stream("models", Deletions.FULL_READ, [page("m")])
    assert [result.is_census for result in run(zone, runs, models)] == [False, True]
    assert [result.is_census for result in run(zone, runs, at=TUESDAY, census=True)] == [True]
    connection = duckdb.connect()
    raw.load(connection, zone, TUESDAY, tables=[])
    attempts = "select payload ->> 'stream', (payload ->> 'is_census')::boolean from raw.hub_sync_attempts order by all"
    assert connection.execute(attempts).fetchall() == [("models", True), ("runs", False), ("runs", True)]


def test_a_census_marks_what_the_source_confirms_as_gone(zone):
    issues = stream("issues", Deletions.CENSUS, [page("a", "b", "c")], [], census=("a",))
    run(zone, issues)
    [result] = run(zone, issues, at=TUESDAY, census=True)
    assert result.deleted_count == 1
    assert zone.open("acme", "jira_issues").live_ids() == {"b", "c"}


@pytest.mark.parametrize(("options", "gone"), [({}, {"a"}), ({"confirm_shrink": True}, {"a", "b"})])
def test_what_a_whole_read_lacks_is_asked_for_where_it_may_be_hidden(zone, options, gone):
    """Only what the source says does not exist is deleted, at every read; or all of it, if somebody confirms that."""
    models = stream("models", Deletions.ASKED, [page("a", "b", "c")], [page("c")], [], census=("a",))
    run(zone, models)
    [result] = run(zone, models, at=TUESDAY, **options)
    assert result.deleted_count == len(gone)
    assert zone.open("acme", "jira_models").live_ids() == {"a", "b", "c"} - gone
    run(zone, models, at=TUESDAY)  # no page at all: nothing is known to be absent
    assert zone.open("acme", "jira_models").live_ids() == {"a", "b", "c"} - gone


def test_what_a_census_remembers_lands_with_its_tombstones(zone):
    """So that a second census knows what the first one missed, and a crash between the two parts nothing."""

    def census(_client: object, ids: set[str], cursor: dict | None) -> Census:
        missed = ids - {"b"}
        return Census(frozenset(missed & set(cursor.get("missed", []))), {**cursor, "missed": sorted(missed)})

    issues = replace(stream("issues", Deletions.CENSUS, [page("a", "b")], [], []), census=census)
    run(zone, issues)
    [first] = run(zone, issues, at=TUESDAY, census=True)
    assert (first.deleted_count, zone.open("acme", "jira_issues").cursor) == (0, {"at": 1, "missed": ["a"]})
    [second] = run(zone, issues, at=TUESDAY, census=True)
    assert second.deleted_count == 1
    assert zone.open("acme", "jira_issues").live_ids() == {"b"}


def test_a_sweep_begins_with_what_the_stream_must_not_forget(zone):
    """A full read forgets that as well."""
    begun: list[dict | None] = []

    def read(_client: object, cursor: dict | None) -> Iterator[Page]:
        begun.append(cursor)
        yield Page([{"id": "a"}], {"known": ["acme/secret"], "until": 5})

    runs = replace(stream("runs", Deletions.SWEEP), read=read, sweep_from=lambda cursor: {"known": cursor["known"]})
    run(zone, runs)
    run(zone, runs, at=TUESDAY, census=True)
    run(zone, runs, at=TUESDAY, census=True, full=True)
    assert begun == [None, {"known": ["acme/secret"]}, None]


def test_a_shrunken_read_lands_nothing_until_it_is_confirmed(zone):
    names = [f"r{number}" for number in range(20)]
    runs = stream("runs", Deletions.SWEEP, [page(*names)], [page("r1")], [page("r1")])
    run(zone, runs)
    [refused] = run(zone, runs, at=TUESDAY, full=True)
    assert "--confirm-shrink" in refused.error
    assert len(zone.open("acme", "jira_runs").live_ids()) == 20
    [confirmed] = run(zone, runs, at=TUESDAY, full=True, confirm_shrink=True)
    assert confirmed.deleted_count == 19


def test_reading_the_same_again_lands_no_version(zone):
    issues = stream("issues", Deletions.CENSUS, [page("a", "b")], [page("a", "b")])
    run(zone, issues)
    [again] = run(zone, issues, at=TUESDAY)
    assert (again.record_count, again.landed_count) == (2, 0)


def test_reads_side_by_side_leave_the_collector_as_it_was():
    """Whichever of them ends first."""
    before = gc.get_threshold()
    first, second = ExitStack(), ExitStack()
    first.enter_context(rare_collections)
    second.enter_context(rare_collections)
    first.close()
    assert gc.get_threshold() != before
    second.close()
    assert gc.get_threshold() == before
