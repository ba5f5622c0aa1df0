"""What is shared by everything that writes the story into MLflow's database: times, ids, rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection


@dataclass(frozen=True, slots=True)
class Window:
    """The moments after `since` and up to `until`."""

    since: datetime | None
    until: datetime

    def __contains__(self, moment: datetime | None) -> bool:
        return moment is not None and (self.since is None or self.since < moment) and moment <= self.until


def run_id(key: str) -> str:
    """The MLflow run id of the story's run: the same in every database."""
    return hashlib.md5(f"run {key}".encode(), usedforsecurity=False).hexdigest()


def milliseconds(moment: datetime) -> int:
    """A moment as MLflow stores it."""
    return int(moment.timestamp() * 1000)


def insert(connection: Connection, table: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Inserts rows by column name."""
    for row in rows:
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
        connection.execute(f"insert into {table} ({names}) values ({marks})", row)  # noqa: S608  # names are ours
