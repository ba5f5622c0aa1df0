"""Every fault of the network and of a server, for every source, injected over HTTP into the real clients.

Each is told in two lines: source, instance, stream and cause; then what to do; without a secret. What had landed stays,
and the next run heals it. Page tokens that expire or repeat are in the sources' own tests: each source pages in its own way.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from werkzeug.serving import make_server

from connectors.sandbox import edits
from connectors.sandbox.program import Comment
from connectors.sandbox.server import Fault, Sandbox, Server
from pipelines import sync
from tests.connectors.jira import small_program
from tests.faults.played_sources import MAIN, NOW, PLAYS, RUNS, SECRET, SOURCES, WAITED, Played, program
from warehouse import landing

JSON = {"Content-Type": "application/json"}


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


@pytest.mark.parametrize("address", ["http://hub-test.invalid", "http://127.0.0.1:{port}"])
@pytest.mark.parametrize("source", SOURCES)
def test_a_host_that_cannot_be_reached_is_tried_for_one_stream_alone(zone, source, address):
    """The others would each wait as long for the same: they are told at once, one result each."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = address.format(port=free.getsockname()[1])
    _, streams, connect = PLAYS[source]
    streams = [
        stream for stream in streams if stream.name == MAIN[source] or source != "sheets"
    ]  # the tab of the settings
    WAITED.clear()
    with connect(url) as client:
        reads = sync.sync(source, "acme", client, streams * 2, zone, synced_at=NOW)
        first = next(reads)
        assert len(WAITED) in {3, 4}, "tried again"
        others = list(reads)
    assert len(WAITED) in {3, 4}
    _, told = str(first.error).split(f"{first.stream}: ", 1)
    assert {result.calls for result in others} == {0}
    unasked = {"metric_history", "field_roles"}  # they tell of the settings, which name no metric and no field
    assert {result.error for result in others} - {None} == {
        f"{source} 'acme', {stream.name}: {told}" for stream in streams if stream.name not in unasked
    }


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
@pytest.mark.parametrize("source", SOURCES)
def test_a_clock_an_hour_off_loses_nothing(all_played, zone, source, hours):
    """Watermarks are the server's time: how far ours is from it does not matter."""
    played = all_played[source]
    played.sandbox.faults.clear()
    played.sandbox.now = datetime.now(UTC) + timedelta(hours=hours)
    assert played.sync(zone).error is None
    changed_at = played.sandbox.now + timedelta(minutes=1)
    if source == "jira":
        small_program.touch(played.sandbox.program.issues[0], changed_at, "summary", "Changed")
    elif source == "sheets":
        edits.set_cell(played.sandbox.program, "Budget", "C2", 1000 + hours, changed_at)
    elif source == "mlflow":
        RUNS.append({"run_id": f"late {hours}", "start_time": int(changed_at.timestamp() * 1000)})
    else:
        comment = Comment(changed_at, small_program.ADA, "Changed")
        played.sandbox.program.pull_requests[0].comments.append(comment)
    played.sandbox.now = changed_at + timedelta(minutes=1)
    assert played.sync(zone).landed_count == 1
