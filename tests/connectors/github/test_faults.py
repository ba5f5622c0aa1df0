"""What goes wrong on the wire, injected over HTTP: what is waited for, what is said, what stays."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors import github
from connectors.sandbox.server import Fault
from connectors.stream import SourceError

GRAPHQL = "POST /api/graphql"
PROBE = "GET /api/v3/repositories/1/pulls"
JSON = {"Content-Type": "application/json"}


def refusal(status: int, message: str, **headers: str) -> dict:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"status": status, "headers": JSON | named, "body": json.dumps({"message": message})}


@contextmanager
def self_signed(folder: Path) -> Iterator[int]:
    """A TLS server whose certificate nobody vouches for; its port."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    since = datetime(2020, 1, 1, tzinfo=UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, since, since + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(key.private_bytes(*form) + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def faulty(play, *faults: Fault, **behaviour):
    started = play(**behaviour)
    started.sandbox.faults.extend(faults)
    return started


@pytest.mark.parametrize(
    "asked", [("7", 7), ("0.5", 0.5), ("300", 300), ("date", 120)], ids=["whole", "fraction", "long", "date"]
)
@pytest.mark.parametrize("status", [403, 429, 503])
@pytest.mark.parametrize("line", [GRAPHQL, PROBE])
def test_retry_after_is_honoured_to_the_second(play, read, asked, status, line):
    """As a number, a fraction, above a minute, or as a date by the server's own clock."""
    started = play()
    text, seconds = asked
    if text == "date":
        text = format_datetime(started.sandbox.now + timedelta(seconds=120), usegmt=True)
    answer = refusal(status, "You have exceeded a secondary rate limit.", Retry_After=text)
    started.sandbox.faults.append(Fault(line, "reply", **answer))
    outcome = read(started.connect(), "pull_requests")
    assert outcome.error is None
    assert len(outcome.records) == 1
    assert started.waits == [seconds]


def test_a_limit_without_a_time_waits_a_minute(play, read):
    """GitHub's advice for secondary limits, with either status."""
    started = faulty(
        play,
        Fault(PROBE, "reply", **refusal(429, "You have exceeded a secondary rate limit.")),
        Fault(GRAPHQL, "reply", **refusal(403, "You have exceeded a secondary rate limit.")),
    )
    assert read(started.connect(), "pull_requests").error is None
    assert started.waits == [60, 60]


@pytest.mark.parametrize("status", [403, 429])
def test_a_primary_limit_waits_for_its_renewal_by_the_servers_clock(play, read, story, status):
    """A clock of ours that is hours off changes nothing."""
    reset = str(int((story.NOW + timedelta(seconds=90)).timestamp()))
    headers = {"X_RateLimit_Remaining": "0", "X_RateLimit_Limit": "5000", "X_RateLimit_Reset": reset}
    started = faulty(
        play, Fault(PROBE, "reply", **refusal(status, "API rate limit exceeded for user ID 1.", **headers))
    )
    assert read(started.connect(), "pull_requests").error is None
    assert started.waits == [91]


@pytest.mark.parametrize(
    "headers", [{"Retry_After": "1800"}, {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "far"}]
)
def test_a_wait_too_long_ends_the_read(play, read, story, headers):
    """The run stops and says so; the next one goes on from the cursor."""
    far = str(int((story.NOW + timedelta(hours=1)).timestamp()))
    given = {name: far if value == "far" else value for name, value in headers.items()}
    started = faulty(play, Fault(PROBE, "reply", times=9, **refusal(403, "API rate limit exceeded", **given)))
    outcome = read(started.connect(), "pull_requests")
    assert "the rate limit is used up for longer than a run waits" in str(outcome.error)
    assert started.waits == []


def test_a_graphql_limit_is_waited_for(play, read, story):
    """It arrives with status 200 and is no error to an HTTP client: until resetAt, by the server's clock."""
    reset = str(int((story.NOW + timedelta(minutes=40)).timestamp()))
    body = json.dumps({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]})
    headers = JSON | {"X-RateLimit-Reset": reset, "X-RateLimit-Remaining": "0"}
    started = faulty(play, Fault(GRAPHQL, "reply", status=200, headers=headers, body=body))
    outcome = read(started.connect(), "pull_requests")
    assert outcome.error is None
    assert len(outcome.records) == 1
    assert started.waits == [2401]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_burst_of_failures_is_outlasted(play, read, status):
    """With growing pauses between the tries."""
    started = faulty(play, Fault(PROBE, "reply", times=3, status=status, body="<html>upstream</html>"))
    client = started.connect()
    assert read(client, "pull_requests").error is None
    assert client.calls == len(started.requests())
    assert len(started.waits) == 3
    assert 2 <= started.waits[1] < started.waits[2]


