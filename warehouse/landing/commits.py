"""What one commit of a landing table consists of, and how Delta is to keep it. Not here: which rows differ (table.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
from deltalake import ColumnProperties, DeltaTable, WriterProperties

from warehouse.landing.rows import CONTROL_ID, SCHEMA, batch, canonical, stamped

Cursor = dict[str, Any]

TICK = timedelta(microseconds=1)
"""Distance between the batches of a commit: no two versions of a record ever share a `synced_at`."""


CONFIGURATION: dict[str, str | None] = {
    # A build reads the files it has listed for minutes, a first sync holds a snapshot for hours: two days serve both.
    "delta.logRetentionDuration": "interval 2 days",
    "delta.deletedFileRetentionDuration": "interval 2 days",
    "delta.checkpointInterval": "50",
    # Payloads are never searched by their beginning; without this each log entry would quote them.
    "delta.dataSkippingStatsColumns": "id,synced_at",
}


def writing() -> WriterProperties:
    """How files are written: in row groups small enough to keep memory flat, each read by a thread of its own later."""
    return WriterProperties(
        max_row_group_size=8192,
        compression="ZSTD",
        compression_level=1,
        column_properties={"payload": ColumnProperties(dictionary_enabled=False, statistics_enabled="NONE")},
    )


def made(uri: str, storage_options: dict[str, str] | None) -> DeltaTable:
    """A new landing table without rows; raises DeltaError if there is one."""
    return DeltaTable.create(uri, SCHEMA, mode="error", configuration=CONFIGURATION, storage_options=storage_options)


@dataclass
class Clock:
    """The time stamp of a commit's batches, each a tick after the one before."""

    now: datetime


class Batches:
    """The batches of one commit, the control row last. Keeps an error of the rows' iterator: Delta passes on its text only."""

    def __init__(
        self,
        changes: Iterator[pa.RecordBatch],
        cursor: Cursor | None,
        number: int,
        clock: Clock,
        stamped_before: Iterable[pa.RecordBatch] = (),
    ) -> None:
        self._changes, self._cursor, self._number, self._clock = changes, cursor, number, clock
        self._stamped_before = stamped_before
        self.failure: Exception | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Rows of the landing table's schema."""
        try:
            yield from self._stamped_before
            for changes in self._changes:
                yield stamped(changes, self._clock.now)
                self._clock.now += TICK
            text = canonical({"cursor": self._cursor, "commit": self._number})
            yield stamped(batch([CONTROL_ID], [text], [None]), self._clock.now)
        except Exception as failure:
            self.failure = failure
            raise
