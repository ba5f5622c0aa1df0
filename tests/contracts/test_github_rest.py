"""The sandbox's REST replies against GitHub's OpenAPI description, fetched over HTTP."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from connectors.sandbox.github import app
from connectors.sandbox.program import Commit, GitHubIssue, Person, Program, PullRequest, Repository, WorkflowRun
from connectors.sandbox.server import Sandbox, Server

NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
OPENED = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
ADA = Person("Ada", "ada@acme.example", None, "ada", None, "core")
BOT = Person("Dependabot", None, None, "dependabot[bot]", None, None, is_bot=True)


@pytest.fixture(scope="module")
def openapi(specs: Path) -> dict[str, Any]:
    """GitHub's description, with OpenAPI 3.0's `nullable` written as JSON Schema has it."""
    return modern(json.loads((specs / "github-rest.json").read_text()))


def modern(node: Any) -> Any:
    """The same schema; a nullable one also takes null."""
    if isinstance(node, list):
        return [modern(each) for each in node]
    if not isinstance(node, dict):
        return node
    changed = {key: modern(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [changed, {"type": "null"}]} if node.get("nullable") is True else changed


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A sandbox with two pull requests, one of a bot, one that closes an issue."""
    both = [
        PullRequest(
            id=5_000_000_000 + number,
            number=number,
            repository_id=1,
            title="Do it",
            body="text",
            author=author,
            head_branch=f"feature/{number}",
            base_branch="main",
            created_at=OPENED,
            commits=[Commit("a" * 40, OPENED, OPENED, ADA, "Do it")],
            files=[("a.py", 1, 0)],
            labels=["model"],
            closes=[(77, "Wrong ranking")],
        )
        for number, author in ((1, ADA), (2, BOT))
    ]
    empty: dict[str, Any] = {name: [] for name in Program.__dataclass_fields__}
    given = {
        "now": NOW,
        "spreadsheet_id": "",
        "spreadsheet_title": "",
        "spreadsheet_timezone": "UTC",
        "repositories": [Repository(1, "acme", "ranker", "Ranks", OPENED), Repository(2, "acme", "feeds", "", OPENED)],
        "pull_requests": both,
        "github_issues": [GitHubIssue(5, 5, 1, "Down", BOT, ["incident"], OPENED, OPENED)],
        "workflow_runs": [
            WorkflowRun(9_000_000_001, 1, "Tests", 1, "push", "main", "a" * 40, ADA, OPENED, OPENED, "success"),
            WorkflowRun(9_000_000_002, 1, "Tests", 2, "schedule", "main", "b" * 40, BOT, OPENED, None, None),
        ],
    }
    sandbox = Sandbox(Program(**(empty | given)), NOW)
    with Server(app(sandbox), sandbox) as server:
        yield f"{server.url}/api/v3"


@pytest.fixture
def conforms(openapi) -> Callable[[str, str, str, Any], list[str]]:
    """Faults of a reply to a method on a described path; none if it conforms."""

    def check(method: str, path: str, status: str, body: Any) -> list[str]:
        schema = openapi["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
        validator = Draft202012Validator({**copy.copy(schema), "components": openapi["components"]})
        return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(body)]

    return check


REPLIES = [
    ("/user", "/user"),
    ("/rate_limit", "/rate_limit"),
    ("/orgs/{org}/repos", "/orgs/acme/repos"),
    ("/repos/{owner}/{repo}", "/repos/acme/ranker"),
    ("/repos/{owner}/{repo}", "/repositories/1"),
    ("/repos/{owner}/{repo}/pulls", "/repositories/1/pulls?state=all"),
    ("/repos/{owner}/{repo}/issues", "/repos/acme/ranker/issues?state=all"),
    ("/repos/{owner}/{repo}/actions/runs", "/repositories/1/actions/runs"),
    (
        "/repos/{owner}/{repo}/actions/runs",
        "/repositories/1/actions/runs?status=completed&created=>=2026-01-01T00:00:00Z",
    ),
]


def get(url: str) -> requests.Response:
    return requests.get(url, headers={"Authorization": "token any"}, timeout=10)


@pytest.mark.parametrize(("described", "asked"), REPLIES)
def test_replies_conform(url, conforms, described, asked):
    """Every reply is what the description says."""
    reply = get(url + asked)
    assert reply.status_code == 200
    assert reply.json()
    assert conforms("get", described, "200", reply.json()) == []


def test_an_installation_token_conforms(url, conforms):
    """What an app is given for its JSON web token."""
    reply = requests.post(
        f"{url}/app/installations/42/access_tokens", headers={"Authorization": "Bearer jwt"}, timeout=10
    )
    assert conforms("post", "/app/installations/{installation_id}/access_tokens", "201", reply.json()) == []


def test_a_reply_that_lacks_a_field_is_found(url, conforms):
    """The check can fail."""
    body = get(f"{url}/repos/acme/ranker").json()
    del body["default_branch"]
    body["id"] = "1"
    assert len(conforms("get", "/repos/{owner}/{repo}", "200", body)) == 2


def test_all_addresses_in_replies_are_the_servers(url):
    """PyGithub refuses another scheme, host, port or prefix."""

    def addresses(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if (key == "url" or key.endswith("_url")) and isinstance(value, str):
                    yield value
                yield from addresses(value)
        elif isinstance(node, list):
            for value in node:
                yield from addresses(value)

    for _, asked in REPLIES:
        reply = get(url + asked)
        assert all(address.startswith(url) for address in addresses(reply.json()))
    link = get(f"{url}/orgs/acme/repos?per_page=1").headers["Link"]
    assert link.startswith(f'<{url}/orgs/acme/repos?per_page=1&page=2>; rel="next"')
