"""Every fault of the network and of a server, for every source, injected over HTTP into the real clients.

Each is told in two lines: source, instance, stream and cause; then what to do; without a secret. What had landed stays,
and the next run heals it. Page tokens that expire or repeat are in the sources' own tests: each source pages in its own way.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from flask import Flask, jsonify
from werkzeug.serving import make_server

from connectors import github, jira, mlflow, sheets
from connectors.jira import JiraClient
from connectors.patience import Patience
from connectors.sandbox import github as github_sandbox
from connectors.sandbox import jira as jira_sandbox
from connectors.sandbox import sheets as sheets_sandbox
from connectors.sandbox.program import Comment, PullRequest, Repository, SheetVersion, Tab
from connectors.sandbox.server import Fault, Sandbox, Server
from connectors.stream import Stream
from pipelines import sync
from tests.connectors.jira import small_program
from warehouse import landing

NOW = small_program.NOW
SECRET = "s3cr3t-of-the-source"
SOURCES = ("jira", "github", "mlflow", "sheets")
JSON = {"Content-Type": "application/json"}


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


def mlflow_app(_sandbox: Sandbox) -> Flask:
    """The little of MLflow's API that reading runs takes."""
    app = Flask(__name__)
    experiment = {"experiment_id": "1", "name": "churn", "lifecycle_stage": "active"}
    run = {
        "info": {"run_id": "r1", "experiment_id": "1", "status": "FINISHED", "start_time": 1, "end_time": 2},
        "data": {},
    }
    app.add_url_rule(
        "/api/2.0/mlflow/experiments/search", "e", lambda: jsonify(experiments=[experiment]), methods=["POST"]
    )
    app.add_url_rule("/api/2.0/mlflow/runs/search", "r", lambda: jsonify(runs=[run]), methods=["POST"])
    return app


def jira_client(url: str) -> JiraClient:
    settings = jira.JiraSettings("acme", url, SECRET, ("APP", "OPS"), email="hub@example.com")
    return JiraClient(settings, patience=Patience(sleep=_no_wait), timeout=(2, 0.3))


def github_client(url: str) -> github.GitHubClient:
    settings = github.GitHubSettings("acme", f"{url}/api/v3", token=SECRET, repositories=("acme/ranker",))
    return github.connect(settings, wait=_no_wait, timeout=1)


def mlflow_client(url: str) -> mlflow.TrackingClient:
    return mlflow.connect(mlflow.MlflowSettings("acme", url, username="hub", password=SECRET), wait=_no_wait)


def sheets_client(url: str) -> sheets.SheetsClient:
    return sheets.connect(sheets.SheetsSettings("acme", "1AbC", {"budget": "Budget"}, url=url), wait=_no_wait)


WAITED: list[float] = []
"""What the clients would have waited: nobody waits in a test."""

_no_wait = WAITED.append


@dataclass
class Played:
    """A source that is played, and how to read its main stream."""

    source: str
    stream: Stream[Any]
    connect: Callable[[str], Any]
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
PLAYS: dict[str, tuple[Callable[..., Any], tuple[Stream[Any], ...], Callable[[str], Any]]] = {
    "jira": (jira_sandbox.app, jira.STREAMS, jira_client),
    "github": (github_sandbox.app, github.STREAMS, github_client),
    "mlflow": (mlflow_app, mlflow.STREAMS, mlflow_client),
    "sheets": (sheets_sandbox.app, sheets.STREAMS, sheets_client),
}


@pytest.fixture(scope="module")
def all_played() -> Iterator[dict[str, Played]]:
    """One server per source for all tests of this file."""
    played, servers = {}, []
    for source, (app, streams, connect) in PLAYS.items():
        sandbox = Sandbox(program(), NOW)
        server = Server(app(sandbox), sandbox)
        servers.append(server)
        stream = next(one for one in streams if one.name == MAIN[source])
        played[source] = Played(source, stream, connect, sandbox, server.url)
    yield played
    with ThreadPoolExecutor(len(servers)) as pool:
        list(pool.map(Server.close, servers))


@pytest.fixture(params=SOURCES)
def played(request: pytest.FixtureRequest, all_played: dict[str, Played]) -> Iterator[Played]:
    """Each source in turn, without a fault."""
    one = all_played[request.param]
    yield one
    one.sandbox.faults.clear()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """The limit on waiting for an answer, a minute in earnest, is a moment here."""
    monkeypatch.setattr("connectors.mlflow.client._TIMEOUT", (2.0, 0.3))
    monkeypatch.setattr("connectors.sheets.client._TIMEOUT", 0.3)


@pytest.fixture
def zone(tmp_path):
    return landing.Zone(tmp_path / "landing")


@pytest.fixture(scope="module")
def zones(tmp_path_factory: pytest.TempPathFactory) -> landing.Zone:
    """One zone for all tests in which nothing may land anyway."""
    return landing.Zone(tmp_path_factory.mktemp("zone"))


@pytest.fixture
def landed(played: Played, zones: landing.Zone) -> tuple[landing.Zone, set[str]]:
    """A zone in which the source has landed, and the ids."""
    if not played.live(zones):
        assert played.sync(zones).error is None
    return zones, played.live(zones)


