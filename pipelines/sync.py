"""From a source's stream into its landing table: pages in, versions and tombstones out, the attempt noted.

Not here: how a page is read (connectors/), how a version is stored (warehouse/landing/), when it happens (jobs, cli).
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connectors.stream import Census, Cursor, Deletions, Page, SourceError, Stream
from pipelines import sources
from pipelines.settings import SettingsError
from warehouse import landing
from warehouse.privacy.scrubbing import Scrubber


@dataclass(slots=True)
class Result:
    """What one read of one stream of one instance brought. Counts are records; `landed_count` those that differed."""

    source: str
    instance: str
    stream: str
    record_count: int = 0
    landed_count: int = 0
    deleted_count: int = 0
    calls: int = 0
    calls_left: int | None = None
    is_census: bool = False  # what is gone from the source was looked for as well
    is_first: bool = False  # there was no landing table yet
    seconds: float = 0.0
    expected_seconds: float | None = (
        None  # of the whole read, at its rate so far; None while the source does not say how much there is
    )
    error: str | None = None

    @property
    def table(self) -> str:
        """The landing table's name."""
        return f"{self.source}_{self.stream}"


@dataclass(frozen=True, slots=True)
class Options:
    """How to read. `full` ignores the cursors; `census` also looks for deletions; `confirm_shrink` believes a shrunken read."""

    full: bool = False
    census: bool = False
    confirm_shrink: bool = False


_log = logging.getLogger(__name__)
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
_LONGEST_GATHERING_SECONDS = 10.0  # of pages for one commit: what a crash costs at most
_UNWRITABLE = f"What had landed stays. {landing.MAKE_ROOM} Then run again."
_UNFORESEEN = "What had landed stays. Run again; if it stays so, report it with the output of HUB_LOG=debug hub sync."

Progress = Callable[[Result, int | None], None]
"""Called after every page with what came so far and the records expected, if the source can say."""


def sync_instance(
    source: str,
    instance: sources.Instance,
    streams: Sequence[Stream[Any]],
    zone: landing.Zone,
    *,
    synced_at: datetime,
    options: Options = Options(),
    progress: Progress = lambda _result, _total: None,
    done: Callable[[Result], None] = lambda _result: None,
) -> list[Result]:
    """Reads the streams of one instance. A client that does not even open fails each of them, each with the cause."""
    try:
        with rare_collections, sources.opened(instance) as client:
            results = []
            for result in sync(
                source, instance.name, client, streams, zone, synced_at=synced_at, options=options, progress=progress
            ):
                done(result)
                results.append(result)
            return results
    except (SourceError, SettingsError) as error:
        results = [Result(source, instance.name, stream.name, error=str(error)) for stream in streams]
        for result in results:
            _record(zone, result, synced_at)
            done(result)
        return results


class _RareCollections:
    """While anything is read: decoded pages hold no cycles, and to look for some after every 700 new objects takes a tenth of a read's time.

    The threshold is the process's: of reads side by side the first raises it and the last puts it back.
    """

    def __init__(self) -> None:
        self._lock, self._reads = threading.Lock(), 0
        self._before: tuple[int, int, int] = (0, 0, 0)

    def __enter__(self) -> None:
        with self._lock:
            if not self._reads:
                self._before = gc.get_threshold()
                gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *self._before[1:])
            self._reads += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._reads -= 1
            if not self._reads:
                gc.set_threshold(*self._before)


rare_collections = _RareCollections()


