"""The landing zone as a whole: which tables there are, the record of sync attempts, compaction.

Not here: what a commit consists of (table.py).
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from warehouse.landing import retention
from warehouse.landing.commits import CONFIGURATION, made, writing
from warehouse.landing.damage import MAKE_ROOM, LandingDamaged, in_a_line, is_unwritable, opened, unreadable
from warehouse.landing.rows import CONTROL_ID, Row, batch, stamped
from warehouse.landing.table import Table
from warehouse.privacy.scrubbing import Scrubber

_log = logging.getLogger(__name__)

HUB_INSTANCE, ATTEMPTS = "hub", "hub_sync_attempts"
RETENTION_HOURS = 48
"""Files that compaction has replaced stay this long, for builds and syncs that still read them."""

CREATION_TRIES = 5

RECORD_LOST = (
    "It is the record of syncs: they go on without one, and nobody is told how old the sources are. Restore the folder from a"
    " backup, or move it out of the landing zone: the next sync begins a new record."
)

RECORD_UNWRITABLE = f"It is the record of syncs: they go on without a note of this one. {MAKE_ROOM}"

RETENTIONS = ("delta.logRetentionDuration", "delta.deletedFileRetentionDuration")


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compaction did to one table."""

    instance: str
    name: str
    merged_files: int
    removed_files: int
    is_skipped: bool = False  # a sync or another compaction was faster; the next night does it


