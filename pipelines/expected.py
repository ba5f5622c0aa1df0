"""How long a sync run is going to take: what earlier runs of the same kind took, and while it runs its own rate.

Not here: the rate itself (sync.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import dagster as dg

from pipelines.sync import Result

SECONDS, KIND = "seconds", "kind of read"
"""Names under which a materialization keeps what the next run goes by."""

_RUNS = 5
_LOGGED_EVERY_SECONDS = 30.0


def of_earlier_runs(instance: dg.DagsterInstance, key: dg.AssetKey, kind: str) -> float | None:
    """The median seconds of the last five runs that read this stream in the same way; None if none is known."""
    found = instance.fetch_materializations(key, limit=_RUNS).records
    taken = [
        float(metadata[SECONDS])
        for record in found
        if record.asset_materialization
        and (metadata := _values(record.asset_materialization.metadata)).get(KIND) == kind
    ]
    return median(taken) if taken else None


def _values(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.value for name, value in metadata.items()}


def told(
    log: Callable[[str], None], clock: Callable[[], float] = time.monotonic
) -> Callable[[Result, int | None], None]:
    """Tells a run's log twice a minute how far each read is: calls made, budget left, expected time. Safe across threads."""
    last: dict[tuple[str, str], float] = {}
    lock = threading.Lock()

    def progress(result: Result, total: int | None) -> None:
        with lock:
            now, stream = clock(), (result.instance, result.stream)
            if now - last.setdefault(stream, now) < _LOGGED_EVERY_SECONDS:
                return
            last[stream] = now
        of_all = f" of {total:,}" if total else ""
        left = "" if result.calls_left is None else f", {result.calls_left:,} left"
        expected = "unknown" if result.expected_seconds is None else f"{result.expected_seconds:,.0f} s in all"
        log(
            f"{result.instance}, {result.stream}: {result.record_count:,}{of_all} records after {result.seconds:,.0f} s,"
            f" {result.calls:,} calls{left}; expected time {expected}"
        )

    return progress
