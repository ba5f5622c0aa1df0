"""The four sources played on loopback, and the real clients that read them without waiting. Imported by tests only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, jsonify, request

from connectors import github, jira, mlflow, sheets
from connectors.jira import JiraClient
from connectors.patience import Patience
from connectors.sandbox import github as github_sandbox
from connectors.sandbox import jira as jira_sandbox
from connectors.sandbox import sheets as sheets_sandbox
from connectors.sandbox.program import PullRequest, Repository, SheetVersion, Tab
from connectors.sandbox.server import Sandbox
from connectors.stream import Stream
from pipelines import sync
from tests.connectors.jira import small_program
from warehouse import landing

NOW = small_program.NOW
SECRET = "s3cr3t-of-the-source"
SOURCES = ("jira", "github", "mlflow", "sheets")


def program() -> Any:
    """Something to read for each source."""
    told = small_program.build()
    told.repositories = [Repository(1, "acme", "ranker", "", NOW - timedelta(days=90))]
    told.pull_requests = [
        PullRequest(
            5_000_000_001, 1, 1, "Do it", "", small_program.ADA, "feature", "main", NOW - timedelta(days=3), [], []
        )
    ]
    told.spreadsheet_id = "1AbC"
    rows: list[list[Any]] = [["Initiative", "Month", "Planned", "Actual"], ["Search", "2026-01-01", 1000, 900]]
    told.spreadsheet_versions = [SheetVersion(NOW - timedelta(days=2), [Tab("Budget", 11, rows)])]
    return told


RUNS: list[dict[str, Any]] = [{"run_id": "r1", "start_time": 1}]
"""The runs that the played MLflow server knows."""


def _runs() -> Any:
    """Those that started since, where the search asks for that; other conditions find none."""
    condition = request.get_json().get("filter", "")
    since = re.fullmatch(r"attributes.start_time >= (\d+)", condition)
    found = [run for run in RUNS if not condition or (since and run["start_time"] >= int(since[1]))]
    told = {"experiment_id": "1", "status": "FINISHED", "end_time": 2}
    return jsonify(runs=[{"info": told | run, "data": {}} for run in found])


def mlflow_app(_sandbox: Sandbox) -> Flask:
    """The little of MLflow's API that reading runs takes."""
    app = Flask(__name__)
    experiment = {"experiment_id": "1", "name": "churn", "lifecycle_stage": "active"}
    app.add_url_rule(
        "/api/2.0/mlflow/experiments/search", "e", lambda: jsonify(experiments=[experiment]), methods=["POST"]
    )
    app.add_url_rule("/api/2.0/mlflow/runs/search", "r", _runs, methods=["POST"])
    return app


WAITED: list[float] = []
"""What the clients would have waited: nobody waits in a test."""

Sleep = Callable[[float], None]


def jira_client(url: str, sleep: Sleep = WAITED.append, *, seconds: float = 0.3) -> JiraClient:
    settings = jira.JiraSettings("acme", url, SECRET, ("APP", "OPS"), email="hub@example.com")
    return JiraClient(settings, patience=Patience(sleep=sleep), timeout=(2, seconds))


def github_client(url: str, sleep: Sleep = WAITED.append, *, seconds: int = 1) -> github.GitHubClient:
    settings = github.GitHubSettings("acme", f"{url}/api/v3", token=SECRET, repositories=("acme/ranker",))
    return github.connect(settings, wait=sleep, timeout=seconds)


def mlflow_client(url: str, sleep: Sleep = WAITED.append) -> mlflow.TrackingClient:
    return mlflow.connect(mlflow.MlflowSettings("acme", url, username="hub", password=SECRET), wait=sleep)


def sheets_client(url: str, sleep: Sleep = WAITED.append) -> sheets.SheetsClient:
    return sheets.connect(sheets.SheetsSettings("acme", "1AbC", {"budget": "Budget"}, url=url), wait=sleep)


@dataclass
class Played:
    """A source that is played, and how to read its main stream."""

    source: str
    stream: Stream[Any]
    connect: Callable[..., Any]
    sandbox: Sandbox
    url: str

    def sync(self, zone: landing.Zone, url: str | None = None) -> sync.Result:
        """One read of the stream."""
        with self.connect(url or self.url) as client:
            [result] = sync.sync(self.source, "acme", client, [self.stream], zone, synced_at=datetime.now(UTC))
        return result

    def live(self, zone: landing.Zone) -> set[str]:
        """The ids that have landed."""
        return zone.open("acme", f"{self.source}_{self.stream.name}").live_ids()


MAIN = {"jira": "issues", "github": "pull_requests", "mlflow": "runs", "sheets": "budget"}
PLAYS: dict[str, tuple[Callable[..., Any], tuple[Stream[Any], ...], Callable[..., Any]]] = {
    "jira": (jira_sandbox.app, jira.STREAMS, jira_client),
    "github": (github_sandbox.app, github.STREAMS, github_client),
    "mlflow": (mlflow_app, mlflow.STREAMS, mlflow_client),
    "sheets": (sheets_sandbox.app, sheets.STREAMS, sheets_client),
}
