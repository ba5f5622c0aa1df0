"""Which experiments and runs are gone for good. Absent from a sweep is not enough: an account that lost READ on an
experiment no longer sees it and its runs either. So each absent id is asked for, and only "does not exist" counts.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from connectors.mlflow.client import RefusedError, TrackingClient
from connectors.mlflow.runs import all_run_ids, experiment_pages
from connectors.stream import Census, Cursor

_log = logging.getLogger(__name__)

_REFUSALS = 100
"""Runs that may not be read before the census ends: an experiment of thousands was withdrawn, not one run of it."""


def gone_runs(client: TrackingClient, ids: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of the live runs those that no longer exist. Costs a call for each that the sweep did not show.

    Runs of an experiment that may not be read any more, or that no pattern matches any more, stay as they landed.
    """
    del cursor
    absent = ids - (client.swept_runs if client.swept_runs is not None else all_run_ids(client))
    client.swept_runs = None
    return Census(frozenset(_unknown(client, "runs", "run_id", absent)))


def gone_experiments(client: TrackingClient, ids: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of the live experiments those that no longer exist. Costs a call for each that is not listed."""
    del cursor
    listed = {
        str(record["experiment_id"]) for records, _ in experiment_pages(client, "experiments") for record in records
    }
    return Census(frozenset(_unknown(client, "experiments", "experiment_id", ids - listed)))


def _unknown(client: TrackingClient, stream: str, name: str, ids: Iterable[str]) -> Iterator[str]:
    """The ids that the server says do not exist."""
    asked = sorted(ids)
    random.shuffle(asked)  # so that after many refusals other nights reach other ids
    refused = 0
    for one in asked:
        try:
            client.ask(stream, "GET", f"/api/2.0/mlflow/{stream}/get", {name: one})
        except RefusedError as error:
            if error.is_absent:
                yield one
            elif error.status == 403:
                refused += 1
            else:
                raise
        if refused >= _REFUSALS:
            break
    if refused:
        _log.warning(
            "mlflow %r: %d %s may not be read any more and stay as they were; grant the hub's user READ, or exclude them",
            client.settings.name,
            refused,
            stream,
        )
