"""A permission that is lost hides what a deletion would remove: everything stays current, it is told what is hidden, and it heals.

One part of each source is withdrawn from the hub's account while the other part stays visible. What is told names the part and
the permission. Not here: how each source finds out what was really deleted (tests/connectors).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from connectors import github, jira, mlflow
from connectors.sandbox import github as github_sandbox
from connectors.sandbox import jira as jira_sandbox
from connectors.sandbox.program import Deployment, PullRequest, Release, Repository
from connectors.sandbox.server import Sandbox, Server
from connectors.stream import Stream
from pipelines.sync import Options, sync
from tests.connectors.jira import small_program
from warehouse import landing

NOW, ADA = small_program.NOW, small_program.ADA


@dataclass
class Tracking:
    """An MLflow server with accounts: what is not granted is not listed, and refused with 403 where it is asked for by name.

    As MLflow 3.17 does it with its app basic-auth: asked for a run that does not exist, it refuses as well.
    """

    withdrawn: set[str] = field(default_factory=set)  # experiments, by id, and registered models, by name
    purged: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=lambda: {"1": "churn", "2": "forecast"})

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        asked = json.loads(request.get_data() or "{}") | request.args.to_dict()
        what, _, action = request.path.partition("/mlflow/")[2].partition("/")
        answer = self._get(what, asked) if action == "get" else Response(json.dumps(self._found(what, asked)))
        return answer(environ, start_response)

    def _get(self, what: str, asked: dict[str, Any]) -> Response:
        subject = str(next(iter(asked.values())))
        subject = subject.removeprefix("run-") if what == "runs" else subject
        if subject in self.withdrawn or (what == "runs" and subject in self.purged):
            return Response("Permission denied", 403)
        if subject in self.purged:
            return Response('{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}', 404)
        return Response("{}")

    def _found(self, what: str, asked: dict[str, Any]) -> dict[str, Any]:
        shown = [one for one in self.names if one not in self.withdrawn | self.purged]
        inside = [one for one in shown if one in asked.get("experiment_ids", [])]
        models = [name for name in ("churn-model", "rank-model") if name not in self.withdrawn | self.purged]
        return {
            "experiments": {"experiments": [{"experiment_id": one, "name": self.names[one]} for one in shown]},
            "runs": {"runs": [{"info": {"run_id": f"run-{one}", "start_time": 1, "end_time": 2}} for one in inside]},
            "logged-models": {"models": [{"info": {"model_id": f"m-{one}", "experiment_id": one}} for one in inside]},
            "registered-models": {"registered_models": [{"name": name} for name in models]},
            "model-versions": {"model_versions": [{"name": name, "version": "1"} for name in models]},
        }.get(what, {})


@dataclass
class Watched:
    """A source of which a part can be withdrawn, and the landing zone that its syncs fill."""

    source: str
    streams: tuple[Stream[Any], ...]
    connect: Callable[[], Any]
    withdraw: Callable[[bool], None]
    sandbox: Sandbox
    zone: landing.Zone

    def sync(self, **options: bool) -> list[str]:
        """One sync an hour after the last; what it tells of failures."""
        self.sandbox.now += timedelta(hours=1)
        with self.connect() as client:
            results = sync(
                self.source, "acme", client, self.streams, self.zone, synced_at=self.sandbox.now, options=Options(**options)
            )  # fmt: skip
            return [result.error for result in results if result.error]

    def live(self) -> dict[str, set[str]]:
        """The ids of the current records of each stream."""
        names = [stream.name for stream in self.streams]
        return {name: self.zone.open("acme", f"{self.source}_{name}").live_ids() for name in names}


def program() -> Any:
    """Two Jira projects, and two repositories with a pull request, a deployment and a release each."""
    told = small_program.build()
    told.repositories = [
        Repository(number, "acme", name, "", NOW - timedelta(days=90)) for number, name in ((1, "ranker"), (2, "feeds"))
    ]
    told.pull_requests = [
        PullRequest(5_000_000_000 + one, one, one, "Do it", "", ADA, "x", "main", NOW - timedelta(days=3), [], [])
        for one in (1, 2)
    ]
    told.deployments = [
        Deployment(9_000_000_000 + one, one, "production", "a" * 40, "main", NOW - timedelta(days=2), ADA, [])
        for one in (1, 2)
    ]
    told.releases = [
        Release(10 + one, one, "v1", "One", "a" * 40, ADA, NOW - timedelta(days=2), NOW - timedelta(days=2))
        for one in (1, 2)
    ]
    return told


@contextmanager
def watched_jira(zone: landing.Zone) -> Iterator[Watched]:
    sandbox, behaviour = Sandbox(program(), NOW), jira_sandbox.Behaviour()
    with Server(jira_sandbox.app(sandbox, behaviour=behaviour), sandbox) as server:
        settings = jira.JiraSettings("acme", server.url, "token", ("APP", "OPS"), email="hub@example.com")

        def withdraw(is_withdrawn: bool) -> None:
            behaviour.hidden_projects = {"OPS"} if is_withdrawn else set()

        yield Watched("jira", jira.STREAMS, lambda: jira.connect(settings), withdraw, sandbox, zone)


@contextmanager
def watched_github(zone: landing.Zone) -> Iterator[Watched]:
    sandbox, behaviour = Sandbox(program(), NOW), github_sandbox.Behaviour()
    with Server(github_sandbox.app(sandbox, behaviour=behaviour), sandbox) as server:
        names = ("acme/ranker", "acme/feeds")
        settings = github.GitHubSettings("acme", f"{server.url}/api/v3", token="s3cr3t", repositories=names)

        def withdraw(is_withdrawn: bool) -> None:
            behaviour.hidden = {2: 404} if is_withdrawn else {}

        yield Watched("github", github.STREAMS, lambda: github.connect(settings), withdraw, sandbox, zone)


@contextmanager
def watched_mlflow(zone: landing.Zone) -> Iterator[Watched]:
    sandbox, tracking = Sandbox(program(), NOW), Tracking()
    with Server(tracking, sandbox) as server:
        settings = mlflow.MlflowSettings("acme", server.url)

        def withdraw(is_withdrawn: bool) -> None:
            tracking.withdrawn = {"2", "rank-model"} if is_withdrawn else set()

        yield Watched("mlflow", mlflow.STREAMS, lambda: mlflow.connect(settings), withdraw, sandbox, zone)


SOURCES = {"jira": watched_jira, "github": watched_github, "mlflow": watched_mlflow}
TOLD = {
    "jira": [r"issues: does not see OPS; nothing of it is deleted here.*\n.*the permission Browse Projects"],
    "github": [
        r"pull_requests: acme/feeds: not visible \(404 .*nothing of it is deleted here.*\n.*Give the token access"
    ],
    "mlflow": [
        r"experiments: 'forecast' \(2\) may no longer be read \(403\).*\n.*Grant the hub's user READ",
        r"registered_models: 'rank-model' may no longer be read \(403\).*\n.*Grant the hub's user READ",
    ],
}


@pytest.fixture(params=SOURCES)
def watched(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Watched]:
    """Each source in turn, after its first sync."""
    with SOURCES[request.param](landing.Zone(tmp_path / "landing")) as one:
        assert one.sync() == []
        yield one


def test_what_may_no_longer_be_read_stays_current_is_told_and_heals(watched, matching):
    """By the hourly read and by every nightly look for deletions, of which two in a row would confirm a real one."""
    before = watched.live()
    assert sum(map(len, before.values())) >= 8
    watched.withdraw(True)
    for options in ({}, {"census": True}, {"census": True}, {"census": True}):
        errors = watched.sync(**options)
        for pattern in TOLD[watched.source]:
            assert matching(pattern, errors)
        assert watched.live() == before
    watched.withdraw(False)
    assert watched.sync() == []
    assert watched.sync(census=True) == []
    assert watched.live() == before


@pytest.mark.parametrize("is_full", [False, True])
@pytest.mark.parametrize("is_hidden", [False, True])
def test_a_project_that_is_no_longer_asked_for_is_let_go_and_not_deleted(tmp_path, is_hidden, is_full):
    """Hidden first or not, read in full or not: its issues stay, those of the other projects are still missed, and asked for again it is as before."""
    with watched_jira(landing.Zone(tmp_path / "landing")) as watched:
        watched.streams = tuple(stream for stream in watched.streams if stream.name == "issues")
        watched.sync()
        before, settings = watched.live()["issues"], watched.connect().settings
        if is_hidden:
            watched.withdraw(True)
            assert any("does not see OPS" in error for error in watched.sync(census=True))
        watched.connect = lambda: jira.connect(replace(settings, projects=("APP",)))
        for options in ({}, {"full": is_full, "census": True}, {"census": True}, {"full": is_full, "census": True}):
            assert watched.sync(**options) == []
            assert watched.live()["issues"] == before
        calls = len(watched.sandbox.requests)
        watched.sync()
        assert not [line for line in watched.sandbox.requests[calls:] if "bulkfetch" in line]
        issues = {one.id: one for one in watched.sandbox.program.issues}
        issues["103"].deleted_at = watched.sandbox.now
        watched.sync(census=True)
        watched.sync(census=True)
        assert watched.live()["issues"] == before - {"103"}
        watched.withdraw(False)
        watched.connect = lambda: jira.connect(settings)
        issues["201"].deleted_at = watched.sandbox.now
        watched.sync(census=True)
        watched.sync(census=True)
        assert watched.live()["issues"] == before - {"103", "201"}


@pytest.fixture
def matching() -> Callable[[str, list[str]], bool]:
    """Whether one of the errors is told as a pattern says, in two lines."""

    def found(pattern: str, errors: list[str]) -> bool:
        return any(re.search(pattern, error) and len(error.splitlines()) == 2 for error in errors)

    return found


def test_somebody_may_say_that_what_is_hidden_was_deleted(tmp_path):
    """MLflow answers both alike where accounts are granted nothing by default: then people decide, as the error says."""
    with watched_mlflow(landing.Zone(tmp_path / "landing")) as watched:
        watched.sync()
        watched.withdraw(True)
        [error, _] = watched.sync(census=True)
        assert "hub sync mlflow --full --census --confirm-shrink" in error
        assert watched.sync(full=True, census=True, confirm_shrink=True) == []
        left = {"experiments": {"1"}, "runs": {"run-1"}, "logged_models": {"m-1"}, "registered_models": {"churn-model"}}
        assert watched.live().items() >= left.items()
        assert watched.sync(census=True) == []


def test_what_is_purged_beside_something_hidden_is_found_as_far_as_the_server_tells(tmp_path):
    """One experiment withdrawn does not keep another one alive; of runs the server tells nothing until nothing is hidden."""
    with watched_mlflow(landing.Zone(tmp_path / "landing")) as watched:
        tracking = Tracking(names={"1": "churn", "2": "forecast", "3": "ranking", "4": "search"})
        with Server(tracking, watched.sandbox) as server:
            settings = mlflow.MlflowSettings("acme", server.url)
            watched.connect = lambda: mlflow.connect(settings)
            watched.sync()
            tracking.withdrawn, tracking.purged = {"2"}, {"3"}
            errors = watched.sync(census=True)
            assert ["'forecast' (2)" in error for error in errors] == [True]
            assert watched.live()["experiments"] == {"1", "2", "4"}
            assert watched.live()["runs"] == {"run-1", "run-2", "run-3", "run-4"}
            tracking.withdrawn = set()
            assert watched.sync(census=True) == []
            assert watched.live()["runs"] == {"run-1", "run-2", "run-4"}
