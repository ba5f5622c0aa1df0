"""Dagster's record of runs, while a run of many events writes it. Not here: what the events say."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from pipelines import settings


@contextmanager
def kept_open(dagster_run_id: str = "") -> Iterator[None]:
    """Holds SQLite's files of all runs' events and of this run's open: writing an event then takes a third of the time.

    Dagster opens and closes them for each event, and who closes a file as the last one waits until the disk has it all.
    """
    folder = settings.state_dir() / "history" / "runs"
    with ExitStack() as stack:
        for file in (folder / "index.db", folder / f"{dagster_run_id}.db"):
            if file.exists():
                connection = stack.enter_context(closing(sqlite3.connect(file)))
                connection.execute("select count(*) from sqlite_master").fetchone()  # opens it
        yield
