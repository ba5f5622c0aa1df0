"""What is read from MLflow, exactly as it sends it: NaN stays the text "NaN", infinity the largest double.

Experiments, registered models and versions have no cursor, since aliases and tags move no time stamp: they are read
whole. Streams that need more have modules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from connectors.mlflow.census import gone_experiments, gone_models, gone_runs, gone_versions
from connectors.mlflow.client import (
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    TrackingClient,
    number,
    pages,
    remembering,
    wanted,
)
from connectors.mlflow.logged_models import logged_models
from connectors.mlflow.metric_history import metric_history
from connectors.mlflow.runs import experiment_pages, run_id, runs, sweep_from
from connectors.mlflow.trace_days import trace_days
from connectors.stream import Cursor, Deletions, Page, Stream


def experiments(client: TrackingClient, cursor: Cursor | None) -> Iterator[Page]:
    """All wanted experiments, deleted ones too. Read whole: neither runs nor tags move an experiment's time stamp.

    The cursor holds their names, by which one is called that may no longer be read.
    """
    names: dict[str, str] = dict((cursor or {}).get("names", {}))
    for records, _ in experiment_pages(client, "experiments"):
        names |= {str(record["experiment_id"]): str(record.get("name")) for record in records}
        yield Page(records, {"names": dict(names)})


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


def _time(milliseconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(moment / 1000, UTC) if (moment := number(milliseconds)) else None
    except (ValueError, OverflowError, OSError):
        return None  # beyond any calendar


STREAMS: tuple[Stream[TrackingClient], ...] = (
    Stream(
        name="experiments",
        key=lambda record: str(record["experiment_id"]),
        updated_at=lambda record: _time(record.get("last_update_time")),
        read=experiments,
        deletions=Deletions.ASKED,
        calls="1 per 500 experiments, 1 per one that may no longer be read",
        census=gone_experiments,
    ),
    Stream(
        name="runs",
        key=run_id,
        updated_at=lambda run: _time(run["info"].get("end_time") or run["info"].get("start_time")),
        read=remembering(runs),
        deletions=Deletions.SWEEP,
        calls="5: the experiments, then started, ended, running and scheduled runs",
        census=gone_runs,
        sweep_from=sweep_from,
    ),
    Stream(
        name="registered_models",
        key=lambda record: str(record["name"]),
        updated_at=lambda record: _time(record.get("last_updated_timestamp")),
        read=registered_models,
        deletions=Deletions.ASKED,
        calls="1 per 500 models, 1 per one that may no longer be read",
        census=gone_models,
    ),
    Stream(
        name="model_versions",
        key=lambda record: f"{record['name']}/{record['version']}",
        updated_at=lambda record: _time(record.get("last_updated_timestamp")),
        read=model_versions,
        deletions=Deletions.ASKED,
        calls="1 per 500 versions",
        census=gone_versions,
    ),
    Stream(
        name="logged_models",
        key=lambda record: str(record["info"]["model_id"]),
        updated_at=lambda record: _time(record["info"].get("last_updated_timestamp_ms")),
        read=logged_models,
        deletions=Deletions.FULL_READ,
        calls="2: the experiments, then 1 per 500 logged models",
    ),
    Stream(
        name="metric_history",
        key=lambda record: f"{record['run_id']}/{record['key']}",
        updated_at=lambda record: _time(max((number(m.get("timestamp")) for m in record["metrics"]), default=0)),
        read=remembering(metric_history),
        deletions=Deletions.KEPT,
        calls="0 unless metric_history names some; then 5 as for runs, 1 per metric of 50 unfinished runs, and once a day "
        "1 per 500 runs",
    ),
    Stream(
        name="trace_days",
        key=lambda record: f"{record['experiment_id']}/{record['day']}",
        updated_at=lambda _record: None,
        read=remembering(trace_days),
        deletions=Deletions.KEPT,
        calls="2: the experiments, then 1 per 500 traces of the newest day, and of the last week once a day",
    ),
)
