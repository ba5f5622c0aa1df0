"""The sandbox's Jira over the small program, asked without a server in between."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import pytest

from connectors.sandbox import jira
from connectors.sandbox.server import Sandbox
from tests.connectors.jira import small_program


@dataclass
class Site:
    """A site and a way to ask it."""

    sandbox: Sandbox
    behaviour: jira.Behaviour
    flask: Any
    version: str
    headers: dict[str, str]

    def ask(self, path: str, *, body: Any = None, status: int = 200, **parameters: Any) -> Any:
        """The JSON reply of a path; `body` makes it a POST."""
        address = f"/rest/{path}" if path.startswith("agile") else f"/rest/api/{self.version}/{path}"
        with self.flask.test_client() as client:
            method = client.get if body is None else client.post
            response = method(address, query_string=parameters, json=body, headers=self.headers)
        assert response.status_code == status, response.text
        return response.json

    def found(self, jql: str) -> list[str]:
        """The keys that a query finds, in order."""
        if self.version == "3":
            return [issue["key"] for issue in self.ask("search/jql", jql=jql, fields="key")["issues"]]
        return [issue["key"] for issue in self.ask("search", jql=jql, fields="key")["issues"]]

    def issue(self, issue_id: str) -> Any:
        """An issue of the program."""
        return next(issue for issue in self.sandbox.program.issues if issue.id == issue_id)


def _site(deployment: Any) -> Site:
    sandbox = Sandbox(small_program.build(), small_program.NOW)
    behaviour = jira.Behaviour(token=small_program.TOKEN)
    flask = jira.app(sandbox, deployment, behaviour=behaviour)
    basic = base64.b64encode(f"hub@example.com:{small_program.TOKEN}".encode()).decode()
    if deployment == "Cloud":
        return Site(sandbox, behaviour, flask, "3", {"Authorization": f"Basic {basic}"})
    return Site(sandbox, behaviour, flask, "2", {"Authorization": f"Bearer {small_program.TOKEN}"})


@pytest.fixture
def cloud() -> Site:
    """Jira Cloud."""
    return _site("Cloud")


@pytest.fixture
def data_center() -> Site:
    """Jira Data Center."""
    return _site("Server")


@pytest.fixture(params=["Cloud", "Server"])
def site(request: pytest.FixtureRequest) -> Site:
    """Both, one after the other."""
    return _site(request.param)