def test_a_server_that_stays_down_is_named(play, read):
    """After six repetitions."""
    started = faulty(play, Fault(".", "reply", times=99, status=503, body="down"))
    outcome = read(started.connect(), "repositories")
    assert str(outcome.error).startswith("github 'acme', repositories: the server failed (503), several times over\n")
    assert len(started.requests()) == 7


@pytest.mark.parametrize("kind", ["reset", "truncate"])
@pytest.mark.parametrize("request_line", [GRAPHQL, PROBE])
def test_a_cut_connection_is_tried_again(play, read, kind, request_line):
    """Before the reply, or in the middle of it."""
    started = faulty(play, Fault(request_line, kind))
    outcome = read(started.connect(), "pull_requests")
    assert outcome.error is None
    assert len(outcome.records) == 1


@pytest.mark.parametrize("body", ["<html>Sign in to the proxy</html>", "", '{"data": {"node', "[]", '"text"'])
@pytest.mark.parametrize("request_line", [GRAPHQL, "GET /api/v3/repos/acme/ranker"])
def test_a_body_that_is_no_answer_is_tried_again_and_then_named(play, read, body, request_line):
    """A proxy's page with status 200 is no empty repository."""
    once = faulty(play, Fault(request_line, "reply", status=200, body=body))
    outcome = read(once.connect(), "pull_requests")
    assert outcome.error is None
    assert len(outcome.records) == 1

    always = faulty(play, Fault(request_line, "reply", times=99, status=200, body=body))
    outcome = read(always.connect(), "pull_requests")
    assert "something else than" in str(outcome.error)
    assert outcome.records == []


def test_a_refused_token_is_named_without_its_text(play, read):
    """Which instance, which stream, what to do."""
    started = play(token="another")
    outcome = read(started.connect(), "pull_requests")
    assert isinstance(outcome.error, SourceError)
    first, second = str(outcome.error).split("\n")
    assert first == "github 'acme', pull_requests: the token was refused (401 Bad credentials)"
    assert "Metadata, Contents, Pull requests, Deployments, Issues and Actions" in second
    assert started.waits == []


def test_a_secret_in_a_message_is_scrubbed(play, read):
    """Whatever a server echoes."""
    text = "Bad token secret-token-123 or ghp_abcdefghijklmnop0123"
    started = faulty(play, Fault(".", "reply", times=9, **refusal(422, text)))
    message = str(read(started.connect(), "repositories").error)
    assert "Bad token *** or ***" in message


def test_single_sign_on_asks_for_authorisation(play, read):
    """A 403 that no permission mends."""
    text = "Resource protected by organization SAML enforcement."
    started = faulty(play, Fault("repos/acme/feeds", "reply", times=9, **refusal(403, text)))
    outcome = read(started.connect(), "pull_requests")
    assert outcome.error.remedy == "Authorise the token for the organisation's single sign-on."
    assert len(outcome.records) == 1


def test_what_had_come_before_a_failure_stays(play, read, story):
    """The pages before it carry a cursor; the next run heals the rest."""
    started = play([story.pull_request(number) for number in range(1, 61)])
    started.sandbox.faults.append(Fault(GRAPHQL, "reply", after=1, **refusal(401, "Bad credentials")))
    cut = read(started.connect(), "pull_requests")
    assert (len(cut.records), "401" in str(cut.error)) == (25, True)
    rest = read(started.connect(), "pull_requests", cut.cursor)
    assert rest.error is None
    assert [record["number"] for record in cut.records + rest.records] == list(range(1, 61))


