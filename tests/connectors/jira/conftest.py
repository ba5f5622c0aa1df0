"""A Jira site of each deployment over the small program, and the real client connected to it without any waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from connectors.jira import JiraClient, JiraSettings
from connectors.patience import Patience
from connectors.sandbox import jira as sandbox_jira
from connectors.sandbox.server import Fault, Sandbox, Server
from tests.connectors.jira import small_program


@dataclass(repr=False)
class JiraSite:
    """A running site and what tests need around it."""

    url: str
    sandbox: Sandbox
    behaviour: sandbox_jira.Behaviour
    settings: JiraSettings
    waits: list[float] = field(default_factory=list)
    clients: list[JiraClient] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Jira at {self.url}>"

    def client(self, **changes: Any) -> JiraClient:
        """A new client, with settings changed; its waits are noted, not waited."""
        client = JiraClient(
            replace(self.settings, **changes), patience=Patience(sleep=self.waits.append), timeout=(2, 2)
        )
        self.clients.append(client)
        return client

    def issue(self, issue_id: str) -> Any:
        """An issue of the program."""
        return next(issue for issue in self.sandbox.program.issues if issue.id == issue_id)

    def fail(self, match: str, **fault: Any) -> None:
        """Orders a fault."""
        self.sandbox.faults.append(Fault(match, **{"kind": "reply", **fault}))


def _site(deployment: Any) -> Iterator[JiraSite]:
    sandbox = Sandbox(small_program.build(), small_program.NOW)
    behaviour = sandbox_jira.Behaviour(token=small_program.TOKEN)
    with Server(sandbox_jira.app(sandbox, deployment, behaviour=behaviour), sandbox) as server:
        email = "hub@example.com" if deployment == "Cloud" else None
        settings = JiraSettings("acme", server.url, small_program.TOKEN, ("APP", "OPS"), email=email)
        site = JiraSite(server.url, sandbox, behaviour, settings)
        yield site
        for client in site.clients:
            client.close()


@pytest.fixture
def cloud() -> Iterator[JiraSite]:
    """Jira Cloud."""
    yield from _site("Cloud")


@pytest.fixture
def data_center() -> Iterator[JiraSite]:
    """Jira Data Center."""
    yield from _site("Server")


@pytest.fixture(params=["Cloud", "Server"])
def site(request: pytest.FixtureRequest) -> Iterator[JiraSite]:
    """Both deployments, one after the other."""
    yield from _site(request.param)
