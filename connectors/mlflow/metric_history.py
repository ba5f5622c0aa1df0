"""Every value of the metrics named in the settings, not only the last one that a run shows.

Read only for runs in which one of these metrics may have changed. None are named by default: a training loop logs
thousands of values that nobody asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.mlflow.client import METRIC_VALUES, RefusedError, TrackingClient, number, pages, wanted
from connectors.mlflow.runs import is_unfinished, run_id, runs_of, wanted_experiments
from connectors.stream import Cursor, Page, Record

_RUNS_A_CALL = 50  # their ids stand in the address, which must stay below 4,094 characters
_VALUES_A_RUN = 2500  # beyond, the server samples


def metric_history(client: TrackingClient, cursor: Cursor | None) -> Iterator[Page]:
    """One record per run and wanted metric with all its values, of runs of the hot set and, once a day, of those of all
    runs whose last value was logged since the day before: monitoring writes into runs that ended long ago.

    Without a cursor, and with other metrics or experiments than last time, those of all runs. A value logged late with
    an old time stamp is seen by such a read alone.
    """
    metrics = list(client.settings.metric_history)
    if not metrics:
        return
    wanted_now: Cursor = {"metrics": metrics, "experiments": list(client.settings.experiments)}
    state: Cursor = cursor if cursor and cursor.items() >= wanted_now.items() else wanted_now
    ids, began = wanted_experiments(client, "metric_history")
    today = began.date().isoformat()
    # A sweep that broke off goes on; a new day begins one; else the hot set is read.
    is_broken_off = "resume" in state.get("runs", {})
    is_sweep = is_broken_off or state.get("swept_on") != today
    since: int | None = state.get("changed_since") if is_sweep else None
    within = state["runs"] if is_broken_off or not is_sweep else None
    for page in runs_of(client, ids, began, within, stream="metric_history"):
        changed = [run for run in page.records if since is None or _may_have_changed(run, since, metrics)]
        for records in _histories(client, changed, metrics):
            yield Page(records, state)
        state = state | {"runs": page.cursor, "newest": max([state.get("newest", 0), *_moments(page.records, metrics)])}
        if is_sweep and "resume" not in page.cursor:
            # Of the clock and the newest value the earlier one: runs may be handed in late, or by a clock behind.
            state |= {"swept_on": today, "changed_since": min(page.cursor["since"], state["newest"])}
        yield Page([], state)


def _may_have_changed(run: Record, since: int, metrics: list[str]) -> bool:
    info = run["info"]
    moments = [info.get("start_time"), info.get("end_time"), *(m.get("timestamp") for m in _of(run, metrics))]
    return is_unfinished(run) or any(number(moment) >= since for moment in moments)


def _moments(runs: list[Record], metrics: list[str]) -> Iterator[int]:
    """When the last values of the wanted metrics were logged."""
    return (number(metric.get("timestamp")) for run in runs for metric in _of(run, metrics))


def _of(run: Record, metrics: list[str]) -> list[Record]:
    """The wanted metrics of a run with their last values."""
    data = run.get("data")
    logged = data.get("metrics") if isinstance(data, dict) else None
    return [m for m in logged if wanted(m.get("key"), tuple(metrics))] if isinstance(logged, list) else []


def _histories(client: TrackingClient, changed: list[Record], metrics: list[str]) -> Iterator[list[Record]]:
    """The records of these runs, in pages of one metric of fifty runs."""
    runs_of: dict[str, list[str]] = {}
    for run in changed:
        for metric in _of(run, metrics):
            runs_of.setdefault(str(metric.get("key")), []).append(run_id(run))
    for key, ids in sorted(runs_of.items()):
        for first in range(0, len(ids), _RUNS_A_CALL):
            part = ids[first : first + _RUNS_A_CALL]
            values = _sampled(client, key, part)
            for one in part:
                if len(values.get(one, [])) not in range(1, _VALUES_A_RUN):
                    values[one] = _whole(client, key, one)
            yield [{"run_id": one, "key": key, "metrics": values[one]} for one in part]


def _sampled(client: TrackingClient, key: str, ids: list[str]) -> dict[str, list[Record]]:
    """The values of several runs, in one call; nothing from a server that is too old for it."""
    query: dict[str, Any] = {"run_ids": ids, "metric_key": key, "max_results": _VALUES_A_RUN}
    try:
        content, _ = client.ask("metric_history", "GET", "/api/2.0/mlflow/metrics/get-history-bulk-interval", query)
    except RefusedError as error:
        if not error.is_not_offered:
            raise
        return {}
    values: dict[str, list[Record]] = {}
    for value in content.get("metrics", []):
        values.setdefault(value.pop("run_id"), []).append(value)
    return values


def _whole(client: TrackingClient, key: str, one: str) -> list[Record]:
    """All values of one run, in pages."""
    query = {"run_id": one, "metric_key": key}
    try:
        values = [value for records, _ in pages(client, "metric_history", METRIC_VALUES, query) for value in records]
    except RefusedError as error:
        if not error.is_absent:
            raise
        return []  # deleted for good since the runs were listed
    return sorted(values, key=lambda value: (number(value.get("step")), number(value.get("timestamp"))))
