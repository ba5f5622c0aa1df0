"""Runs, which MLflow does not list incrementally: metrics, tags and deletions of a finished run move no time stamp.

So there is a hot set, read every time, and a complete sweep, which a read without a cursor is. Not here: what it means that
a run is absent from a sweep (census.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connectors.mlflow.client import EXPERIMENTS, RUNS, Sweep, TrackingClient, number, pages, wanted
from connectors.stream import Cursor, Page, Record

OVERLAP = timedelta(minutes=90)
"""Start and end times are set by the clocks of whoever runs the training: one may be an hour off."""

EXPERIMENTS_A_SEARCH = 500  # keeps the request and the server's query small
_RUNS_A_SEARCH = 100  # ids in one filter
_BY_START = ["attributes.start_time ASC"]  # tokens are offsets: only an order in which nothing moves loses nothing


def runs(client: TrackingClient, cursor: Cursor | None) -> Iterator[Page]:
    """Runs of the wanted experiments, deleted ones too.

    Without a cursor all of them, oldest first, with a cursor to resume from after each page. With one the hot set:
    started or ended since, still unfinished, or unfinished when last seen. Other patterns than last time: all again.
    """
    ids, began = wanted_experiments(client, "runs")
    is_sweep = cursor is None or cursor.get("patterns") != list(client.settings.experiments)
    known = {"known_experiments": sorted({*(cursor or {}).get("known_experiments", []), *ids})}
    seen: set[str] = set()
    for page in runs_of(client, ids, began, cursor, stream="runs"):
        if is_sweep:
            seen |= {run_id(run) for run in page.records}
        # Partial: which of the absent ones are gone, the census finds out.
        yield replace(page, cursor=page.cursor | known, is_partial=True)
    client.swept = Sweep(set(ids), seen) if is_sweep else None


def sweep_from(cursor: Cursor) -> Cursor:
    """What a sweep takes over: the experiments ever listed."""
    return {name: cursor[name] for name in ("known_experiments",) if name in cursor}


def sweep(client: TrackingClient) -> Sweep:
    """The ids of all runs of the wanted experiments, by a read of their own."""
    ids, began = wanted_experiments(client, "runs")
    pages_of_runs = runs_of(client, ids, began, None, stream="runs")
    return Sweep(set(ids), {run_id(run) for page in pages_of_runs for run in page.records})


def runs_of(
    client: TrackingClient, ids: list[str], began: datetime, cursor: Cursor | None, *, stream: str
) -> Iterator[Page]:
    """The pages of `runs` for experiments already listed; `stream` is named in errors."""
    patterns = list(client.settings.experiments)
    since = milliseconds(began - OVERLAP)
    if cursor is None or cursor.get("patterns") != patterns:
        yield from _sweep(client, ids, {"since": since, "patterns": patterns}, None, stream=stream)
    elif "resume" in cursor:
        yield from _sweep(client, ids, {"since": cursor["since"], "patterns": patterns}, cursor, stream=stream)
    else:
        yield _hot_set(client, ids, cursor, since, stream=stream)


def experiment_pages(client: TrackingClient, stream: str) -> Iterator[tuple[list[Record], datetime]]:
    """The wanted experiments, deleted ones too, in pages with the server's time."""
    query = {"view_type": "ALL", "order_by": ["experiment_id ASC"]}
    for records, at in pages(client, stream, EXPERIMENTS, query):
        yield [record for record in records if wanted(record.get("name"), client.settings.experiments)], at


def wanted_experiments(client: TrackingClient, stream: str) -> tuple[list[str], datetime]:
    """The ids of the wanted experiments, deleted ones too, and the server's time when it was asked for them."""
    began: datetime | None = None
    ids: list[str] = []
    for records, at in experiment_pages(client, stream):
        began = began or at
        ids += [record["experiment_id"] for record in records]
    return ids, began or datetime.now(UTC)


def _searched(
    client: TrackingClient, experiment_ids: list[str], condition: str, *, stream: str
) -> Iterator[list[Record]]:
    for first in range(0, len(experiment_ids), EXPERIMENTS_A_SEARCH):
        query = {
            "experiment_ids": experiment_ids[first : first + EXPERIMENTS_A_SEARCH],
            "filter": condition,
            "run_view_type": "ALL",
            "order_by": _BY_START,
        }
        for records, _ in pages(client, stream, RUNS, query):
            yield records


def _sweep(
    client: TrackingClient, ids: list[str], cursor: Cursor, interrupted: Cursor | None, *, stream: str
) -> Iterator[Page]:
    """Every run, group after group of experiments. `interrupted` is the cursor of a sweep that did not end."""
    unfinished: set[str] = set(interrupted["unfinished"]) if interrupted else set()
    done = interrupted["resume"] if interrupted else {"experiments": [], "start_time": 0}
    swept: list[str] = done["experiments"]
    open_ids = [experiment_id for experiment_id in ids if experiment_id not in set(swept)]
    start = done["start_time"]
    for first in range(0, len(open_ids), EXPERIMENTS_A_SEARCH):
        group = open_ids[first : first + EXPERIMENTS_A_SEARCH]
        condition = f"attributes.start_time >= {start}" if start else ""
        for records in _searched(client, group, condition, stream=stream):
            unfinished |= {run_id(run) for run in records if is_unfinished(run)}
            start = (number(records[-1]["info"].get("start_time")) if records else 0) or start
            resume = {"experiments": swept, "start_time": start}
            yield Page(records, cursor | {"unfinished": sorted(unfinished), "resume": resume})
        swept, start = [*swept, *group], 0
    yield Page([], cursor | {"unfinished": sorted(unfinished)})


def _hot_set(client: TrackingClient, ids: list[str], cursor: Cursor, next_since: int, *, stream: str) -> Page:
    found: dict[str, Record] = {}
    since = cursor["since"]
    conditions = [
        f"attributes.start_time >= {since}",
        f"attributes.end_time >= {since}",
        "attributes.status = 'RUNNING'",
        "attributes.status = 'SCHEDULED'",
    ]
    for condition in conditions:
        for records in _searched(client, ids, condition, stream=stream):
            found |= {run_id(run): run for run in records}
    # Unfinished when last seen and in no list now: ended with an end time long past or with none. Or gone for good.
    missing = sorted(set(cursor["unfinished"]) - found.keys())
    for first in range(0, len(missing), _RUNS_A_SEARCH):
        names = ", ".join(f"'{run_id}'" for run_id in missing[first : first + _RUNS_A_SEARCH])
        for records in _searched(client, ids, f"attributes.run_id IN ({names})", stream=stream):
            found |= {run_id(run): run for run in records}
    unfinished = sorted(run_id for run_id, run in found.items() if is_unfinished(run))
    changed = {"since": next_since, "unfinished": unfinished}
    return Page(list(found.values()), cursor | changed)


def milliseconds(moment: datetime) -> int:
    """A moment as MLflow counts it: since 1970."""
    return int(moment.timestamp() * 1000)


def run_id(run: Record) -> str:
    """The id of a run's record."""
    mlflow_run_id: str = run["info"]["run_id"]
    return mlflow_run_id


def is_unfinished(run: Record) -> bool:
    """Whether a run may still log and end."""
    return run["info"].get("status") in ("RUNNING", "SCHEDULED")  # it may be of any type
