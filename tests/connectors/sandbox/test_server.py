"""The sandbox's server shows its own clock, keeps a log and fails exactly as ordered."""

from __future__ import annotations

import pytest
import requests
from werkzeug.wrappers import Request, Response

from connectors.sandbox.server import Fault, Sandbox, Server
from tests.connectors.jira import small_program


@Request.application
def echo(_request):
    return Response("x" * 1000)


@pytest.fixture
def sandbox():
    return Sandbox(small_program.build(), small_program.NOW)


@pytest.fixture
def server(sandbox):
    with Server(echo, sandbox) as running:
        yield running


def test_replies_are_dated_by_the_sandboxs_clock_alone(server):
    """One Date, not a second one by this machine's clock."""
    assert requests.get(server.url, timeout=5).headers["Date"] == "Mon, 02 Feb 2026 08:00:00 GMT"


def test_requests_are_logged_in_order(server, sandbox):
    requests.get(f"{server.url}/a?b=c", timeout=5)
    requests.post(f"{server.url}/d", timeout=5)
    assert sandbox.requests == ["GET /a?b=c", "POST /d"]


def test_a_fault_waits_for_good_requests_and_wears_out(server, sandbox):
    sandbox.faults.append(Fault("GET /a", "reply", times=2, after=1, status=418, headers={"X-Kind": "pot"}, body="no"))
    statuses = [requests.get(f"{server.url}/{path}", timeout=5).status_code for path in ("a", "b", "a", "a", "a")]
    assert statuses == [200, 200, 418, 418, 200]


def test_a_body_can_be_cut_short(server, sandbox):
    sandbox.faults.append(Fault("GET", "truncate"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(server.url, timeout=5)


def test_a_connection_can_be_cut_without_a_reply(server, sandbox, capfd):
    sandbox.faults.append(Fault("GET", "reset"))
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(server.url, timeout=5)
    assert requests.get(server.url, timeout=5).ok
    assert capfd.readouterr() == ("", "")


def test_a_reply_can_be_kept_back(server, sandbox):
    """Closing the server ends the wait, so that no test hangs on it."""
    sandbox.faults.append(Fault("GET", "stall"))
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(server.url, timeout=(5, 0.1))