def test_an_address_where_nothing_listens_is_named(read):
    """The host is named, not the headers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = github.GitHubSettings(
        "acme", f"http://127.0.0.1:{port}/api/v3", token="secret-token", repositories=("a/b",)
    )
    with github.connect(settings, wait=lambda _: None) as client:
        outcome = read(client, "pull_requests")
        assert client.calls == 4
    assert "127.0.0.1: nothing listens at its address" in str(outcome.error)


def test_an_unknown_host_is_named(read):
    """A name nobody can resolve."""
    settings = github.GitHubSettings(
        "acme", "http://github.invalid/api/v3", token="secret-token", repositories=("a/b",)
    )
    with github.connect(settings, wait=lambda _: None) as client:
        outcome = read(client, "repositories")
    assert "github.invalid: its host name is not known here" in str(outcome.error)


def test_a_partial_page_is_landed_and_walked_again(play, read, story):
    """A record that the server lost within a page is missed now, said, and read by the next run."""
    started = play([story.pull_request(1), story.pull_request(2)])
    whole = read(started.connect(), "pull_requests").records
    node = {
        "databaseId": 1,
        "nameWithOwner": "acme/ranker",
        "pullRequests": {
            "totalCount": 2,
            "pageInfo": {"hasNextPage": False, "endCursor": None},
            "nodes": [whole[0], None],
        },
    }
    errors = [{"type": "INTERNAL", "path": ["node", "pullRequests", "nodes", 1], "message": "Timed out on one"}]
    body = json.dumps({"data": {"node": node}, "errors": errors})
    started.sandbox.faults.append(Fault(GRAPHQL, "reply", status=200, headers=JSON, body=body))

    outcome = read(started.connect(), "pull_requests")
    assert [record["number"] for record in outcome.records] == [1]
    assert "could not be read" in str(outcome.error)
    healed = read(started.connect(), "pull_requests", outcome.cursor)
    assert [record["number"] for record in healed.records] == [1, 2]
    assert healed.error is None


def test_a_limit_that_is_never_renewed_ends_the_read(play, read):
    """A few waits, then the next run."""
    outcome = read(play(points=1).connect(), "pull_requests")
    assert "the rate limit is used up" in str(outcome.error)


def test_a_repeated_page_ends_the_walk(play, read, story):
    """A cursor that leads nowhere does not loop."""
    started = play([story.pull_request(number) for number in range(1, 60)])
    whole = read(started.connect(repositories=("acme/ranker",)), "pull_requests", stop_after=1)
    page = {"hasNextPage": True, "endCursor": whole.cursor["repositories"]["1"]["walk"]["after"]}
    listed = {"totalCount": 59, "pageInfo": page, "nodes": []}
    body = json.dumps({"data": {"node": {"pullRequests": listed}}})
    started.sandbox.faults.append(Fault(GRAPHQL, "reply", status=200, headers=JSON, body=body))
    outcome = read(started.connect(repositories=("acme/ranker",)), "pull_requests", whole.cursor)
    assert "the server repeats a page" in str(outcome.error)


def test_an_old_enterprise_server_is_told_apart_from_a_missing_permission(play, read):
    """A field that it does not know is nothing a token can grant."""
    error = {
        "message": "Field 'fullDatabaseId' doesn't exist on type 'PullRequest'",
        "path": ["query PullRequests", "node", "fullDatabaseId"],
        "extensions": {"code": "undefinedField"},
    }
    body = json.dumps({"errors": [error]})
    started = faulty(play, Fault(GRAPHQL, "reply", times=9, status=200, headers=JSON, body=body))
    outcome = read(started.connect(), "pull_requests")
    assert "127.0.0.1 is too old: Field 'fullDatabaseId' doesn't exist" in str(outcome.error)
    assert outcome.error.remedy == "Update GitHub Enterprise Server."


def test_an_untrusted_certificate_is_named_at_once(read, tmp_path):
    """It does not mend itself: no repetition."""
    with self_signed(tmp_path) as port:
        settings = github.GitHubSettings(
            "acme", f"https://127.0.0.1:{port}/api/v3", token="secret-token", repositories=("a/b",)
        )
        with github.connect(settings, wait=lambda _: None) as client:
            outcome = read(client, "repositories")
            assert client.calls == 1
    assert "127.0.0.1: its TLS certificate is not trusted" in str(outcome.error)
    assert "setting verify" in outcome.error.remedy


def test_a_certificate_authority_of_ones_own_is_trusted_if_named(read, tmp_path):
    """The setting verify names its file; then the server is talked to (this one answers 501 to everything)."""
    with self_signed(tmp_path) as port:
        authority = tmp_path / "authority.pem"
        authority.write_text(x509.load_pem_x509_certificates((tmp_path / "server.pem").read_bytes())[0].public_bytes(
            serialization.Encoding.PEM).decode())  # fmt: skip
        settings = github.GitHubSettings(
            "acme",
            f"https://127.0.0.1:{port}/api/v3",
            token="secret-token",
            repositories=("a/b",),
            verify=str(authority),
        )
        with github.connect(settings, wait=lambda _: None) as client:
            outcome = read(client, "repositories")
    assert "the server failed (501)" in str(outcome.error)
