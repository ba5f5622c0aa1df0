"""Models as runs log them (MLflow 3), before anybody registers one: with parameters, tags and metrics per data set.

Not here: registered models and their versions (streams.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.mlflow.census import withdrawn
from connectors.mlflow.client import LOGGED_MODELS, RefusedError, TrackingClient, pages
from connectors.mlflow.runs import EXPERIMENTS_A_SEARCH, wanted_experiments
from connectors.stream import Cursor, Page


def logged_models(client: TrackingClient, cursor: Cursor | None) -> Iterator[Page]:
    """All logged models of the wanted experiments, read whole: the server lists no deleted ones, so absent means deleted.

    Not while an experiment of theirs may no longer be read: then nothing counts as deleted. A server without logged models
    (before MLflow 3) brings nothing and counts as one on which nothing changed.
    """
    ids, _ = wanted_experiments(client, "logged_models")
    away = withdrawn(client, set((cursor or {}).get("known_experiments", [])), set(ids))
    state: Cursor = {"known_experiments": sorted({*ids, *away})}
    for first in range(0, len(ids), EXPERIMENTS_A_SEARCH):
        query = {
            "experiment_ids": ids[first : first + EXPERIMENTS_A_SEARCH],
            "order_by": [{"field_name": "creation_timestamp", "ascending": True}],
        }
        try:
            for records, _ in pages(client, "logged_models", LOGGED_MODELS, query):
                yield Page(records, state, is_partial=bool(away))
        except RefusedError as error:
            if not error.is_not_offered:
                raise
            return
