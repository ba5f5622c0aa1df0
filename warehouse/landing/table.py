"""One landing table: every version of one stream's records of one instance, and the cursor to read on from.

A commit holds the rows that changed and a control row with the cursor, so that the two cannot disagree. It also
carries a Delta transaction number: of two writers that opened the same snapshot the second is refused.
Not here: where tables lie and how they are maintained (zone.py).
"""

from __future__ import annotations

import itertools
import json
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import duckdb
import pyarrow as pa
from deltalake import (
    CommitProperties,
    DeltaTable,
    QueryBuilder,
    Transaction,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from warehouse.landing.commits import TICK, Batches, Clock, Cursor, made, writing
from warehouse.landing.damage import opened, unreadable
from warehouse.landing.guard import ShrunkenRead, is_shrunken
from warehouse.landing.rows import (
    CONTROL_ID,
    SCHEMA,
    Row,
    batches,
    numbers,
    scrubbed,
    tombstones,
)
from warehouse.privacy.scrubbing import Scrubber


class LandingConflict(Exception):  # noqa: N818 - named for what happened
    """Another writer has landed in the table since it was opened; nothing of this commit was. Open it anew."""

    def __init__(self, instance: str, name: str) -> None:
        self.instance, self.name = instance, name
        super().__init__(
            f"{instance!r}, {name}: another sync has landed since this one began, so nothing of this read was kept.\n"
            "Nothing is lost: the next sync continues from what the other one has landed."
        )


@dataclass(frozen=True, slots=True)
class Appended:
    """What a commit did to the live records."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0


class Table:
    """A snapshot of one landing table, and the only way to add to it.

    Appending moves the snapshot on, so the same object may be appended to again; a refused commit ends its use.
    One thread at a time.
    """

    def __init__(  # the zone alone makes these
        self,
        instance: str,
        name: str,
        *,
        uri: str,
        folder: Path | None,
        storage_options: dict[str, str] | None,
        connection: duckdb.DuckDBPyConnection,
    ) -> None:
        self.instance, self.name, self.uri = instance, name, uri
        self._folder, self._storage_options, self._connection = folder, storage_options, connection
        self._app_id = f"{instance}/{name}"
        self._has_newest = self._is_spent = False
        self._newest_at = datetime.min.replace(tzinfo=UTC)
        self._commit_number = 0
        self.cursor: Cursor | None = None
        self._delta = opened(uri, folder, storage_options)
        if self._delta is not None:
            # Read with the snapshot, and beside the control row's: another engine may let old transactions expire.
            self._commit_number = self._delta.transaction_version(self._app_id) or 0
            try:
                self._read_control()
            except duckdb.Error as error:
                raise unreadable(folder or uri, error) from error

    # -- reading ------------------------------------------------------------------------------------------------------

    @property
    def version(self) -> int | None:
        """The Delta version of this snapshot, None if there is no table yet; it is made as version 0, without rows."""
        return None if self._delta is None else int(self._delta.version())

    @property
    def count(self) -> int:
        """How many records are live."""
        self._read_newest()
        return int(self._value("select count(*) from newest where not is_deleted"))

    def live_ids(self) -> set[str]:
        """The ids of all records that have landed and not been deleted."""
        self._read_newest()
        rows = self._connection.execute("select id from newest where not is_deleted").fetchall()
        return {row[0] for row in rows}

    def scan(self, connection: duckdb.DuckDBPyConnection, *columns: str) -> str | None:
        """What to select from to see every landed row of this snapshot, control rows included; None if there is none.

        Local files are read by DuckDB itself; others stream through `connection`, once per call of this.
        """
        if self._delta is None:
            return None
        if self._folder is not None:
            # By name, as Delta's URIs are percent-encoded; the brackets keep DuckDB from reading a name as a pattern.
            names = [uri.rsplit("/", 1)[-1] for uri in self._delta.file_uris()]
            if not names:
                return None
            paths = [re.sub(r"([*?\[])", r"[\1]", str(self._folder / name)) for name in names]
            listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
            return f"read_parquet([{listed}], hive_partitioning = false)"
        query = f"select {', '.join(columns)} from landed"  # noqa: S608 - column names of ours
        stream = QueryBuilder().register("landed", self._delta).execute(query)
        view = f"landed_{uuid4().hex}"
        connection.register(view, pa.RecordBatchReader.from_stream(stream))
        return view

    def _read_control(self) -> None:
        source = self.scan(self._connection, "id", "payload", "synced_at")
        if source is None:
            return
        query = f"select payload, epoch_us(synced_at) from {source} where id = ? order by synced_at desc limit 1"  # noqa: S608 - our own file list
        for text, microseconds in self._connection.execute(query, [CONTROL_ID]).fetchall():
            control = json.loads(text)
            self.cursor, self._commit_number = control["cursor"], max(self._commit_number, control["commit"])
            self._newest_at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)

    def _read_newest(self) -> None:
        """Fill the temporary table `newest` with the newest version of each id, once per snapshot."""
        if self._has_newest:
            return
        execute = self._connection.execute
        execute("create or replace temp table newest (id varchar, payload_hash varchar, is_deleted boolean)")
        if (source := self.scan(self._connection, "id", "payload_hash", "is_deleted", "synced_at")) is not None:
            self._fill_newest(source)
        self._has_newest = True

    def _fill_newest(self, source: str) -> None:
        try:
            self._connection.execute(
                f"""
                insert into newest
                select id, arg_max_null(payload_hash, synced_at), arg_max(is_deleted, synced_at)
                from {source}
                where id <> ?
                group by id
                """,  # noqa: S608 - our own file list
                [CONTROL_ID],
            )
        except duckdb.IOException as error:  # its files are gone: the table was rewritten since
            if self._has_moved():
                raise LandingConflict(self.instance, self.name) from error
            raise

    def _value(self, query: str) -> Any:
        return self._connection.execute(query).fetchall()[0][0]

    # -- writing ------------------------------------------------------------------------------------------------------

    def append(self, rows: Iterable[Row], *, cursor: Cursor | None, synced_at: datetime) -> Appended:
        """Add the rows that differ from the newest version of their record, and the cursor, in one commit.

        Of an id that comes twice in one batch the last one counts. A cursor of None keeps the present one. Nothing
        is written if nothing changed and the cursor is the present one. Raises LandingConflict.
        """
        tally = Counter[str]()
        self._commit(self._changes(rows, tally), cursor, synced_at)
        return Appended(**tally)

    def replace(
        self, rows: Iterable[Row], *, cursor: Cursor | None, synced_at: datetime, confirm_shrink: bool = False
    ) -> Appended:
        """Land a whole read: add what changed and mark what is absent as deleted, with the cursor, in one commit.

        Raises ShrunkenRead, landing nothing, when fewer than half of the live records came (see guard.py), unless
        confirmed; LandingConflict as `append` does. An error of the iterator is passed on and nothing lands.
        """
        live = self.count
        self._connection.execute("create or replace temp table seen (id varchar)")

        def whole() -> Iterator[pa.RecordBatch]:
            yield from self._changes(rows, tally, note_seen=True)
            came = int(self._value("select count(distinct id) from seen"))
            if not confirm_shrink and is_shrunken(live=live, left=came):
                raise ShrunkenRead(self.instance, self.name, live=live, left=came)
            self._connection.execute(
                "create or replace temp table gone as"
                " select id from newest where not is_deleted and id not in (select id from seen)"
            )
            yield from self._tombstones(tally)

        tally = Counter[str]()
        self._commit(whole(), cursor, synced_at)
        return Appended(**tally)

    def delete(
        self, ids: Iterable[str], *, cursor: Cursor | None, synced_at: datetime, confirm_shrink: bool = False
    ) -> int:
        """Mark records as deleted, with the cursor, in one commit; returns how many were live until then.

        Raises ShrunkenRead when fewer than half of the live records would be left, unless confirmed.
        """
        self._read_newest()
        self._connection.register("asked", tombstones(sorted(set(ids))).select(["id"]))
        self._connection.execute("create or replace temp table gone as from asked semi join newest using (id)")
        self._connection.execute("delete from gone where id in (select id from newest where is_deleted)")
        count, live = int(self._value("select count(*) from gone")), self.count
        if count and not confirm_shrink and is_shrunken(live=live, left=live - count):
            raise ShrunkenRead(self.instance, self.name, live=live, left=live - count)
        tally = Counter[str]()
        self._commit(self._tombstones(tally), cursor, synced_at)
        return tally["deleted"]

    def _changes(
        self, rows: Iterable[Row], tally: Counter[str], *, note_seen: bool = False
    ) -> Iterator[pa.RecordBatch]:
        """The incoming rows that differ from the newest version of their record, which moves on with them."""
        execute = self._connection.execute
        for incoming in batches(rows):
            self._read_newest()
            positions = numbers(array("q", range(incoming.num_rows)))
            keys = pa.table({"position": positions, "id": incoming["id"], "payload_hash": incoming["payload_hash"]})
            self._connection.register("keys", keys)
            if note_seen:
                execute("insert into seen select id from keys")
            execute(
                """
                create or replace temp table differing as
                select
                    last.position, last.id, last.payload_hash,
                    case
                        when newest.id is null then 'new'
                        when newest.payload_hash is distinct from last.payload_hash then 'changed'
                        else 'unchanged'
                    end as outcome
                from (from keys qualify row_number() over (partition by id order by position desc) = 1) as last
                left join newest on newest.id = last.id
                """
            )
            outcomes = dict(execute("select outcome, count(*) from differing group by all").fetchall())
            tally.update(outcomes)
            if outcomes.keys() <= {"unchanged"}:
                continue
            if "changed" in outcomes:
                execute("delete from newest where id in (select id from differing where outcome = 'changed')")
            execute("insert into newest select id, payload_hash, false from differing where outcome <> 'unchanged'")
            if outcomes == {
                "new": incoming.num_rows
            }:  # the rule in a first read: nothing to leave out, nothing to copy
                yield incoming
                continue
            found = execute("select position from differing where outcome <> 'unchanged' order by position")
            yield incoming.take(numbers(found.fetchnumpy()["position"]))

    def _tombstones(self, tally: Counter[str]) -> Iterator[pa.RecordBatch]:
        """Tombstones of the ids in the temporary table `gone`."""
        ids = [row[0] for row in self._connection.execute("select id from gone order by id").fetchall()]
        if ids:
            tally["deleted"] += len(ids)
            self._connection.execute(
                "update newest set payload_hash = null, is_deleted = true where id in (select id from gone)"
            )
            yield tombstones(ids)

    def rewrite(self, scrubber: Scrubber) -> int:
        """Land every version anew with what the scrubber replaces gone; returns how many differ. Cursor and times stay.

        One commit that takes the place of all before it. A sync that opened the table earlier is refused its next one,
        so that nothing lands which the scrubber has not seen. The files that held the old ones go with `Zone.rewrite`.
        """
        if self._delta is None:
            return 0
        tally = Counter[str]()
        number, clock = self._commit_number + 1, Clock(self._newest_at + TICK)
        query = f"select {', '.join(SCHEMA.names)} from landed"  # noqa: S608 - column names of ours
        landed = pa.RecordBatchReader.from_stream(QueryBuilder().register("landed", self._delta).execute(query))
        rewritten = (scrubbed(batch.cast(SCHEMA), scrubber, tally) for batch in landed)
        self._write(Batches(iter(()), self.cursor, number, clock, rewritten), number, mode="overwrite")
        self._commit_number, self._newest_at, self._has_newest = number, clock.now, False
        return tally["changed"]

    def _commit(self, changes: Iterator[pa.RecordBatch], cursor: Cursor | None, synced_at: datetime) -> None:
        """Write the changes as they come, then the control row, as one commit; or nothing if there is nothing to say."""
        if self._is_spent:
            raise LandingConflict(self.instance, self.name)
        if cursor is None:
            cursor = self.cursor
        try:
            first = next(changes, None)
            if first is None and cursor == self.cursor:
                return
            number = self._commit_number + 1
            clock = Clock(max(synced_at, self._newest_at + TICK))
            stream = Batches(changes if first is None else itertools.chain([first], changes), cursor, number, clock)
            self._write(stream, number)
        except BaseException as failure:
            self._has_newest = False  # it was moved on with changes that have not landed
            self._is_spent = isinstance(failure, LandingConflict)
            raise
        self.cursor, self._commit_number, self._newest_at = cursor, number, clock.now

    def _write(self, stream: Batches, number: int, *, mode: Literal["append", "overwrite"] = "append") -> None:
        properties = CommitProperties(app_transactions=[Transaction(self._app_id, number)])
        reader = pa.RecordBatchReader.from_batches(SCHEMA, stream.batches())
        try:
            if self._delta is None:  # made before its first file: files without a log are then a log that was lost
                self._delta = made(self.uri, self._storage_options)
            write_deltalake(self._delta, reader, mode=mode, commit_properties=properties, writer_properties=writing())
        except DeltaError as error:
            if stream.failure is not None:
                raise stream.failure from None
            if isinstance(error, CommitFailedError) or self._has_moved():
                raise LandingConflict(self.instance, self.name) from error
            raise

    def _has_moved(self) -> bool:
        """Whether the table now stands at another version than this snapshot's."""
        try:
            return int(DeltaTable(self.uri, storage_options=self._storage_options).version()) != self.version
        except TableNotFoundError:
            return False
