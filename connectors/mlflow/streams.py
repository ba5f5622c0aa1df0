"""What is read from MLflow, exactly as it sends it: NaN stays the text "NaN", infinity the largest double.

MLflow has no true incremental read: metrics, tags and deletions of a finished run move no time stamp. So runs have a
hot set, read every time, and a complete sweep, which a read without a cursor is. Registered models and versions have
no cursor at all, since aliases and tags move nothing either: they are read whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.mlflow.client import (
    EXPERIMENTS,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    TrackingClient,
    pages,
    wanted,
)
from connectors.stream import Cursor, Deletions, Page, Record, Stream

OVERLAP = timedelta(minutes=90)
"""Start and end times are set by the clocks of whoever runs the training: one may be an hour off."""

_EXPERIMENTS_A_SEARCH = 500  # keeps the request and the server's query small
_RUNS_A_SEARCH = 100  # ids in one filter
_BY_START = ["attributes.start_time ASC"]  # tokens are offsets: only an order in which nothing moves loses nothing


def experiments(client: TrackingClient, cursor: Cursor | None) -> Iterator[Page]:
    """All wanted experiments, deleted ones too. Read whole: neither runs nor tags move an experiment's time stamp."""
    del cursor
    for records, _ in _experiment_pages(client, "experiments"):
        yield Page(records, {})


def runs(client: TrackingClient, cursor: Cursor | None) -> Iterator[Page]:
    """Runs of the wanted experiments, deleted ones too.

    Without a cursor all of them, oldest first, with a cursor to resume from after each page. With one the hot set:
    started or ended since, still unfinished, or unfinished when last seen. Other patterns than last time: all again.
    """
    began: datetime | None = None
    ids: list[str] = []
    for records, at in _experiment_pages(client, "runs"):
        began = began or at
        ids += [record["experiment_id"] for record in records]
    began = began or datetime.now(UTC)
    patterns = list(client.settings.experiments)
    if cursor is None or cursor.get("patterns") != patterns:
        yield from _sweep(client, ids, {"since": _milliseconds(began - OVERLAP), "patterns": patterns}, None)
    elif "resume" in cursor:
        yield from _sweep(client, ids, {"since": cursor["since"], "patterns": patterns}, cursor)
    else:
        yield _hot_set(client, ids, cursor, _milliseconds(began - OVERLAP))


def registered_models(client: TrackingClient, cursor: Cursor | None) -> Iterator[Page]:
    """All wanted registered models with aliases and tags. No cursor: an alias that moves leaves no time stamp."""
    del cursor
    query = {"order_by": ["name ASC"]}
    for records, _ in pages(client, "registered_models", REGISTERED_MODELS, query):
        yield Page([record for record in records if wanted(record["name"], client.settings.models)], {})


def model_versions(client: TrackingClient, cursor: Cursor | None) -> Iterator[Page]:
    """All versions of the wanted models. Aliases are not in them: they are the registered models'. No cursor."""
    del cursor
    query = {"order_by": ["name ASC", "version_number ASC"]}
    for records, _ in pages(client, "model_versions", MODEL_VERSIONS, query):
        yield Page([record for record in records if wanted(record["name"], client.settings.models)], {})


def _experiment_pages(client: TrackingClient, stream: str) -> Iterator[tuple[list[Record], datetime]]:
    query = {"view_type": "ALL", "order_by": ["experiment_id ASC"]}
    for records, at in pages(client, stream, EXPERIMENTS, query):
        yield [record for record in records if wanted(record["name"], client.settings.experiments)], at


def _searched(client: TrackingClient, experiment_ids: list[str], condition: str) -> Iterator[list[Record]]:
    for first in range(0, len(experiment_ids), _EXPERIMENTS_A_SEARCH):
        query = {
            "experiment_ids": experiment_ids[first : first + _EXPERIMENTS_A_SEARCH],
            "filter": condition,
            "run_view_type": "ALL",
            "order_by": _BY_START,
        }
        for records, _ in pages(client, "runs", RUNS, query):
            yield records


