"""Dagster's record of runs in SQLite, as its own storage keeps it, but with connections that stay open.

Dagster makes an engine, a connection and every statement's text anew for each event it writes or reads. Not here: what the
events say.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS, create_db_conn_string
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

if TYPE_CHECKING:
    from dagster._core.events.log import EventLogEntry
    from dagster._serdes import ConfigurableClassData
    from sqlalchemy.engine import Connection, Engine

KEPT = 8
"""Files that are held open at most: the index, and those of the runs that were read or written last."""


class Engines:
    """SQLAlchemy's engines by address: those used last keep their connection and the statements they have compiled."""

    def __init__(self) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()

    def of(self, address: str) -> Engine:
        """The engine of a file; the one that was used longest ago makes room for it."""
        engine = self._engines.pop(address, None) or _engine(address)
        self._engines[address] = engine
        if len(self._engines) > KEPT:
            self._engines.popitem(last=False)[1].dispose()
        return engine

    def dispose(self) -> None:
        """Closes all files."""
        while self._engines:
            self._engines.popitem()[1].dispose()


class EventLog(SqliteEventLogStorage):
    """The events of runs: a file for each run, and an index."""

    def __init__(self, base_dir: str) -> None:
        self._engines = Engines()
        super().__init__(base_dir)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engines.of(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def store_event(self, event: EventLogEntry) -> None:
        """Keeps an event, and lets those know who watch the run."""
        super().store_event(event)
        # They look at the run's file, and of a file that stays open SQLite writes its log beside it.
        os.utime(self.path_for_shard(event.run_id))

    def wipe(self) -> None:
        """Forgets every run; an open file would outlive its removal."""
        self._close()
        super().wipe()

    def dispose(self) -> None:
        """Closes all files."""
        super().dispose()
        self._close()

    def _close(self) -> None:
        with self._db_lock:
            self._engines.dispose()


class Runs(SqliteRunStorage):
    """The runs and how they stand."""

    def __init__(self, conn_string: str) -> None:
        self._engine = _engine(conn_string)
        super().__init__(conn_string)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction."""
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Closes the file."""
        super().dispose()
        self._engine.dispose()


class Storage(DagsterSqliteStorage):
    """What dagster.yaml names. The files are those of Dagster's own storage in SQLite."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        history = Path(base_dir) / "history"
        self._event_log_storage = EventLog(str(history / "runs"))
        self._run_storage = Runs(create_db_conn_string(str(history), "runs"))

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Storage:
        """That of the base makes a DagsterSqliteStorage, whatever the class."""
        return cls.from_local(inst_data=inst_data, **config_value)


def _engine(address: str) -> Engine:
    engine = sqlalchemy.create_engine(address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
    sqlalchemy.event.listen(engine, "connect", _relaxed)
    return engine


def _relaxed(connection: Any, _record: Any) -> None:
    """An outage may cost the last events of a run, never the file; waiting for the disk at each event takes most of the time."""
    connection.execute("pragma synchronous = normal")
