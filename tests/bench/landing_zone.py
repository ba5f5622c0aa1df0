"""A landing zone of any size: the sandbox's small program as it lands by HTTP, and beside it records by the hundred thousand.

So every SQL model has something to do: initiatives, sprints, budgets and the like are the story's, the masses are made up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson

from connectors.sandbox import github, jira, sheets, story
from connectors.sandbox.server import Sandbox, Server
from pipelines import settings, sources, sync
from tests.bench import documents
from warehouse import landing

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
YEARS, LINES = 5, 40
"""Years of monthly budget, and budget lines of each month."""

RUNS_A_VERSION = 20
AT_ONCE = 5_000


def fill(folder: Path, records: int) -> landing.Zone:
    """Lands the story, then `records` issues with 7 changes each, half as many pull requests with 3 reviews each, runs and budgets.

    Of every twenty runs one became a version of a registered model.
    """
    zone = landing.Zone(folder)
    _land_story(zone)
    masses = (
        ("jira_issues", documents.issue, records, lambda record: record["id"]),
        ("github_pull_requests", documents.pull_request, records // 2, lambda record: record["id"]),
        ("mlflow_runs", documents.run, records, lambda record: record["info"]["run_id"]),
    )
    for name, kind, count, key in masses:
        table = zone.open("bench", name)
        for first in range(0, count, AT_ONCE):
            made = map(orjson.loads, documents.records(kind, first, min(first + AT_ONCE, count)))
            table.append([landing.Row(key(one), one) for one in made], cursor=None, synced_at=NOW)
    _land_registry(zone, records)
    experiment = {"experiment_id": "1", "name": "demand", "lifecycle_stage": "active", "creation_time": 1}
    zone.open("bench", "mlflow_experiments").append([landing.Row("1", experiment)], cursor=None, synced_at=NOW)
    budget = zone.open("bench", "sheets_budget")
    budget.append([landing.Row(row["key"], row) for row in _budget(budget)], cursor=None, synced_at=NOW)
    return zone


def _land_registry(zone: landing.Zone, runs: int) -> None:
    """A version from every twentieth run, and as many models as these are of."""
    versions = [
        documents.model_version(number, orjson.loads(documents.records(documents.run, first, first + 1)[0]))
        for number, first in enumerate(range(0, runs, RUNS_A_VERSION))
    ]
    zone.open("bench", "mlflow_model_versions").append(
        [landing.Row(f"{one['name']}/{one['version']}", one) for one in versions], cursor=None, synced_at=NOW
    )
    models = map(documents.registered_model, range(len({one["name"] for one in versions})))
    zone.open("bench", "mlflow_registered_models").append(
        [landing.Row(one["name"], one) for one in models], cursor=None, synced_at=NOW
    )


def _land_story(zone: landing.Zone) -> None:
    os.environ["BENCH_TOKEN"] = "any"
    shown = settings.load(settings.CHECKOUT / "hub.toml")
    sandbox = Sandbox(story.tell(NOW), NOW)
    apps = {"jira": jira.app(sandbox), "github": github.app(sandbox), "sheets": sheets.app(sandbox)}
    for source, app in apps.items():
        (given,) = getattr(shown, source)
        with Server(app, sandbox) as server:
            url = f"{server.url}/api/v3" if source == "github" else server.url
            token = {} if source == "sheets" else {"token": settings.Secret("BENCH_TOKEN")}
            instance = given.model_copy(update={"name": "bench", "url": url, **token})
            for result in sync.sync_instance(source, instance, sources.STREAMS[source], zone, synced_at=NOW):
                if result.error:
                    raise SystemExit(result.error)


def _budget(landed: landing.Table) -> Iterator[dict[str, Any]]:
    """Five years of the story's first budget row, line by line and month by month."""
    with duckdb.connect() as connection:
        source = landed.scan(connection, "payload")
        ((text,),) = connection.execute(
            f"select payload from {source} where payload like '%\"typed\"%' order by id limit 1"
        ).fetchall()
    for month in range(12 * YEARS):
        first_day = f"{2022 + month // 12}-{1 + month % 12:02d}-01"
        for line in range(LINES):
            row = orjson.loads(text)
            row["key"] = f"X-{line} / {first_day[:7]}"
            row["typed"] |= {"line_id": f"X-{line}", "month": first_day, "planned": 1000.0 + line, "actual": 990.0}
            yield row