def _sweep(client: TrackingClient, ids: list[str], cursor: Cursor, interrupted: Cursor | None) -> Iterator[Page]:
    """Every run, group after group of experiments. `interrupted` is the cursor of a sweep that did not end."""
    unfinished: set[str] = set(interrupted["unfinished"]) if interrupted else set()
    done = interrupted["resume"] if interrupted else {"experiments": [], "start_time": 0}
    swept: list[str] = done["experiments"]
    open_ids = [experiment_id for experiment_id in ids if experiment_id not in set(swept)]
    start = done["start_time"]
    for first in range(0, len(open_ids), _EXPERIMENTS_A_SEARCH):
        group = open_ids[first : first + _EXPERIMENTS_A_SEARCH]
        condition = f"attributes.start_time >= {start}" if start else ""
        for records in _searched(client, group, condition):
            unfinished |= {_run_id(run) for run in records if _is_unfinished(run)}
            start = records[-1]["info"].get("start_time", start) if records else start
            resume = {"experiments": swept, "start_time": start}
            yield Page(records, cursor | {"unfinished": sorted(unfinished), "resume": resume})
        swept, start = [*swept, *group], 0
    yield Page([], cursor | {"unfinished": sorted(unfinished)})


def _hot_set(client: TrackingClient, ids: list[str], cursor: Cursor, next_since: int) -> Page:
    found: dict[str, Record] = {}
    since = cursor["since"]
    conditions = [
        f"attributes.start_time >= {since}",
        f"attributes.end_time >= {since}",
        "attributes.status = 'RUNNING'",
        "attributes.status = 'SCHEDULED'",
    ]
    for condition in conditions:
        for records in _searched(client, ids, condition):
            found |= {_run_id(run): run for run in records}
    # Unfinished when last seen and in no list now: ended with an end time long past or with none. Or gone for good.
    missing = sorted(set(cursor["unfinished"]) - found.keys())
    for first in range(0, len(missing), _RUNS_A_SEARCH):
        names = ", ".join(f"'{run_id}'" for run_id in missing[first : first + _RUNS_A_SEARCH])
        for records in _searched(client, ids, f"attributes.run_id IN ({names})"):
            found |= {_run_id(run): run for run in records}
    unfinished = sorted(run_id for run_id, run in found.items() if _is_unfinished(run))
    changed = {"since": next_since, "unfinished": unfinished}
    return Page(list(found.values()), cursor | changed)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _time(milliseconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) if milliseconds else None


def _run_id(run: Record) -> str:
    run_id: str = run["info"]["run_id"]
    return run_id


def _is_unfinished(run: Record) -> bool:
    return run["info"].get("status") in {"RUNNING", "SCHEDULED"}


STREAMS: tuple[Stream[TrackingClient], ...] = (
    Stream(
        name="experiments",
        key=lambda record: str(record["experiment_id"]),
        updated_at=lambda record: _time(record.get("last_update_time")),
        read=experiments,
        deletions=Deletions.SWEEP,
        calls="1 per 1,000 experiments",
    ),
    Stream(
        name="runs",
        key=_run_id,
        updated_at=lambda run: _time(run["info"].get("end_time") or run["info"].get("start_time")),
        read=runs,
        deletions=Deletions.SWEEP,
        calls="5: the experiments, then started, ended, running and scheduled runs",
    ),
    Stream(
        name="registered_models",
        key=lambda record: str(record["name"]),
        updated_at=lambda record: _time(record.get("last_updated_timestamp")),
        read=registered_models,
        deletions=Deletions.FULL_READ,
        calls="1 per 1,000 models",
    ),
    Stream(
        name="model_versions",
        key=lambda record: f"{record['name']}/{record['version']}",
        updated_at=lambda record: _time(record.get("last_updated_timestamp")),
        read=model_versions,
        deletions=Deletions.FULL_READ,
        calls="1 per 1,000 versions",
    ),
)