class Zone:
    """A folder or object store prefix holding `<instance>/<source>_<stream>` Delta tables.

    It need not exist yet: the first commit makes it. Local paths may be given as such or as `file://` URIs.
    `only` narrows what it shows to the streams of these (source, instance), `without` leaves out these (instance, table): what
    was renamed or taken out of the settings stays landed, unseen.
    """

    def __init__(
        self,
        uri: str | Path,
        storage_options: dict[str, str] | None = None,
        *,
        scrubber: Scrubber | None = None,
        only: AbstractSet[tuple[str, str]] | None = None,
        without: AbstractSet[tuple[str, str]] = frozenset(),
    ) -> None:
        """`scrubber` replaces the identifiers of erased people in everything that is to land."""
        text = str(uri)
        is_remote = re.match(r"[a-z][a-z0-9+.-]*://", text) is not None and not text.startswith("file://")
        self._root = None if is_remote else Path(text.removeprefix("file://")).absolute()
        if self._root is not None and re.search(r"[\[\]^|\\]|%[0-9A-Fa-f]{2}", str(self._root)):
            message = f"{self._root}: the Delta library misreads [ ] ^ | \\ and %20 in paths; rename the folder"
            raise ValueError(message)
        self.uri = text.rstrip("/") if self._root is None else str(self._root)
        self._storage_options = storage_options
        self.scrubber = scrubber
        self.only, self.without = only, without
        self._database: duckdb.DuckDBPyConnection | None = None
        self._attempts: DeltaTable | None = None
        self._is_record_lost = False
        self._lock, self._attempts_lock = threading.Lock(), threading.Lock()

    def open(self, instance: str, name: str) -> Table:
        """The table's present snapshot, to read and to append to; the table need not exist yet. Raises LandingDamaged."""
        with self._lock:  # sources sync in threads of one process
            if self._database is None:
                self._database = duckdb.connect()
            connection = self._database.cursor()
        uri, folder = self._place(instance, name)
        return Table(
            instance,
            name,
            uri=uri,
            folder=folder,
            storage_options=self._storage_options,
            connection=connection,
        )

    def tables(self) -> Iterator[tuple[str, str]]:
        """Every (instance, name) with a table, in order; the hub's own and those it is narrowed to."""
        yield from (table for table in self._landed() if self.shows(*table))

    def shows(self, instance: str, name: str) -> bool:
        """Whether a table of this name would be shown if it were there."""
        return self._is_of_shown_instance(instance, name) and (instance, name) not in self.without

    def left_out(self) -> set[tuple[str, str]]:
        """The (source, instance) that have landed and are not shown."""
        return {(_source(name), one) for one, name in self._landed() if not self._is_of_shown_instance(one, name)}

    def tables_left_out(self) -> list[tuple[str, str]]:
        """The (instance, name) of the tables that have landed and alone of their instance are not shown."""
        return [
            (one, name)
            for one, name in self._landed()
            if self._is_of_shown_instance(one, name) and not self.shows(one, name)
        ]

    def _is_of_shown_instance(self, instance: str, name: str) -> bool:
        return self.only is None or instance == HUB_INSTANCE or (_source(name), instance) in self.only

    def _landed(self) -> Iterator[tuple[str, str]]:
        for instance in self._folders(""):
            for name in self._folders(instance):
                yield _unquoted(instance), _unquoted(name)

    def record_attempt(self, attempt: Mapping[str, Any]) -> None:
        """Note one attempt to sync a stream, successful or not.

        Needs source, instance, stream and attempted_at (a datetime). Attempts never conflict: each is a row of its own.
        If the record of attempts is damaged, that is told once, and no sync fails for it.
        """
        at: datetime = attempt["attempted_at"]
        payload = {
            key: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
            for key, value in attempt.items()
        }
        record_id = f"{attempt['source']}/{attempt['instance']}/{attempt['stream']}"
        noted = Row(record_id, payload, at, self.scrubber)
        row = stamped(batch([noted.id], [noted.text], [at]), at)
        for left in reversed(range(CREATION_TRIES)):
            with self._attempts_lock:
                if self._is_record_lost:
                    return
                try:
                    self._append_attempt(row)
                except LandingDamaged as damage:
                    self._lose_record(damage)
                except DeltaError as error:  # several syncs may be making the table at the same moment
                    self._attempts = None
                    if is_unwritable(error):
                        self._is_record_lost = True
                        _log.warning(
                            "%s: %s\n%s", self.place(HUB_INSTANCE, ATTEMPTS), in_a_line(error), RECORD_UNWRITABLE
                        )
                    elif not left:
                        self._lose_record(unreadable(self.place(HUB_INSTANCE, ATTEMPTS), error))
                else:
                    return

    def _append_attempt(self, row: pa.RecordBatch) -> None:
        if self._attempts is None:  # kept open: to read its log again for every row costs more than the row
            uri, folder = self._place(HUB_INSTANCE, ATTEMPTS)
            self._attempts = opened(uri, folder, self._storage_options) or made(uri, self._storage_options)
        write_deltalake(self._attempts, row, mode="append")

    def attempts(self) -> Table | None:
        """The record of attempts; None if it is damaged, which is told once."""
        try:
            return self.open(HUB_INSTANCE, ATTEMPTS)
        except LandingDamaged as damage:
            self._lose_record(damage)
            return None

    def attempted(self, query: str, **told: datetime) -> list[tuple[Any, ...]]:
        """What a query over the record of attempts finds (`{source}`, of which `$control` is no attempt); nothing without one."""
        with duckdb.connect() as connection:
            attempts = self.attempts()
            source = attempts and attempts.scan(connection, "id", "payload", "synced_at")
            if source is None:
                return []
            return connection.execute(query.format(source=source), {"control": CONTROL_ID, **told}).fetchall()

    def _lose_record(self, damage: LandingDamaged) -> None:
        if not self._is_record_lost:
            self._is_record_lost = True
            _log.warning("%s\n%s", "\n".join(damage.faults), RECORD_LOST)

    def compact(self) -> list[Compacted]:
        """Merge small files, write a checkpoint, drop old log entries and files that nothing has used for two days.

        Safe beside syncs and builds; cursors are rows and survive it. A table that cannot be read is passed over with a warning.
        """
        done = []
        for instance, name, table in self._sound_tables():
            try:
                merged = table.optimize.compact(writer_properties=writing())["numFilesRemoved"]
                table.create_checkpoint()
                table.cleanup_metadata()
                # "full" finds the files of interrupted commits as well, which no log entry names.
                removed = table.vacuum(
                    retention_hours=RETENTION_HOURS, dry_run=False, enforce_retention_duration=False, full=True
                )
            except CommitFailedError:
                done.append(Compacted(instance, name, 0, 0, is_skipped=True))
            except DeltaError as error:
                self._pass_over(instance, name, error)
            else:
                done.append(Compacted(instance, name, merged, len(removed)))
        return done

    def drop_superseded(
        self, older_than: datetime, *, spared: Callable[[str], bool] = lambda _name: False
    ) -> dict[tuple[str, str], int]:
        """Drop versions whose successor landed before a moment; returns how many, per table that lost any.

        Never a current version, a deleted record's last payload or a cursor; nothing of tables whose name is spared.
        Safe beside syncs (of two the second changes nothing and comes again) and builds. The files themselves go with a later `compact`.
        """
        dropped = {}
        for instance, name, delta in self._sound_tables():
            if spared(name):
                continue
            try:
                count = retention.drop(delta, older_than=older_than, writer_properties=writing())
            except CommitFailedError:
                continue  # a sync or a compaction was faster; the next night does it
            except (DeltaError, duckdb.Error) as error:
                self._pass_over(instance, name, error)
                continue
            if count:
                dropped[instance, name] = count
        return dropped

    def rewrite(self, scrubber: Scrubber) -> dict[tuple[str, str], int]:
        """Replace what the scrubber finds in every version that has landed; returns how many differed, per table that had any.

        Nothing else changes: times, cursors and the order of versions stay. The replaced texts leave the store as well:
        older versions of the tables, their files and log entries are gone, and with them the table as of an earlier commit.
        Raises LandingConflict if anybody lands meanwhile, and is then to be done again. No build may read while it works.
        """
        changed = {}
        for instance, name in self.tables():
            if count := self.open(instance, name).rewrite(scrubber):
                changed[instance, name] = count
            _forget(DeltaTable(self._table_uri(instance, name), storage_options=self._storage_options))
        return changed

    def _sound_tables(self) -> Iterator[tuple[str, str, DeltaTable]]:
        """Every table whose log can be read; syncs and builds tell of the others."""
        for instance, name in self.tables():
            with contextlib.suppress(LandingDamaged):
                if delta := opened(*self._place(instance, name), self._storage_options):
                    yield instance, name, delta

    def _pass_over(self, instance: str, name: str, error: Exception) -> None:
        """Tell of a table whose files cannot be read or written; the work goes on with the others."""
        place = self.place(instance, name)
        if is_unwritable(error):
            _log.warning("%s: this landing table stays as it is: %s\n%s", place, in_a_line(error), MAKE_ROOM)
        else:
            _log.warning("%s", unreadable(place, error))

    def place(self, instance: str, name: str) -> Path | str:
        """The folder in which a table lies, there or not; of one in an object store its address."""
        uri, folder = self._place(instance, name)
        return folder or uri

    def _place(self, instance: str, name: str) -> tuple[str, Path | None]:
        """A table's address, and its folder if that is local."""
        folder = None if self._root is None else self._root / _quoted(instance) / _quoted(name)
        return self._table_uri(instance, name), folder

    def _table_uri(self, instance: str, name: str) -> str:
        return f"{self.uri}/{_quoted(instance)}/{_quoted(name)}"

    def _folders(self, parent: str) -> list[str]:
        if self._root is not None:
            folder = self._root / parent
            if not folder.is_dir():
                return []
            # Files without a log as well: whoever opens such a table is told that it was lost.
            depths = [("" if parent else "*/") + what for what in ("_delta_log/*.json", "*.parquet")]
            return sorted(
                child.name
                for child in folder.iterdir()
                if any(next(child.glob(depth), None) is not None for depth in depths)
            )
        from deltalake.fs import DeltaStorageHandler
        from pyarrow.fs import FileSelector, FileType, PyFileSystem

        store = PyFileSystem(DeltaStorageHandler(self.uri, self._storage_options))
        found = store.get_file_info(FileSelector(parent, allow_not_found=True))
        return sorted(entry.base_name for entry in found if entry.type == FileType.Directory)


def _forget(delta: DeltaTable) -> None:
    """Remove every file and log entry that the newest version of a table does not need."""
    delta.alter.set_table_properties(dict.fromkeys(RETENTIONS, "interval 0 days"))
    try:
        delta.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True)
        delta.create_checkpoint()
        delta.cleanup_metadata()
    finally:
        delta.alter.set_table_properties({name: str(CONFIGURATION[name]) for name in RETENTIONS})


def _source(name: str) -> str:
    """The source that a table's name begins with."""
    return name.partition("_")[0]


def _quoted(name: str) -> str:
    """The name as a folder that is the same on every store: other than letters, digits, `_.-` as `~` and hex.

    Not percent-encoding: Delta decodes that in paths and then looks elsewhere.
    """
    return re.sub(r"[^A-Za-z0-9_.-]|^\.", lambda match: "".join(f"~{byte:02x}" for byte in match[0].encode()), name)


def _unquoted(folder: str) -> str:
    return re.sub(r"(~[0-9a-f]{2})+", lambda match: bytes.fromhex(match[0].replace("~", "")).decode(), folder)
