"""Which experiments and runs are gone for good, told apart from those that may no longer be read.

An account that lost READ on an experiment sees neither it nor its runs, as if they had been deleted. So the experiments
that were ever listed are remembered, and while one of them exists, or may exist, and is not listed, a run that is absent
from the sweep counts as deleted only if the server, asked for it by its id, says that it does not exist. Servers that grant
nothing by default refuse that question for every unknown id: then such runs stay, which is the safe side.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from connectors.mlflow.client import RefusedError, TrackingClient
from connectors.mlflow.runs import experiment_pages, sweep
from connectors.stream import Census, Cursor

_log = logging.getLogger(__name__)

_QUESTIONS = 100
"""Ids in vain before a census stops asking: an experiment of thousands of runs was withdrawn, not one run of it."""


def gone_runs(client: TrackingClient, ids: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of the live runs those that no longer exist. No call unless an experiment is no longer listed.

    Runs of an experiment that may not be read any more, or that no pattern matches any more, stay as they landed.
    """
    swept = client.swept or sweep(client)
    client.swept = None
    state = cursor or {}
    lost = set(state.get("known_experiments", [])) - swept.experiments
    withdrawn = lost - set(_unknown(client, "experiments", "experiment_id", lost))
    absent = ids - swept.runs
    gone = frozenset(_unknown(client, "runs", "run_id", absent) if withdrawn else absent)
    return Census(gone, state | {"known_experiments": sorted(swept.experiments | withdrawn)} if lost else None)


def gone_experiments(client: TrackingClient, ids: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of the live experiments those that no longer exist. Costs a call for each that is not listed."""
    del cursor
    pages = experiment_pages(client, "experiments")
    listed = {str(record["experiment_id"]) for records, _ in pages for record in records}
    return Census(frozenset(_unknown(client, "experiments", "experiment_id", ids - listed)))


def _unknown(client: TrackingClient, stream: str, name: str, ids: Iterable[str]) -> Iterator[str]:
    """The ids that the server says do not exist."""
    asked = sorted(ids)
    random.shuffle(asked)  # so that after many questions in vain other nights reach other ids
    left = 0
    for one in asked:
        try:
            client.ask(stream, "GET", f"/api/2.0/mlflow/{stream}/get", {name: one})
            left += 1
        except RefusedError as error:
            if error.is_absent:
                yield one
            elif error.status == 403:
                left += 1
            else:
                raise
        if left >= _QUESTIONS:
            break
    if left:
        _log.warning(
            "mlflow %r: %s that are no longer listed may exist and stay as they landed (asked for %d); grant the hub's "
            "user READ on their experiments if they are to be read on",
            client.settings.name,
            stream,
            left,
        )