def sync(
    source: str,
    instance: str,
    client: Any,
    streams: Iterable[Stream[Any]],
    zone: landing.Zone,
    *,
    synced_at: datetime,
    options: Options = Options(),
    progress: Progress = lambda _result, _total: None,
) -> Iterator[Result]:
    """Reads the streams one after another with one client; yields each result, failed ones with their error.

    A stream that fails costs only itself: the others go on, and what had landed stays.
    """
    for stream in streams:
        result = Result(source, instance, stream.name, error="interrupted")
        calls_before, started = client.calls, time.monotonic()
        try:
            table = zone.open(instance, result.table)
            result.is_first = table.version is None
            _sync_stream(
                stream,
                client,
                table,
                result,
                synced_at=synced_at,
                options=options,
                progress=progress,
                scrubber=zone.scrubber,
            )
            result.error = None
        except (SourceError, landing.ShrunkenRead, landing.LandingConflict, landing.LandingDamaged) as error:
            result.error = str(error)
        except Exception as error:  # noqa: BLE001  # a payload nobody foresaw costs its own stream, not the others
            told = f"{type(error).__name__}: {error}\n{_UNFORESEEN}"
            if landing.is_unwritable(error):
                told = f"{landing.in_a_line(error)}\n{_UNWRITABLE}"
            result.error = f"{source} {instance!r}, {stream.name}: {told}"
            _log.debug("unforeseen", exc_info=True)
        finally:
            result.calls, result.calls_left = client.calls - calls_before, client.calls_left
            result.seconds = time.monotonic() - started
            _record(zone, result, synced_at)
        yield result


def _sync_stream(
    stream: Stream[Any],
    client: Any,
    table: landing.Table,
    result: Result,
    *,
    synced_at: datetime,
    options: Options,
    progress: Progress,
    scrubber: Scrubber | None,
) -> None:
    cursor, is_whole = table.cursor, options.full or table.cursor is None
    if options.full:
        # What a census remembers is no stale reading: without it, what is no longer asked for would look deleted.
        remembered = stream.sweep_from if stream.deletions is Deletions.CENSUS else None
        cursor = remembered(cursor) if remembered and cursor is not None else None
    if options.census and stream.deletions is Deletions.SWEEP and cursor is not None:
        cursor, is_whole = (stream.sweep_from(cursor) if stream.sweep_from else None), True
    pages = _counted(stream.read(client, cursor), client, result, progress)
    gone: set[str] = set()
    result.is_census = options.census or stream.deletions in {Deletions.FULL_READ, Deletions.ASKED}
    if stream.deletions is Deletions.FULL_READ:
        confirm_shrink = options.confirm_shrink
        _land_whole(stream, pages, table, result, synced_at=synced_at, confirm_shrink=confirm_shrink, scrubber=scrubber)
    else:
        seen = _land_pages(stream, pages, table, result, synced_at=synced_at, scrubber=scrubber)
        if seen is not None and (is_whole or stream.deletions is Deletions.ASKED):
            gone |= table.live_ids() - seen
    census = Census(frozenset(gone))
    if stream.deletions is Deletions.ASKED and stream.census:
        if gone and not options.confirm_shrink:
            census = stream.census(client, gone, table.cursor)
    elif options.census and stream.census:
        found = stream.census(client, table.live_ids(), table.cursor)
        census = replace(found, gone=found.gone | gone)
    if census.gone or census.cursor is not None:
        result.deleted_count += table.delete(
            census.gone, cursor=census.cursor, synced_at=synced_at, confirm_shrink=options.confirm_shrink
        )
    if census.hidden:
        raise census.hidden


def _counted(pages: Iterator[Page], client: Any, result: Result, progress: Progress) -> Iterator[Page]:
    calls_before, started = client.calls, time.monotonic()
    for page in pages:
        yield page
        result.record_count += len(page.records)
        result.calls, result.calls_left = client.calls - calls_before, client.calls_left
        result.seconds = time.monotonic() - started
        if page.total and result.record_count:
            result.expected_seconds = result.seconds * max(page.total / result.record_count, 1)
        progress(result, page.total)


