"""Which experiments, runs, registered models and versions are gone for good, told apart from those that may no longer be read.

An account that lost READ on an experiment sees neither it nor its runs, as if they had been deleted. So the experiments
that were ever listed are remembered, and while one of them exists, or may exist, and is not listed, a run that is absent
from the sweep counts as deleted only if the server, asked for it by its id, says that it does not exist. Servers that grant
nothing by default refuse that question for every unknown id, and MLflow's own basic-auth for every unknown run: then such runs
stay until nothing is hidden any more or somebody confirms, which is the safe side. Nothing else the
server says tells the two apart: a deletion and a withdrawal both end with no permission left, and only people know which it was.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Literal

from connectors.mlflow.client import RefusedError, TrackingClient, wanted
from connectors.mlflow.runs import sweep
from connectors.stream import Census, Cursor, SourceError

_log = logging.getLogger(__name__)

_QUESTIONS = 100
"""Ids in vain before a census stops asking: an experiment of thousands of runs was withdrawn, not one run of it."""

_NAMED = 10  # in one error


def gone_runs(client: TrackingClient, ids: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of the live runs those that no longer exist. No call unless an experiment is no longer listed.

    Runs of an experiment that may not be read any more, or that no pattern matches any more, stay as they landed.
    """
    swept = client.swept or sweep(client)
    client.swept = None
    state = cursor or {}
    known = set(state.get("known_experiments", []))
    away = withdrawn(client, known, swept.experiments)
    absent = ids - swept.runs
    gone = frozenset(_unknown(client, "runs", "run_id", absent) if away else absent)
    is_news = bool(known - swept.experiments)
    return Census(gone, state | {"known_experiments": sorted(swept.experiments | away)} if is_news else None)


def withdrawn(client: TrackingClient, known: AbstractSet[str], listed: AbstractSet[str]) -> set[str]:
    """Of the experiments once listed those that are not listed any more and that the server does not say are gone."""
    lost = known - listed
    return set(lost - set(_unknown(client, "experiments", "experiment_id", lost)))


def gone_experiments(client: TrackingClient, absent: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of the experiments that a whole read did not list those that no longer exist; those that may not be read are told.

    One that no pattern matches any more was not deleted: it stays, and nobody is asked for it.
    """
    state = cursor or {}
    names: dict[str, str] = state.get("names", {})
    asked = {one for one in absent if one not in names or wanted(names[one], client.settings.experiments)}
    answers = dict(_answers(client, "experiments", "experiment_id", asked))
    gone = frozenset(one for one, answer in answers.items() if answer == "absent")
    left = {one: name for one, name in names.items() if one not in gone}
    hidden = [f"{names.get(one, '')!r} ({one})" for one, answer in answers.items() if answer == "hidden"]
    kept = "it stays as it landed, its runs and logged models too"
    return Census(gone, {"names": left} if gone else None, _hidden(client, "experiments", hidden, kept))


def gone_models(client: TrackingClient, absent: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of registered models that a whole read did not list those that no longer exist or are no longer asked for."""
    del cursor
    unwanted = {name for name in absent if not wanted(name, client.settings.models)}
    answers = dict(_answers(client, "registered-models", "name", absent - unwanted))
    gone = {name for name, answer in answers.items() if answer == "absent"}
    hidden = [repr(name) for name, answer in answers.items() if answer == "hidden"]
    kept = "it stays as it landed, its versions too"
    return Census(frozenset(unwanted | gone), hidden=_hidden(client, "registered_models", hidden, kept))


def gone_versions(client: TrackingClient, absent: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of versions ("model/number") that a whole read did not list all but those of models that may no longer be read."""
    del cursor
    models = {name for one in absent if wanted(name := one.rpartition("/")[0], client.settings.models)}
    hidden = {name for name, answer in _answers(client, "registered-models", "name", models) if answer == "hidden"}
    return Census(frozenset(one for one in absent if one.rpartition("/")[0] not in hidden))


def _hidden(client: TrackingClient, stream: str, names: list[str], kept: str) -> SourceError | None:
    """What to say of things that the server no longer lists and refuses to show."""
    if not names:
        return None
    shown = ", ".join(sorted(names)[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return SourceError(
        "mlflow",
        client.settings.name,
        stream,
        f"{shown} may no longer be read (403): {kept}",
        "Grant the hub's user READ on it again; if it was deleted, run hub sync mlflow --full --census --confirm-shrink once.",
    )


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
        if (what, one) not in client.answers:
            client.answers[what, one] = _answer(client, what, name, one)
        answer = client.answers[what, one]
        yield one, answer
        left += answer != "absent"
        if left >= _QUESTIONS:
            break
    if left:
        _log.warning(
            "mlflow %r: %s that are no longer listed may exist and stay as they landed (asked for %d); grant the hub's "
            "user READ on them if they are to be read on",
            client.settings.name,
            what,
            left,
        )


def _answer(client: TrackingClient, what: str, name: str, one: str) -> Literal["absent", "hidden", "there"]:
    try:
        client.ask(what, "GET", f"/api/2.0/mlflow/{what}/get", {name: one})
    except RefusedError as error:
        if not error.is_absent and error.status != 403:
            raise
        return "absent" if error.is_absent else "hidden"
    return "there"