def reply(status: int, body: str = "", **headers: str) -> Fault:
    """A reply to everything, for ever."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(".", "reply", times=999, status=status, body=body, headers=JSON | named)


LASTING = {
    "401": reply(401, '{"message": "Bad credentials", "errorMessages": ["No"]}'),
    "403": reply(403, '{"message": "Resource not accessible"}'),
    "404": reply(404, '{"message": "Not Found"}'),
    "410": reply(410, '{"message": "Gone"}'),
    "429 with an hour": reply(429, "", Retry_After="3600"),
    "429 without a time": reply(429),
    "502": reply(502, "<html><h1>Bad Gateway</h1></html>", Content_Type="text/html"),
    "503": reply(503),
    "a proxy's page": reply(200, "<!DOCTYPE html><html>Sign in, please</html>", Content_Type="text/html"),
    "a body that is cut": reply(200, '{"values": [{"id"'),
    "an empty body": reply(200),
    "resets": Fault(".", "reset", times=999),
    "truncated replies": Fault(".", "truncate", times=999),
}
"""What does not pass while a read goes on."""


def assert_told(played: Played, result: sync.Result) -> None:
    """In two lines, without a secret or a page's tags."""
    where, remedy = str(result.error).splitlines()
    assert where.startswith(f"{played.source} 'acme', {played.stream.name}: ")
    assert len(where) > len(f"{played.source} 'acme', {played.stream.name}: ") + 8
    assert len(remedy) > 12
    assert SECRET not in str(result.error)
    assert "<h1>" not in str(result.error)


@pytest.mark.parametrize("name", LASTING)
def test_a_fault_that_stays_is_told_and_healed_by_the_next_run(played, landed, name):
    """What had landed stays, though nothing comes."""
    zone, before = landed
    played.sandbox.now += timedelta(hours=1)
    comment = Comment(played.sandbox.now, small_program.ADA, "Something to read, so that no reply is empty")
    played.sandbox.program.pull_requests[0].comments.append(comment)
    played.sandbox.faults.append(replace(LASTING[name]))
    broken = played.sync(zone)
    assert_told(played, broken)
    assert played.live(zone) == before
    played.sandbox.faults.clear()
    healed = played.sync(zone)
    assert (healed.error, healed.deleted_count, played.live(zone)) == (None, 0, before)


WHOSE = {
    "jira": ("API token of hub@example.com", "Browse Projects"),
    "github": ("fine-grained token with Metadata, Contents", "Metadata, Contents, Pull requests"),
    "mlflow": ("username and password, or token", "READ on the experiments"),
    "sheets": ("service account", "Share it with the service account"),
}
"""Per source what the remedy of a 401 names, and that of a 403: which token, which permission."""


@pytest.mark.parametrize("name", ["401", "403"])
def test_a_refusal_says_which_token_or_permission_it_takes(played, zones, name):
    played.sandbox.faults.append(replace(LASTING[name]))
    _, remedy = str(played.sync(zones).error).splitlines()
    assert re.search(WHOSE[played.source][name == "403"], remedy)


@pytest.mark.parametrize("asked", ["95", "95.5", "date"], ids=["whole", "with a fraction", "as a date"])
def test_a_wait_above_a_minute_is_kept_to_the_second(played, zone, asked):
    """Whole, with a fraction, or as a date by the server's own clock."""
    after = format_datetime(played.sandbox.now + timedelta(seconds=95), usegmt=True) if asked == "date" else asked
    played.sandbox.faults.append(Fault(".", "reply", times=1, status=429, headers={"Retry-After": after}))
    WAITED.clear()
    assert played.sync(zone).error is None
    assert pytest.approx([95.5 if asked == "95.5" else 95.0]) == WAITED


@pytest.mark.parametrize(
    "fault",
    [
        Fault(".", "reply", times=2, status=503),
        Fault(".", "reply", times=1, status=429, headers={"Retry-After": "2.5"}),
        Fault(".", "reset", times=1),
        Fault(".", "truncate", times=1),
    ],
    ids=["503 twice", "429 with a fraction", "a reset", "a truncated reply"],
)
def test_a_fault_that_passes_costs_nothing_but_time(played, zone, fault):
    played.sandbox.faults.append(replace(fault))
    assert played.sync(zone).error is None
    assert played.live(zone)


def test_a_server_that_does_not_answer_is_told(played, zone):
    played.sandbox.faults.append(Fault(".", "stall", times=999))
    assert_told(played, played.sync(zone))


def test_a_host_that_nobody_knows_is_told(played, zone):
    result = played.sync(zone, "http://hub-test.invalid")
    assert_told(played, result)
    assert "host name" in str(result.error)


def test_an_address_where_nothing_listens_is_told(played, zone):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert_told(played, played.sync(zone, f"http://127.0.0.1:{port}"))


@pytest.fixture(scope="module")
def untrusted() -> Iterator[str]:
    """A TLS server whose certificate nobody vouches for."""
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], ssl_context="adhoc")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_certificate_that_nobody_vouches_for_is_told(played, zone, untrusted):
    result = played.sync(zone, untrusted)
    assert_told(played, result)
    assert "certificate" in str(result.error)


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("source", ["jira", "github"])
def test_a_clock_an_hour_off_loses_nothing(all_played, zone, source, hours):
    """Watermarks are the server's time: how far ours is from it does not matter."""
    played = all_played[source]
    played.sandbox.faults.clear()
    played.sandbox.now = datetime.now(UTC) + timedelta(hours=hours)
    assert played.sync(zone).error is None
    changed_at = played.sandbox.now + timedelta(minutes=1)
    if source == "jira":
        small_program.touch(played.sandbox.program.issues[0], changed_at, "summary", "Changed")
    else:
        comment = Comment(changed_at, small_program.ADA, "Changed")
        played.sandbox.program.pull_requests[0].comments.append(comment)
    played.sandbox.now = changed_at + timedelta(minutes=1)
    assert played.sync(zone).landed_count == 1