def _land_whole(
    stream: Stream[Any],
    pages: Iterator[Page],
    table: landing.Table,
    result: Result,
    *,
    synced_at: datetime,
    confirm_shrink: bool,
    scrubber: Scrubber | None,
) -> None:
    """A whole list lands in one commit, together with the tombstones of what is no longer in it.

    Of a read that breaks off, what came lands as well, but nothing counts as deleted.
    """
    whole: list[Page] = []
    failure: SourceError | None = None
    try:
        for page in pages:
            whole.append(page)  # noqa: PERF402  # what came before a failure must be kept
    except SourceError as error:
        failure = error
    if whole:
        rows = (row for page in whole for row in _rows(stream, page, scrubber))
        cursor = whole[-1].cursor
        if failure:
            appended = table.append(rows, cursor=None, synced_at=synced_at)
        elif any(page.is_partial for page in whole):
            appended = table.append(rows, cursor=cursor, synced_at=synced_at)
        else:
            appended = table.replace(rows, cursor=cursor, synced_at=synced_at, confirm_shrink=confirm_shrink)
        result.landed_count += appended.new + appended.changed
        result.deleted_count += appended.deleted
    if failure:
        raise failure


def _land_pages(
    stream: Stream[Any],
    pages: Iterator[Page],
    table: landing.Table,
    result: Result,
    *,
    synced_at: datetime,
    scrubber: Scrubber | None,
) -> set[str] | None:
    """Pages land with the cursor of the last of them, so that a read that breaks off goes on from there.

    Returns the ids seen where the absence of others may mean something; None if a page was partial or none came.
    """
    notes_seen = stream.deletions in {Deletions.SWEEP, Deletions.ASKED}
    seen: set[str] | None = None

    def encoded() -> Iterator[tuple[list[landing.Row], Cursor]]:
        nonlocal seen, notes_seen
        for page in pages:
            rows = list(_rows(stream, page, scrubber))
            notes_seen = notes_seen and not page.is_partial
            seen = (set() if seen is None else seen) if notes_seen else None
            if seen is not None:
                seen.update(row.id for row in rows)
            yield rows, page.cursor

    for rows, cursor in _commits(encoded()):
        appended = table.append(rows, cursor=cursor, synced_at=synced_at)
        result.landed_count += appended.new + appended.changed
        del rows  # or they would stay until the next ones are complete
    return seen


def _commits(pages: Iterator[tuple[list[landing.Row], Cursor]]) -> Iterator[tuple[list[landing.Row], Cursor]]:
    """Pages gathered to commits: a commit costs as much as a few hundred rows, a crash what was gathered since the last.

    What came before a failure is yielded first, then the failure is raised.
    """
    gathered: list[landing.Row] = []
    reached: Cursor | None = None
    failure: Exception | None = None
    size, since = 0, time.monotonic()
    try:
        for rows, cursor in pages:
            gathered += rows
            size += sum(len(row.text) for row in rows)
            reached = cursor
            if size >= landing.BATCH_BYTES or time.monotonic() - since >= _LONGEST_GATHERING_SECONDS:
                yield gathered, reached
                gathered, reached, size, since = [], None, 0, time.monotonic()
    except Exception as error:  # noqa: BLE001  # raised below, whatever it is
        failure = error
    if reached is not None:
        yield gathered, reached
    if failure is not None:
        raise failure


def _rows(stream: Stream[Any], page: Page, scrubber: Scrubber | None) -> Iterator[landing.Row]:
    """The records as they may land: erased people stay erased."""
    for record in page.records:
        yield landing.Row(stream.key(record), record, stream.updated_at(record), scrubber)


def _record(zone: landing.Zone, result: Result, attempted_at: datetime) -> None:
    zone.record_attempt(
        {
            "source": result.source,
            "instance": result.instance,
            "stream": result.stream,
            "attempted_at": attempted_at,
            "is_success": result.error is None,
            "error": result.error,
            "record_count": result.record_count,
            "landed_count": result.landed_count,
            "deleted_count": result.deleted_count,
            "calls": result.calls,
            "is_census": result.is_census,
            "is_first": result.is_first,
        }
    )
