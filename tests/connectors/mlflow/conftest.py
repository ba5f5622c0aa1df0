"""One real MLflow server for all tests here, a small program on it, and a faulty wire in front of it."""

from __future__ import annotations

import http.client
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from connectors.mlflow import MlflowSettings, TrackingClient, connect
from connectors.sandbox.generative import Assessment, LoggedModel, Trace
from connectors.sandbox.mlflow import MlflowServer, play
from connectors.sandbox.program import (
    Experiment,
    ModelVersion,
    Person,
    Program,
    RegisteredModel,
    RegistryChange,
    Run,
)
from connectors.sandbox.server import Sandbox, Server

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ADA = Person("Ada Lind", "ada@example.com", None, None, "ada", "Core")
KIM = Person("Kim Bot", None, None, None, None, None, is_bot=True)


def days(count: float) -> datetime:
    """A moment that many days before NOW."""
    return NOW - timedelta(days=count)


def _run(key: str, start: float, *, end: float | None, status: str = "FINISHED", **changed: object) -> Run:
    given: dict[str, object] = {
        "experiment": "churn",
        "name": f"train {key}",
        "user": ADA,
        "params": {"lr": "0.1"},
        "metrics": [],
        "tags": {"mlflow.source.git.commit": "a" * 40, "mlflow.source.name": "train.py"},
        "datasets": [],
    }
    ended = None if end is None else days(end)
    return Run(key=key, started_at=days(start), ended_at=ended, status=status, **(given | changed))


def churn_model() -> RegisteredModel:
    """A model with three versions whose champion moved and whose tags and description were edited."""
    return RegisteredModel(
        name="churn-model",
        created_at=days(58),
        description="Who leaves",
        tags={"hub.initiative": "INI-1"},
        versions=[
            ModelVersion(1, days(58), "good", {"card": "yes"}),
            ModelVersion(2, days(48), "infinite", {}),
            ModelVersion(3, days(10), None, {}, "imported"),
        ],
        changes=[
            RegistryChange(days(57), "alias", "champion", 1),
            RegistryChange(days(47), "alias", "champion", 2),
            RegistryChange(days(47), "alias", "challenger", 1),
            RegistryChange(days(40), "tag", "hub.staleness_days", "30"),
            RegistryChange(days(39), "version_tag", "privacy", "passed", 2),
            RegistryChange(days(38), "description", "", "Who leaves, and when"),
            RegistryChange(days(5), "alias", "challenger", None),
        ],
    )


def small_program() -> Program:
    """Runs of every kind and one model whose champion moved."""
    runs = [
        _run(
            "good",
            60,
            end=59.9,
            metrics=[("auc", 0.5, 0, days(59.99)), ("auc", 0.9, 1, days(59.95)), ("auc", 0.8, 1, days(59.96))],
            datasets=[("customers", "d1")],
        ),
        _run("child", 59.95, end=59.9, parent="good", metrics=[("loss", float("nan"), 0, days(59.92))]),
        _run("infinite", 50, end=49, metrics=[("loss", float("inf"), 0, days(49.5))], datasets=[("customers", "d1")]),
        _run("failed", 40, end=39.9, status="FAILED", user=KIM),
        _run("deleted", 30, end=29.9, deleted_at=days(20)),
        _run("other", 25, end=24.9, experiment="forecast"),
        _run("running", 1, end=None, status="RUNNING", metrics=[("loss", 0.4, 3, days(0.5))]),
        _run("scheduled", 0.5, end=None, status="SCHEDULED"),
    ]
    return Program(
        now=NOW,
        people=[ADA, KIM],
        jira_projects=[],
        issues=[],
        sprints=[],
        versions=[],
        repositories=[],
        pull_requests=[],
        deployments=[],
        releases=[],
        experiments=[Experiment("churn", days(70), {"team": "core"}), Experiment("forecast", days(69), {})],
        runs=runs,
        registered_models=[churn_model(), RegisteredModel("other-model", days(20), "", {}, [], [])],
        spreadsheet_id="",
        spreadsheet_title="",
        spreadsheet_timezone="UTC",
        spreadsheet_versions=[],
        traces=_traces(),
        logged_models=[
            LoggedModel("m1", "churn", "good", days(59.9), "trees", {"depth": "3"}, [("auc", 0.8, 1, days(59.95))]),
            LoggedModel("m2", "churn", "infinite", days(49), "trees", {}, [], deleted_at=days(45)),
        ],
    )


def _traces() -> list[Trace]:
    """Five answers of nine days ago and three of two days ago: one failed, one goes on, some are graded."""

    def trace(key: str, ago: float, milliseconds: int | None, *grades: bool | float | str, **more: bool) -> Trace:
        judged = days(ago) + timedelta(minutes=5)
        given = [Assessment("relevance", grade, judged, "LLM_JUDGE", "judge") for grade in grades]
        return Trace(key, "forecast", "answer", days(ago), milliseconds, assessments=given, **more)

    old = [
        trace("a", 9.0, 1000, 0.5),
        trace("b", 8.99, 2000, 1),
        trace("c", 8.98, 3000, "a long opinion"),
        trace("d", 8.97, 4000),
    ]
    failed = trace("e", 8.96, 50, is_error=True)
    late = Assessment("helpful", True, days(1), "HUMAN", "ada")
    new = [trace("f", 2.0, 700, "yes"), trace("g", 1.99, 900, "no"), trace("h", 1.98, None)]
    new[0].assessments.append(late)
    return [*old, failed, *new]


@pytest.fixture(scope="session")
def empty_database(_server: MlflowServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables as MLflow creates them, before anything was played."""
    return tmp_path_factory.getbasetemp() / "empty.db"


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MlflowServer]:
    with MlflowServer(tmp_path_factory.mktemp("mlflow")) as server:
        shutil.copy(server.database, tmp_path_factory.getbasetemp() / "empty.db")
        play(small_program(), server.database, None, NOW)
        yield server


@pytest.fixture
def program() -> Program:
    """The program that is on the server."""
    return small_program()


@pytest.fixture
def server(_server: MlflowServer) -> MlflowServer:
    """The real server with the small program. Tests that write create experiments and models of their own."""
    return _server


@pytest.fixture
def client(server: MlflowServer) -> TrackingClient:
    """A client that sees what the small program made and nothing that other tests made."""
    settings = MlflowSettings(
        "lab", server.url, experiments=("churn", "forecast"), models=("churn-model", "other-model")
    )
    return connect(settings)


@pytest.fixture
def wire(server: MlflowServer) -> Iterator[tuple[str, Sandbox]]:
    """The address of a loopback proxy before the real server, and what it logs and breaks."""
    sandbox = Sandbox(small_program(), NOW)
    host = server.url.removeprefix("http://")

    def forward(environ: dict[str, object], start_response: object) -> object:
        request = Request(environ)
        connection = http.client.HTTPConnection(host, timeout=60)
        headers = {"Content-Type": request.content_type or "application/json"}
        connection.request(request.method, request.full_path.rstrip("?"), request.get_data(), headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return Response(body, answer.status, content_type=answer.headers["content-type"])(environ, start_response)

    with Server(forward, sandbox) as proxy:
        yield proxy.url, sandbox
