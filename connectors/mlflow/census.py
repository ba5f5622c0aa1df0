"""Which experiments, runs, registered models and versions are gone for good, told apart from those that may no longer be read.

An account that lost READ on an experiment sees neither it nor its runs, as if they had been deleted. So the experiments
that were ever listed are remembered, and while one of them exists, or may exist, and is not listed, a run that is absent
from the sweep counts as deleted only if the server, asked for it by its id, says that it does not exist. Servers that grant
nothing by default refuse that question for every unknown id: then such runs stay, which is the safe side. Nothing else the
server says tells the two apart: a deletion and a withdrawal both end with no permission left, and only people know which it was.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Literal

from connectors.mlflow.client import RefusedError, TrackingClient, wanted
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


def gone_models(client: TrackingClient, absent: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of registered models that a whole read did not list those that no longer exist or are no longer asked for."""
    del cursor
    unwanted = {name for name in absent if not wanted(name, client.settings.models)}
    return Census(frozenset(unwanted | set(_unknown(client, "registered-models", "name", absent - unwanted))))


def gone_versions(client: TrackingClient, absent: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of versions ("model/number") that a whole read did not list all but those of models that may no longer be read."""
    del cursor
    models = {name for one in absent if wanted(name := one.rpartition("/")[0], client.settings.models)}
    hidden = {name for name, answer in _answers(client, "registered-models", "name", models) if answer == "hidden"}
    return Census(frozenset(one for one in absent if one.rpartition("/")[0] not in hidden))


def _unknown(client: TrackingClient, what: str, name: str, ids: Iterable[str]) -> Iterator[str]:
    """The ids that the server says do not exist."""
    return (one for one, answer in _answers(client, what, name, ids) if answer == "absent")


def _answers(
    client: TrackingClient, what: str, name: str, ids: Iterable[str]
) -> Iterator[tuple[str, Literal["absent", "hidden", "there"]]]:
    """What the server says of each id, until it has said in vain of a hundred that they exist or may not be read."""
    asked = sorted(ids)
    random.shuffle(asked)  # so that after many questions in vain other nights reach other ids
    left = 0
    for one in asked:
        answer: Literal["absent", "hidden", "there"] = "there"
        try:
            client.ask(what, "GET", f"/api/2.0/mlflow/{what}/get", {name: one})
        except RefusedError as error:
            if not error.is_absent and error.status != 403:
                raise
            answer = "absent" if error.is_absent else "hidden"
        yield one, answer
        left += answer != "absent"
        if left >= _QUESTIONS:
            break
    if left:
        _log.warning(
            "mlflow %r: %s that are no longer listed may exist and stay as they landed (asked for %d); grant the hub's "
            "user READ on them if they are to be read on%s",
            client.settings.name,
            what,
            left,
            # Absent from a whole read, these are deleted where somebody says so; runs and experiments go by the server alone.
            "; if they were deleted, run hub sync mlflow --confirm-shrink once" if what == "registered-models" else "",
        )
