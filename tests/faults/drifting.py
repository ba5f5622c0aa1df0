"""A layer around a source in which its records change their form, and a program with a record of each kind. Imported by tests only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Request, Response

from connectors.sandbox.program import Deployment, GitHubIssue, PullRequest, Release, Repository, WorkflowRun
from tests.connectors.jira import small_program

NOW = small_program.NOW
LISTS = (
    "issues",
    "values",
    "issueLinkTypes",
    "workflow_runs",
    "runs",
    "experiments",
    "registered_models",
    "model_versions",
    "models",
    "traces",
)
"""Names under which replies hold their records."""


@dataclass
class Drift:
    """A layer around a source that changes a field of each record in its replies."""

    app: Any
    name: str = ""  # of the field; empty: nothing is changed
    change: Callable[[dict[str, Any], str], Any] = dict.pop

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        response = Response.from_app(self.app, environ, buffered=True)
        if response.status_code == 200 and response.get_data():
            body = json.loads(response.get_data())
            for record in _records(body):
                for part in parts(record):
                    if isinstance(part, dict) and self.name in part:
                        self.change(part, self.name)
            response.set_data(json.dumps(body))
        return response(environ, start_response)


def parts(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A record and what it keeps its fields in: Jira below "fields", MLflow below "info" and "data"."""
    inner = (record.get(name) for name in ("fields", "info", "data"))
    yield from (part for part in (record, *inner) if isinstance(part, dict))


def _records(body: Any) -> Iterator[dict[str, Any]]:
    """The records in a reply of any of the sources."""
    if isinstance(body, list):
        yield from (each for each in body if isinstance(each, dict))
    elif isinstance(body, dict):
        for name in LISTS:
            if isinstance(body.get(name), list):
                yield from body[name]
        node = (body.get("data") or {}).get("node") or {}
        for connection in node.values():
            if isinstance(connection, dict) and "nodes" in connection:
                yield from connection["nodes"]
        if "full_name" in body:
            yield body


def program() -> Any:
    """One record at least for each stream of Jira and GitHub."""
    told = small_program.build()
    ada, opened = small_program.ADA, NOW - timedelta(days=3)
    told.repositories = [Repository(1, "acme", "ranker", "", NOW - timedelta(days=30))]
    told.pull_requests = [PullRequest(5_000_000_001, 1, 1, "Do it", "", ada, "x", "main", opened, [], [])]
    told.deployments = [
        Deployment(9_000_000_000, 1, "production", "a" * 40, "main", opened, ada, [(opened, "SUCCESS")])
    ]
    told.releases = [Release(11, 1, "v1.0", "One", "a" * 40, ada, opened, opened)]
    told.github_issues = [GitHubIssue(2_000_000_001, 7, 1, "Down", ada, ["incident"], opened)]
    told.workflow_runs = [
        WorkflowRun(9_000_000_001, 1, "Tests", 1, "push", "main", "a" * 40, ada, opened, opened, "success")
    ]
    return told


_TAGS = [{"key": "team", "value": "core"}]
_MLFLOW: dict[str, dict[str, Any]] = {
    # One record of each kind, with the fields that a real server sends.
    "experiments/search": {
        "experiments": [
            {
                "experiment_id": "1", "name": "churn", "artifact_location": "s3://1", "lifecycle_stage": "active",
                "creation_time": 1_690_000_000_000, "last_update_time": 1_690_000_000_000, "tags": _TAGS,
            }
        ]
    },
    "runs/search": {
        "runs": [
            {
                "info": {
                    "run_id": "r1", "run_uuid": "r1", "run_name": "calm", "experiment_id": "1", "user_id": "ada",
                    "status": "FINISHED", "start_time": 1_700_000_000_000, "end_time": 1_700_000_001_000,
                    "artifact_uri": "s3://r1", "lifecycle_stage": "active",
                },
                "data": {
                    "metrics": [{"key": "auc", "value": 0.9, "timestamp": 1_700_000_000_500, "step": 1}],
                    "params": [{"key": "lr", "value": "0.1"}],
                    "tags": _TAGS,
                },
                "inputs": {"dataset_inputs": [{"dataset": {"name": "customers", "digest": "d1", "source": "s3"}}]},
            }
        ]
    },
    "registered-models/search": {
        "registered_models": [
            {
                "name": "churn", "creation_timestamp": 1_700_000_000_000, "last_updated_timestamp": 1_700_000_000_000,
                "description": "Who leaves", "tags": _TAGS, "aliases": [{"alias": "champion", "version": "1"}],
            }
        ]
    },
    "model-versions/search": {
        "model_versions": [
            {
                "name": "churn", "version": "1", "creation_timestamp": 1_700_000_000_000, "status": "READY",
                "last_updated_timestamp": 1_700_000_000_000, "current_stage": "None", "source": "s3://r1", "run_id": "r1",
            }
        ]
    },
    "logged-models/search": {
        "models": [
            {
                "info": {
                    "model_id": "m1", "experiment_id": "1", "name": "trees", "creation_timestamp_ms": 1_700_000_000_000,
                    "last_updated_timestamp_ms": 1_700_000_000_000, "status": "LOGGED_MODEL_READY",
                },
                "data": {"params": [{"key": "depth", "value": "3"}]},
            }
        ]
    },
    "metrics/get-history-bulk-interval": {
        "metrics": [{"key": "auc", "value": 0.9, "timestamp": 1_700_000_000_500, "step": 1, "run_id": "r1"}]
    },
    "traces/search": {
        "traces": [
            {
                "trace_id": "t1", "request_time": "2026-01-30T08:00:00Z", "execution_duration": "1.5s", "state": "OK",
                "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "1"}},
                "assessments": [{"assessment_name": "relevant", "feedback": {"value": "yes"}, "valid": True}],
            }
        ]
    },
}  # fmt: skip


def mlflow_app(environ: Any, start_response: Any) -> Any:
    """The replies that reading MLflow takes, of one record each."""
    path = Request(environ).path.partition("/mlflow/")[2]
    reply = Response(json.dumps(_MLFLOW.get(path, {})), content_type="application/json")
    return reply(environ, start_response)
