"""The program's repositories and pull requests as they stand at the sandbox's moment. No wire format here."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from connectors.sandbox.github.behaviour import Behaviour
from connectors.sandbox.program import (
    Comment,
    Commit,
    Deployment,
    GitHubIssue,
    Person,
    PullRequest,
    Release,
    Repository,
    Review,
    WorkflowRun,
)
from connectors.sandbox.server import Sandbox

Kind = Literal["ClosedEvent", "ReopenedEvent", "ReadyForReviewEvent"]
Event = tuple[Kind, datetime, Person | None]


def node_id(kind: str, number: int | str) -> str:
    """An opaque id in the manner of GitHub's, e.g. "PR_kwDO..."."""
    return f"{kind}_kwDO{base64.urlsafe_b64encode(str(number).encode()).decode().rstrip('=')}"


def node_of(identifier: str) -> tuple[str, str] | None:
    """Kind and number behind a node id; None if it is none of ours."""
    kind, mark, text = identifier.partition("_kwDO")
    if not mark:
        return None
    try:
        return kind, base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return None


def login(person: Person) -> str | None:
    """The GraphQL login: a bot's has no "[bot]" behind it."""
    return person.github_login.removesuffix("[bot]") if person.github_login else None


def account_id(name: str) -> int:
    """A stable number for an account."""
    return zlib.crc32(name.encode()) % 100_000_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A pull request as it stands at a moment."""

    pull_request: PullRequest
    now: datetime

    @property
    def first_closed_at(self) -> datetime | None:
        """When a pull request that was reopened had been closed before: half-way, at most a day earlier."""
        reopened = self.pull_request.reopened_at
        if reopened is None:
            return None
        return reopened - min(timedelta(days=1), (reopened - self.pull_request.created_at) / 2)

    @property
    def merged_at(self) -> datetime | None:
        """None until it happens."""
        moment = self.pull_request.merged_at
        return moment if moment and moment <= self.now else None

    @property
    def closed_at(self) -> datetime | None:
        """Of the closing that stands; None while open."""
        pull_request = self.pull_request
        moment = pull_request.closed_at or pull_request.merged_at
        if moment and moment <= self.now:
            return moment
        first = self.first_closed_at
        if first and pull_request.reopened_at and first <= self.now < pull_request.reopened_at:
            return first
        return None

    @property
    def state(self) -> Literal["OPEN", "CLOSED", "MERGED"]:
        """Merged counts as closed, but is called by its name."""
        if self.merged_at:
            return "MERGED"
        return "CLOSED" if self.closed_at else "OPEN"

    @property
    def is_draft(self) -> bool:
        """Until it is made ready for review."""
        until = self.pull_request.draft_until
        return self.pull_request.is_draft and (until is None or until > self.now)

    @property
    def commits(self) -> list[Commit]:
        """Those made by now; at least the first, without which there would be no pull request."""
        commits = self.pull_request.commits
        return [commit for commit in commits if commit.committed_at <= self.now] or commits[:1]

    @property
    def reviews(self) -> list[Review]:
        """Those given by now."""
        return [review for review in self.pull_request.reviews if review.at <= self.now]

    @property
    def threads(self) -> list[Review]:
        """The reviews that began a thread: those with remarks."""
        return [review for review in self.reviews if review.body and review.state != "APPROVED"]

    @property
    def comments(self) -> list[Comment]:
        """Those written by now."""
        return [comment for comment in self.pull_request.comments if comment.at <= self.now]

    @property
    def events(self) -> list[Event]:
        """Closings, reopenings and the end of a draft, in order of time."""
        pull_request = self.pull_request
        author = pull_request.author
        candidates: list[tuple[Kind, datetime | None, Person | None]] = [
            ("ClosedEvent", self.first_closed_at, author),
            ("ReopenedEvent", pull_request.reopened_at, author),
            ("ClosedEvent", pull_request.closed_at or pull_request.merged_at, pull_request.merged_by or author),
        ]
        if pull_request.is_draft:
            candidates.append(("ReadyForReviewEvent", pull_request.draft_until, author))
        known = [(kind, at, who) for kind, at, who in candidates if at and at <= self.now]
        return sorted(known, key=lambda event: event[1])

    @property
    def updated_at(self) -> datetime:
        """The last moment at which GitHub would have noted a change."""
        moments = [
            self.pull_request.created_at,
            *(commit.committed_at for commit in self.pull_request.commits),
            *(review.at for review in self.pull_request.reviews),
            *(comment.at for comment in self.pull_request.comments),
            *(at for _, at, _ in self.events),
        ]
        return max(moment for moment in moments if moment <= self.now or moment is moments[0])


@dataclass(frozen=True, slots=True)
class ShownIssue:
    """An issue as it stands at a moment."""

    issue: GitHubIssue
    now: datetime
    touched_at: datetime | None = None  # by something other than its closing

    @property
    def closed_at(self) -> datetime | None:
        """None until it happens."""
        moment = self.issue.closed_at
        return moment if moment and moment <= self.now else None

    @property
    def updated_at(self) -> datetime:
        """Its last change."""
        return max(filter(None, (self.issue.created_at, self.closed_at, self.touched_at)))


class World:
    """What exists at the sandbox's moment and may be seen."""

    def __init__(self, sandbox: Sandbox, behaviour: Behaviour) -> None:
        self.sandbox = sandbox
        self.behaviour = behaviour

    @property
    def now(self) -> datetime:
        """The sandbox's moment."""
        return self.sandbox.now

    def name(self, repository: Repository) -> tuple[str, str]:
        """Owner and name as they are now."""
        return self.behaviour.names.get(repository.id, (repository.owner, repository.name))

    def full_name(self, repository: Repository) -> str:
        """Owner and name as they are now, in one."""
        return "/".join(self.name(repository))

    def repositories(self) -> Iterator[Repository]:
        """Those created by now, hidden ones included."""
        return (r for r in self.sandbox.program.repositories if r.created_at <= self.now)

    def repository(self, identifier: int) -> Repository | None:
        """By its number."""
        return next((r for r in self.repositories() if r.id == identifier), None)

    def repository_named(self, full_name: str) -> Repository | None:
        """By its present name, in any case of letters."""
        return next((r for r in self.repositories() if self.full_name(r).lower() == full_name.lower()), None)

    def is_visible(self, repository: Repository) -> bool:
        """Unless a test hides it."""
        return repository.id not in self.behaviour.hidden

    def pull_requests(self, repository_id: int) -> list[Shown]:
        """Of a repository, opened by now."""
        return [
            Shown(pull_request, self.now)
            for pull_request in self.sandbox.program.pull_requests
            if pull_request.repository_id == repository_id and pull_request.created_at <= self.now
        ]

    def pull_request(self, identifier: int) -> Shown | None:
        """By its number."""
        found = (p for p in self.sandbox.program.pull_requests if p.id == identifier and p.created_at <= self.now)
        return next((Shown(pull_request, self.now) for pull_request in found), None)

    def deployments(self, repository_id: int) -> list[Deployment]:
        """Of a repository, created by now."""
        return [
            deployment
            for deployment in self.sandbox.program.deployments
            if deployment.repository_id == repository_id and deployment.created_at <= self.now
        ]

    def deployment(self, identifier: int) -> Deployment | None:
        """By its number."""
        return next((d for d in self.sandbox.program.deployments if d.id == identifier), None)

    def releases(self, repository_id: int) -> list[Release]:
        """Of a repository, created by now."""
        return [
            release
            for release in self.sandbox.program.releases
            if release.repository_id == repository_id and release.created_at <= self.now
        ]

    def issues(self, repository_id: int) -> list[ShownIssue]:
        """Of a repository, by number: those of the program, and those that pull requests close, known from then on."""
        now = self.now
        found = [
            ShownIssue(one, now)
            for one in self.sandbox.program.github_issues
            if one.repository_id == repository_id
            and one.created_at <= now
            and (one.deleted_at is None or one.deleted_at > now)
        ]
        closing: dict[tuple[int, str], list[Shown]] = {}
        for shown in self.pull_requests(repository_id):
            for issue in shown.pull_request.closes:
                closing.setdefault(issue, []).append(shown)
        for (number, title), requests in closing.items():
            first = min(requests, key=lambda each: each.pull_request.created_at).pull_request
            merged = max((each.merged_at for each in requests if each.merged_at), default=None)
            issue_id = 2_000_000_000 + repository_id % 1000 * 100_000 + number
            made = GitHubIssue(
                issue_id, number, repository_id, title, first.author, [], first.created_at, closed_at=merged
            )
            found.append(ShownIssue(made, now, max(each.updated_at for each in requests)))
        return sorted(found, key=lambda each: each.issue.number)

    def issue(self, repository_id: int, number: int) -> ShownIssue | None:
        """By its number in a repository."""
        return next((each for each in self.issues(repository_id) if each.issue.number == number), None)

    def workflow_runs(self, repository_id: int) -> list[WorkflowRun]:
        """Of a repository, begun by now."""
        return [
            run
            for run in self.sandbox.program.workflow_runs
            if run.repository_id == repository_id and run.created_at <= self.now
        ]
