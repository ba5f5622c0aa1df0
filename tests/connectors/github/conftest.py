"""A small hand-made program behind the sandbox's GitHub, and the real client in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from connectors import github
from connectors.sandbox.github import Behaviour, app
from connectors.sandbox.program import (
    Comment,
    Commit,
    Deployment,
    Person,
    Program,
    PullRequest,
    Release,
    Repository,
    Review,
    WorkflowRun,
)
from connectors.sandbox.server import Sandbox, Server

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)

ADA = Person("Ada", "ada@acme.example", None, "ada", None, "core")
BEN = Person("Ben", "ben@acme.example", None, "ben-r", None, "core")
BOT = Person("Dependabot", None, None, "dependabot[bot]", None, None, is_bot=True)
GONE = Person("Gone", None, None, None, None, None)


def pull_request(
    number: int, repository: int = 1, *, at: datetime | None = None, commits: int = 1, **given
) -> PullRequest:
    """A pull request with one commit, opened an hour after it."""
    opened = at or START + timedelta(hours=number)
    made = [
        Commit(
            f"{repository:04d}{number:08d}{place:028d}",
            opened - timedelta(hours=1),
            opened,
            ADA,
            f"Step {place}\n\nBody",
        )
        for place in range(commits)
    ]
    return PullRequest(
        id=5_000_000_000 + repository * 100_000 + number,
        number=number,
        repository_id=repository,
        title=f"RANK-{number} do it",
        body="text",
        author=ADA,
        head_branch=f"feature/{number}",
        base_branch="main",
        created_at=opened,
        commits=made,
        files=[("src/a.py", 10, 2), ("poetry.lock", 400, 100)],
        **given,
    )


def rich_pull_request(number: int = 900) -> PullRequest:
    """One that was a draft, reviewed, closed, reopened, merged."""
    at = START + timedelta(days=2)
    hours = timedelta(hours=1)
    return pull_request(
        number,
        at=at,
        commits=2,
        is_draft=True,
        draft_until=at + 2 * hours,
        reviews=[
            Review(7_000_000_001, at + 3 * hours, BEN, "CHANGES_REQUESTED", "Please rename"),
            Review(7_000_000_002, at + 5 * hours, BEN, "APPROVED", ""),
        ],
        comments=[Comment(at + 4 * hours, BOT, "coverage"), Comment(at + 4 * hours, GONE, "ping")],
        labels=["model", "risk"],
        closes=[(77, "Wrong ranking")],
        reopened_at=at + 10 * hours,
        merged_at=at + 30 * hours,
        closed_at=at + 30 * hours,
        merged_by=BEN,
        merge_sha="f" * 40,
    )


def workflow_run(number: int, at: datetime, *, minutes: int = 10, **given) -> WorkflowRun:
    """A run of the tests on the default branch of the first repository."""
    options = {"branch": "main", "event": "push", "conclusion": "success"} | given
    finished = at + timedelta(minutes=minutes)
    return WorkflowRun(
        id=9_000_000_000 + number,
        repository_id=1,
        name="Tests",
        number=number,
        sha=f"{number:040d}",
        actor=ADA,
        created_at=at,
        finished_at=finished,
        **options,
    )


def program(pull_requests: list[PullRequest]) -> Program:
    """Two repositories of one organisation with deployments and a release in the first."""
    return Program(
        now=NOW,
        people=[ADA, BEN, BOT],
        jira_projects=[],
        issues=[],
        sprints=[],
        versions=[],
        repositories=[
            Repository(1, "acme", "ranker", "Ranks", START - timedelta(days=300)),
            Repository(2, "acme", "feeds", "Feeds", START - timedelta(days=300)),
        ],
        pull_requests=pull_requests,
        deployments=[
            Deployment(
                9_000_000_000 + place,
                1,
                "production",
                f"{place:040d}",
                "main",
                START + timedelta(days=place),
                BOT,
                [
                    (START + timedelta(days=place, minutes=1), "IN_PROGRESS"),
                    (START + timedelta(days=place, minutes=9), "SUCCESS"),
                ],
            )
            for place in range(3)
        ],
        releases=[Release(11, 1, "v1.0", "One", "a" * 40, ADA, START, START + timedelta(hours=1))],
        experiments=[],
        runs=[],
        registered_models=[],
        spreadsheet_id="",
        spreadsheet_title="",
        spreadsheet_timezone="UTC",
        spreadsheet_versions=[],
    )


@pytest.fixture
def story() -> SimpleNamespace:
    """The makers and people of the program."""
    return SimpleNamespace(
        pull_request=pull_request,
        rich=rich_pull_request,
        workflow_run=workflow_run,
        START=START,
        NOW=NOW,
        ADA=ADA,
        BEN=BEN,
    )


@dataclass
class Play:
    """A running sandbox and the means to connect to it; `waits` collects the seconds the clients wanted to sleep."""

    sandbox: Sandbox
    behaviour: Behaviour
    url: str
    waits: list[float] = field(default_factory=list)

    def connect(self, **given) -> github.GitHubClient:
        options = {"token": "secret-token-123", "repositories": ("acme/ranker", "acme/feeds")} | given
        settings = github.GitHubSettings("acme", f"{self.url}/api/v3", **options)
        return github.connect(settings, wait=self.waits.append)

    def requests(self, pattern: str = "") -> list[str]:
        return [line for line in self.sandbox.requests if pattern in line]


@pytest.fixture(scope="module")
def servers() -> Iterator[list[Server]]:
    """Those that the module's tests have started. Closing one takes half a second: all at the end, at the same time."""
    started: list[Server] = []
    yield started
    with ThreadPoolExecutor(max_workers=32) as pool:
        list(pool.map(Server.close, started))


@pytest.fixture
def play(servers) -> Callable[..., Play]:
    """Starts servers over lists of pull requests."""

    def start(pull_requests: list[PullRequest] | None = None, *, runs: int = 0, **behaviour) -> Play:
        rules = Behaviour(**behaviour)
        sandbox = Sandbox(program(pull_requests or [pull_request(1)]), NOW)
        sandbox.program.workflow_runs = [workflow_run(n, START + timedelta(days=n)) for n in range(runs)]
        server = Server(app(sandbox, behaviour=rules), sandbox)
        servers.append(server)
        return Play(sandbox, rules, server.url)

    return start


@dataclass
class Outcome:
    """What a read brought."""

    pages: list
    error: Exception | None

    @property
    def records(self) -> list[dict]:
        return [record for page in self.pages for record in page.records]

    @property
    def cursor(self) -> dict | None:
        return self.pages[-1].cursor if self.pages else None


@pytest.fixture
def read() -> Callable[..., Outcome]:
    """Reads a stream to its end, or to its error."""
    streams = {stream.name: stream for stream in github.STREAMS}

    def run(
        client: github.GitHubClient, name: str, cursor: dict | None = None, *, stop_after: int | None = None
    ) -> Outcome:
        outcome = Outcome([], None)
        try:
            for page in streams[name].read(client, cursor):
                outcome.pages.append(page)
                if len(outcome.pages) == stop_after:
                    break
        except Exception as error:  # noqa: BLE001  # handed to the test, which says which it expects
            outcome.error = error
        return outcome

    return run
