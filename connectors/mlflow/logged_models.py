"""Models as runs log them (MLflow 3), before anybody registers one: with parameters, tags and metrics per data set.

Not here: registered models and their versions (streams.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.mlflow.client import LOGGED_MODELS, RefusedError, TrackingClient, pages
from connectors.mlflow.runs import EXPERIMENTS_A_SEARCH, wanted_experiments
from connectors.stream import Cursor, Page


def logged_models(client: TrackingClient, cursor: Cursor | None) -> Iterator[Page]:
    """All logged models of the wanted experiments, read whole: the server lists no deleted ones, so absent means deleted.

    A server without them (before MLflow 3) brings nothing and counts as one on which nothing changed.
    """
    del cursor
    ids, _ = wanted_experiments(client, "logged_models")
    for first in range(0, len(ids), EXPERIMENTS_A_SEARCH):
        query = {
            "experiment_ids": ids[first : first + EXPERIMENTS_A_SEARCH],
            "order_by": [{"field_name": "creation_timestamp", "ascending": True}],
        }
        try:
            for records, _ in pages(client, "logged_models", LOGGED_MODELS, query):
                yield Page(records, {})
        except RefusedError as error:
            if not error.is_not_offered:
                raise
            return
