"""A vendor adds, renames, empties or retypes a field of its records: they land as they come, whatever the field is.

Held for every field of every stream of Jira, GitHub and MLflow but those that carry the read itself (ids, a page's list). That
staging then loses one column and no other is shown with the SQL models; that it is told by name in test_drift_is_told.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors import github, jira, mlflow
from connectors.jira import JiraClient
from connectors.patience import Patience
from connectors.sandbox import github as github_sandbox
from connectors.sandbox import jira as jira_sandbox
from connectors.sandbox.server import Sandbox, Server
from connectors.stream import Stream
from pipelines import sources
from pipelines.sync import sync
from tests.connectors.jira import small_program
from tests.faults.drifting import Drift, mlflow_app, parts, program
from warehouse import landing

NOW = small_program.NOW
STRUCTURE = {
    # What a read itself needs: ids, and names by which it asks for more.
    "jira": {"id", "key", "issueId"},
    "github": {"id", "node_id", "full_name", "default_branch"},
    "mlflow": {
        "experiment_id",
        "run_id",
        "model_id",
        "name",
        "version",
        "key",
        "day",
        "info",
        "request_time",
        "trace_location",
    },
}
READ = {
    # What is read of the replies that these are made from.
    "metric_history": {"status", "start_time", "end_time", "inputs"},
    "trace_days": {"state", "execution_duration", "assessments"},
}
UNMOVED = {"field_roles", "metric_history"}
"""What is read from the settings, and values that no field of their run decides."""


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


@pytest.fixture(scope="module", params=["jira Cloud", "github", "mlflow"])
def drifting(request: pytest.FixtureRequest) -> Iterator[tuple[str, Drift, Callable[[], Any], tuple[Stream[Any], ...]]]:
    """A source behind a layer of drift: its name, the layer, a way to connect, its streams."""
    source, _, deployment = request.param.partition(" ")
    sandbox = Sandbox(program(), NOW)
    apps = {
        "jira": lambda: jira_sandbox.app(sandbox, deployment),
        "github": lambda: github_sandbox.app(sandbox),
        "mlflow": lambda: mlflow_app,
    }
    drift = Drift(apps[source]())
    with Server(drift, sandbox) as server:

        def connect() -> Any:
            if source == "mlflow":
                return mlflow.connect(
                    mlflow.MlflowSettings("acme", server.url, metric_history=("auc",)), wait=lambda _: None
                )
            if source == "github":
                settings = github.GitHubSettings("acme", f"{server.url}/api/v3", token="t0ken", organizations=("acme",))
                return github.connect(settings, wait=lambda _: None)
            email = "hub@example.com" if deployment == "Cloud" else None
            settings = jira.JiraSettings("acme", server.url, "t0ken", ("APP", "OPS"), email=email)
            return JiraClient(settings, patience=Patience(sleep=lambda _: None))

        yield source, drift, connect, sources.STREAMS[source]
        drift.name = ""


def _fields(records: list[dict[str, Any]]) -> set[str]:
    """The names of the fields of records, and of what these keep their fields in."""
    return {name for record in records for part in parts(record) for name in part}


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
        for name in sorted(READ.get(stream.name) or _fields(records) - STRUCTURE[source]):
            drift.name = name
            with connect() as client:
                spoilt = [record for page in stream.read(client, None) for record in page.records]
                list(stream.read(client, cursor))
            assert {stream.key(record) for record in spoilt} == {stream.key(record) for record in records}, name
            differing += spoilt != records
        assert differing or stream.name in UNMOVED, "the layer has spoilt nothing"


def test_everything_spoilt_at_once_lands(drifting, tmp_path):
    """Records are stored as they come, with a field nobody knows."""
    source, drift, connect, streams = drifting
    zone = landing.Zone(tmp_path / "landing")

    def spoil(record: dict[str, Any], _name: str) -> None:
        for name in [one for one in record if one not in {*STRUCTURE[source], "fields", "info", "data"}]:
            _wrap(record, name)
        record["brandNew"] = ["?"]

    drift.name, drift.change = "info" if source == "mlflow" else "id", spoil
    with connect() as client:
        results = list(sync(source, "acme", client, streams, zone, synced_at=NOW))
    assert {result.stream: result.error for result in results if result.error} == {}
    assert all(zone.open("acme", f"{source}_{stream.name}").count for stream in streams)
