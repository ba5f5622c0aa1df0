"""What `hub check` says of an MLflow server: reachable, which version, and how much of it the patterns cover."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.mlflow.client import (
    EXPERIMENTS,
    LOGGED_MODELS,
    REGISTERED_MODELS,
    TRACES,
    RefusedError,
    TrackingClient,
    pages,
    wanted,
)
from connectors.stream import Finding, SourceError


def check(client: TrackingClient) -> Iterator[Finding]:
    """Findings on reachability, version, credentials and the patterns of experiments and models."""
    subject = f"mlflow {client.settings.name!r}"
    try:
        yield from _covered(client, subject)
        yield from _missing(client, subject)
    except SourceError as error:
        yield Finding("error", subject, error.cause, error.remedy)
        return
    try:
        version = client.send("check", "GET", "/version")[0].decode(errors="replace").strip()[:40]
        yield Finding("ok", subject, f"MLflow {version}")
    except SourceError as error:
        yield Finding(
            "warning", subject, f"the server does not tell its version: {error.cause}", "Nothing depends on it."
        )


def _covered(client: TrackingClient, subject: str) -> Iterator[Finding]:
    settings = client.settings
    for what, listing, query, patterns in (
        ("experiments", EXPERIMENTS, {"view_type": "ALL"}, settings.experiments),
        ("models", REGISTERED_MODELS, {}, settings.models),
    ):
        found = pages(client, "check", listing, query)
        names = [record["name"] for page, _ in found for record in page]
        matching = sum(wanted(name, patterns) for name in names)
        message = f"{matching} of {len(names)} {what} match {', '.join(patterns)}"
        if matching:
            yield Finding("ok", subject, message)
        else:
            remedy = f"Correct `{what}` in hub.toml, or grant the hub's user READ: it sees {len(names)} {what}."
            yield Finding("warning", subject, message, remedy)


def _missing(client: TrackingClient, subject: str) -> Iterator[Finding]:
    """What this server does not offer: it then brings none and nothing else suffers."""
    location = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}}
    for what, listing, query in (
        ("logged models", LOGGED_MODELS, {"experiment_ids": ["0"]}),
        ("traces", TRACES, {"locations": [location]}),
    ):
        try:
            next(pages(client, "check", listing, query | {"max_results": 1}))
        except RefusedError as error:
            if error.is_not_offered:
                yield Finding("warning", subject, f"the server offers no {what}", "They come with MLflow 3.")
