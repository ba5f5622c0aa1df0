"""How many requests are on their way to a vendor at once, counted at its end of the wire, while several instances are read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from connectors.sandbox.server import Fault, Sandbox, Server
from connectors.turns import turn
from tests.faults.played_sources import MAIN, NOW, PLAYS, SOURCES, github_client, jira_client, program

TOGETHER = 3  # instances read at the same time
GRACE = 0.05  # seconds in which another request would have arrived, had it been sent
LONG = 20.0  # seconds that a busy machine may take for it
PATIENT = {"jira": partial(jira_client, seconds=60), "github": partial(github_client, seconds=60)}
"""Clients that do not ask again while a busy machine is still answering: that would be a second request on its way."""


@dataclass
class Crowd:
    """A layer before a vendor's answers: each request stays in it until there are `enough`, or for a moment.

    `most` were in it at once, and `alone` left it before that.
    """

    enough: int
    patience: float
    inside: int = 0
    most: int = 0
    alone: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def before(self, app: Any) -> Callable[..., Iterable[bytes]]:
        def serve(environ: Any, start_response: Any) -> Any:
            with self.changed:
                self.inside += 1
                self.most = max(self.most, self.inside)
                self.changed.notify_all()
                self.alone += not self.changed.wait_for(lambda: self.most >= self.enough, self.patience)
            try:
                return app(environ, start_response)
            finally:
                with self.changed:
                    self.inside -= 1

        return serve


@dataclass
class Vendor:
    """A source's server, and how to read its main stream."""

    source: str
    url: str
    sandbox: Sandbox

    @contextmanager
    def instance(self, sleep: Callable[[float], None] = lambda _seconds: None) -> Iterator[Callable[[], int]]:
        """What reads everything as an instance of its own, each time anew, and returns the number of records."""
        _, streams, connect = PLAYS[self.source]
        connect = PATIENT.get(self.source, connect)
        stream = next(one for one in streams if one.name == MAIN[self.source])
        with connect(self.url, sleep) as client:
            yield lambda: sum(len(page.records) for page in stream.read(client, None))

    def read(self) -> int:
        """One read by an instance that was not there before."""
        with self.instance() as read:
            return read()


@pytest.fixture
def serve() -> Iterator[Callable[..., Vendor]]:
    """Starts a vendor's server behind a crowd."""
    with ExitStack() as servers:

        def start(source: str, crowd: Crowd) -> Vendor:
            sandbox = Sandbox(program(), NOW)
            app = crowd.before(PLAYS[source][0](sandbox))
            return Vendor(source, servers.enter_context(Server(app, sandbox)).url, sandbox)

        yield start


@pytest.mark.parametrize("source", SOURCES)
def test_several_instances_with_one_account_never_ask_at_the_same_time(serve, source):
    """GitHub wants requests in a row; elsewhere the budget is the account's."""
    crowd = Crowd(enough=2, patience=GRACE)
    vendor = serve(source, crowd)
    with ThreadPoolExecutor(TOGETHER) as threads:
        reads = [threads.submit(vendor.read) for _ in range(TOGETHER)]
        counts = {read.result() for read in reads}
    assert len(counts) == 1
    assert counts.pop() > 0
    assert crowd.most == 1


@pytest.mark.parametrize("source", SOURCES)
def test_instances_at_several_hosts_are_asked_side_by_side(serve, source):
    """Nobody's limit binds another: the requests meet before any of them is answered."""
    crowd = Crowd(enough=TOGETHER, patience=LONG)
    vendors = [serve(source, crowd) for _ in range(TOGETHER)]
    with ThreadPoolExecutor(TOGETHER) as threads:
        list(threads.map(Vendor.read, vendors))
    assert (crowd.most, crowd.alone) == (TOGETHER, 0)


@pytest.mark.parametrize(
    "fault",
    [Fault(".", "reply", status=429, headers={"Retry-After": "95"}), Fault(".", "reply", status=429)],
    ids=["as long as told", "without a time"],
)
@pytest.mark.parametrize("source", SOURCES)
def test_nobody_asks_while_one_instance_waits_as_it_was_told(serve, source, fault):
    """The limit is the account's: the others of its instances wait as well, and go on afterwards."""
    vendor = serve(source, Crowd(enough=1, patience=0))
    vendor.sandbox.faults.append(Fault(fault.match, fault.kind, status=fault.status, headers=fault.headers))
    assert_nobody_asks_meanwhile(vendor)


def test_a_graphql_limit_that_arrives_with_200_binds_the_others_too(serve):
    """GitHub tells it in the body, and until when in a header."""
    vendor = serve("github", Crowd(enough=1, patience=0))
    reset = str(int((NOW + timedelta(minutes=9)).timestamp()))
    body = '{"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}'
    headers = {"X-RateLimit-Reset": reset, "X-RateLimit-Remaining": "0"}
    vendor.sandbox.faults.append(Fault("graphql", "reply", status=200, headers=headers, body=body))
    assert_nobody_asks_meanwhile(vendor)


def assert_nobody_asks_meanwhile(vendor: Vendor) -> None:
    """While one instance waits, another that has read before begins a read: its first request comes after the wait."""
    sent: list[int] = []

    def sleep(_seconds: float) -> None:
        sent.append(len(vendor.sandbox.requests))
        other.start()
        other.join(GRACE * 4)  # in this time it would have asked
        sent.append(len(vendor.sandbox.requests))

    with vendor.instance() as read_again, vendor.instance(sleep) as read:
        faults, vendor.sandbox.faults = vendor.sandbox.faults, []
        read_again()
        vendor.sandbox.faults = faults
        other = threading.Thread(target=read_again)
        assert read() > 0
        other.join()
    assert len(sent) == 2
    assert sent[0] == sent[1] < len(vendor.sandbox.requests)


def test_a_turn_is_the_hosts_and_the_accounts():
    """Whatever the path, the letters' case and the name in the address; another port is another server."""
    mine = turn("https://Jira.example/jira", "ada", "secret")
    assert turn("https://jira.example/", "ada", "secret") is mine
    assert turn("https://ada@jira.example", "ada", "secret") is mine
    for url, *account in (
        ("https://jira.example", "ada", "another"),
        ("https://jira.example", "ben", "secret"),
        ("https://jira.example:8443", "ada", "secret"),
        ("https://jira2.example", "ada", "secret"),
    ):
        assert turn(url, *account) is not mine
