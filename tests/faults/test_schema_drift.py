"""A vendor adds, renames, empties or retypes a field of its records: they land as they come, whatever the field is.

Held for every field of every stream of Jira and GitHub but those that carry the read itself (ids, a page's list). That
staging then loses one column and no other is shown with the SQL models.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.wrappers import Response

from connectors import github, jira
from connectors.jira import JiraClient
from connectors.sandbox import github as github_sandbox
from connectors.sandbox import jira as jira_sandbox
from connectors.sandbox.program import Deployment, GitHubIssue, PullRequest, Release, Repository, WorkflowRun
from connectors.sandbox.server import Sandbox, Server
from connectors.stream import Stream
from connectors.transport import Patience
from pipelines.sync import sync
from tests.connectors.jira import small_program
from warehouse import landing

NOW = small_program.NOW
STRUCTURE = {
    # What a read itself needs: ids, and names by which it asks for more.
    "jira": {"id", "key", "issueId"},
    "github": {"id", "node_id", "full_name", "default_branch"},
}


@dataclass
class Drift:
    """A layer around a source that changes a field of each record in its replies."""

    app: Any
    name: str = ""  # of the field; empty: nothing is changed
    change: Callable[[dict[str, Any], str], None] = dict.pop

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        response = Response.from_app(self.app, environ, buffered=True)
        if response.status_code == 200 and response.get_data():
            body = json.loads(response.get_data())
            for record in _records(body):
                for part in (record, record.get("fields")):
                    if isinstance(part, dict) and self.name in part:
                        self.change(part, self.name)
            response.set_data(json.dumps(body))
        return response(environ, start_response)


def _records(body: Any) -> Iterator[dict[str, Any]]:
    """The records in a reply of either source."""
    if isinstance(body, list):
        yield from (each for each in body if isinstance(each, dict))
    elif isinstance(body, dict):
        for name in ("issues", "values", "issueLinkTypes", "workflow_runs"):
            if isinstance(body.get(name), list):
                yield from body[name]
        node = (body.get("data") or {}).get("node") or {}
        for connection in node.values():
            if isinstance(connection, dict) and "nodes" in connection:
                yield from connection["nodes"]
        if "full_name" in body:
            yield body


def _rename(record: dict[str, Any], name: str) -> None:
    record[f"{name}V2"] = record.pop(name)


def _retype(record: dict[str, Any], name: str) -> None:
    record[name] = 17 if isinstance(record[name], str | dict | list) else "seventeen"


def _wrap(record: dict[str, Any], name: str) -> None:
    record[name] = {"value": record[name]}


CHANGES = {
    "null": lambda record, name: record.update({name: None}),
    "renamed": _rename,
    "retyped": _retype,
}


def _program() -> Any:
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


@pytest.fixture(scope="module", params=["jira Cloud", "github"])
def drifting(request: pytest.FixtureRequest) -> Iterator[tuple[str, Drift, Callable[[], Any], tuple[Stream[Any], ...]]]:
    """A source behind a layer of drift: its name, the layer, a way to connect, its streams."""
    source, _, deployment = request.param.partition(" ")
    sandbox = Sandbox(_program(), NOW)
    app = jira_sandbox.app(sandbox, deployment) if source == "jira" else github_sandbox.app(sandbox)
    drift = Drift(app)
    with Server(drift, sandbox) as server:

        def connect() -> Any:
            if source == "github":
                settings = github.GitHubSettings("acme", f"{server.url}/api/v3", token="t0ken", organizations=("acme",))
                return github.connect(settings, wait=lambda _: None)
            email = "hub@example.com" if deployment == "Cloud" else None
            settings = jira.JiraSettings("acme", server.url, "t0ken", ("APP", "OPS"), email=email)
            return JiraClient(settings, patience=Patience(sleep=lambda _: None))

        yield source, drift, connect, jira.STREAMS if source == "jira" else github.STREAMS
        drift.name = ""


def _fields(records: list[dict[str, Any]]) -> set[str]:
    """The names of the fields of records, those below "fields" too."""
    inner = (record["fields"] for record in records if isinstance(record.get("fields"), dict))
    return {name for part in (*records, *inner) for name in part}


@pytest.mark.parametrize("change", CHANGES)
def test_no_field_is_so_dear_that_its_loss_ends_a_read(drifting, change):
    """Each field of each stream is spoilt once; as many records come as before, in a first read and in a later one."""
    source, drift, connect, streams = drifting
    for stream in streams:
        drift.name = ""
        with connect() as client:
            pages = list(stream.read(client, None))
        records = [record for page in pages for record in page.records]
        cursor = pages[-1].cursor if pages else None
        drift.change, differing = CHANGES[change], 0
        for name in sorted(_fields(records) - STRUCTURE[source]):
            drift.name = name
            with connect() as client:
                spoilt = [record for page in stream.read(client, None) for record in page.records]
                list(stream.read(client, cursor))
            assert {stream.key(record) for record in spoilt} == {stream.key(record) for record in records}, name
            differing += spoilt != records
        assert differing or stream.name == "field_roles", "the layer has spoilt nothing"


def test_everything_spoilt_at_once_lands(drifting, tmp_path):
    """Records are stored as they come, with a field nobody knows."""
    source, drift, connect, streams = drifting
    zone = landing.Zone(tmp_path / "landing")

    def spoil(record: dict[str, Any], _name: str) -> None:
        for name in [one for one in record if one not in {*STRUCTURE[source], "fields"}]:
            _wrap(record, name)
        record["brandNew"] = ["?"]

    drift.name, drift.change = "id", spoil
    with connect() as client:
        results = list(sync(source, "acme", client, streams, zone, synced_at=NOW))
    assert {result.stream: result.error for result in results if result.error} == {}
    assert all(zone.open("acme", f"{source}_{stream.name}").count for stream in streams)
