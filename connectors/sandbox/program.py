"""The program that the sandbox plays: every entity with its whole history, in no vendor's words.

A server shows the state as of the sandbox's clock: what was created later does not exist yet, what was changed later
still has its old value. The story that fills these types is in story/; vendors' formats are in the servers.
All times are aware UTC datetimes; ids are what the vendor would hand out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from connectors.sandbox.generative import LoggedModel, Trace

Cell = str | int | float | bool | date | None
"""A spreadsheet cell: dates become serial numbers on the wire."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody (or a bot) with an account in some of the tools; an absent account is None."""

    name: str
    email: str | None
    jira_account_id: str | None
    github_login: str | None
    mlflow_user: str | None
    team: str | None
    is_bot: bool = False


@dataclass(slots=True)
class Change:
    """One field of an issue set to another value. `old` is what it was, so that a changelog can be told backwards."""

    at: datetime
    author: Person
    field: str  # a name of Issue.initial, or "key" for a move to another project (value: the new key)
    old: Any
    new: Any


@dataclass(slots=True)
class Comment:
    at: datetime
    author: Person
    body: str


@dataclass(slots=True)
class Worklog:
    """Hours that somebody logged on a Jira issue, written down at `at`."""

    id: int
    at: datetime
    author: Person
    seconds: int
    comment: str = ""
    deleted_at: datetime | None = None


@dataclass(slots=True)
class Issue:
    """A Jira issue. `initial` holds the fields as they were at creation.

    Fields and their values: status (status name), assignee (Person | None), points (float | None), sprints (list of
    sprint ids), priority (name), labels, components, fix_versions (lists of names), parent (issue id | None), epic
    (issue id | None), due_date (date | None), flagged (bool), summary (str), resolution (name | None),
    links (list of (link type, "inward" | "outward", issue id)): type "Blocks", inward = this issue is blocked by that one.
    `key` and `project` are those of creation; after a move the present project is the one in `value("key", at)`.
    """

    id: str
    key: str
    project: str
    type: str
    reporter: Person
    created_at: datetime
    initial: dict[str, Any]
    changes: list[Change] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    worklogs: list[Worklog] = field(default_factory=list)
    deleted_at: datetime | None = None

    def value(self, name: str, at: datetime) -> Any:
        """The value of a field as of a moment; changes are in order of time."""
        value = self.key if name == "key" else self.initial.get(name)
        for change in self.changes:
            if change.at > at:
                break
            if change.field == name:
                value = change.new
        return value

    def updated_at(self, at: datetime) -> datetime:
        """The last moment at which anything changed, as of a moment."""
        moments = [self.created_at, *(c.at for c in self.changes), *(c.at for c in self.comments)]
        moments += [log.at for log in self.worklogs]
        return max(moment for moment in moments if moment <= at)


@dataclass(frozen=True, slots=True)
class Status:
    id: str
    name: str
    category: Literal["To Do", "In Progress", "Done"]


STATUSES = (
    Status("10000", "To Do", "To Do"),
    Status("10010", "Selected", "To Do"),
    Status("3", "In Progress", "In Progress"),
    Status("10011", "In Review", "In Progress"),
    Status("10012", "Blocked", "In Progress"),
    Status("10002", "Done", "Done"),
)
"""Every status an issue of the story can be in; all three projects share them."""


@dataclass(slots=True)
class Sprint:
    id: int
    board_id: int
    name: str
    goal: str
    created_at: datetime
    start_at: datetime
    end_at: datetime
    activated_at: datetime | None  # None: never started
    completed_at: datetime | None


@dataclass(slots=True)
class Version:
    id: str
    project: str
    name: str
    description: str
    created_at: datetime
    start_date: date | None
    release_date: date | None
    released_at: datetime | None


@dataclass(slots=True)
class JiraProject:
    id: str
    key: str
    name: str
    lead: Person
    board_id: int
    board_type: Literal["scrum", "kanban"]


@dataclass(slots=True)
class Repository:
    id: int
    owner: str
    name: str
    description: str
    created_at: datetime
    default_branch: str = "main"
    language: str = "Python"


@dataclass(slots=True)
class Commit:
    sha: str
    authored_at: datetime
    committed_at: datetime
    author: Person
    message: str


@dataclass(slots=True)
class Review:
    id: int
    at: datetime
    author: Person
    state: Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED"]
    body: str


@dataclass(slots=True)
class PullRequest:
    """A pull request with all that ever happens to it. `draft_until` None with `is_draft` True: still a draft."""

    id: int
    number: int
    repository_id: int
    title: str
    body: str
    author: Person
    head_branch: str
    base_branch: str
    created_at: datetime
    commits: list[Commit]
    files: list[tuple[str, int, int]]  # path, additions, deletions
    reviews: list[Review] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    closes: list[tuple[int, str]] = field(default_factory=list)  # (number, title) of GitHub issues it closes
    is_draft: bool = False  # opened as a draft
    draft_until: datetime | None = None
    reopened_at: datetime | None = None
    merged_at: datetime | None = None
    merged_by: Person | None = None
    merge_sha: str | None = None
    closed_at: datetime | None = None  # also set when merged


@dataclass(slots=True)
class GitHubIssue:
    """An issue in a repository. `reopened_at` None: closed for good at `closed_at`, if ever."""

    id: int
    number: int
    repository_id: int
    title: str
    author: Person
    labels: list[str]
    created_at: datetime
    closed_at: datetime | None = None
    state_reason: Literal["COMPLETED", "NOT_PLANNED"] = "COMPLETED"
    deleted_at: datetime | None = None


@dataclass(slots=True)
class WorkflowRun:
    """A run of a workflow; `finished_at` None: still going on."""

    id: int
    repository_id: int
    name: str
    number: int
    event: Literal["push", "schedule", "workflow_dispatch"]
    branch: str
    sha: str
    actor: Person
    created_at: datetime
    finished_at: datetime | None
    conclusion: Literal["success", "failure", "cancelled", "timed_out"] | None
    attempt: int = 1


@dataclass(slots=True)
class Deployment:
    id: int
    repository_id: int
    environment: str
    sha: str
    ref: str
    created_at: datetime
    creator: Person
    statuses: list[tuple[datetime, str]]  # e.g. (at, "IN_PROGRESS"), (at, "SUCCESS" | "FAILURE" | "INACTIVE")


@dataclass(slots=True)
class Release:
    id: int
    repository_id: int
    tag: str
    name: str
    sha: str
    author: Person
    created_at: datetime
    published_at: datetime | None


@dataclass(slots=True)
class Experiment:
    name: str
    created_at: datetime
    tags: dict[str, str]


@dataclass(slots=True)
class Run:
    """An MLflow run. `key` is the story's own name for it; the server hands out the run id."""

    key: str
    experiment: str
    name: str
    user: Person
    started_at: datetime
    ended_at: datetime | None  # None: still running
    status: Literal["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]
    params: dict[str, str]
    metrics: list[tuple[str, float, int, datetime]]  # key, value, step, logged at
    tags: dict[str, str]
    datasets: list[tuple[str, str]]  # name, digest
    parent: str | None = None  # key of the parent run
    deleted_at: datetime | None = None


@dataclass(slots=True)
class ModelVersion:
    version: int
    created_at: datetime
    run: str | None  # key of its run; None: registered without one
    tags: dict[str, str]
    description: str = ""


@dataclass(slots=True)
class RegistryChange:
    """An edit of a registered model: `alias` (value: version or None), `tag` or `description` set to another value."""

    at: datetime
    kind: Literal["alias", "tag", "version_tag", "description"]
    name: str  # the alias or tag; "" for a description
    value: Any
    version: int | None = None  # for version_tag


@dataclass(slots=True)
class RegisteredModel:
    name: str
    created_at: datetime
    description: str
    tags: dict[str, str]
    versions: list[ModelVersion]
    changes: list[RegistryChange]


@dataclass(slots=True)
class Tab:
    """One tab of a spreadsheet version: a ragged grid, merged ranges, currencies that only a cell's number format names."""

    title: str
    sheet_id: int
    rows: list[list[Cell]]
    merges: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # first row, last row, first col, last col; 0-based, ends excluded
    hidden_rows: list[int] = field(default_factory=list)
    currency_formats: dict[tuple[int, int], str] = field(
        default_factory=dict
    )  # row and column -> pattern such as '[$€-407]#,##0'


@dataclass(slots=True)
class SheetVersion:
    """The spreadsheet as it was from a moment on."""

    at: datetime
    tabs: list[Tab]


@dataclass(slots=True)
class Program:
    """Everything, over all of time. `now` is the moment the story is told at."""

    now: datetime
    people: list[Person]
    jira_projects: list[JiraProject]
    issues: list[Issue]
    sprints: list[Sprint]
    versions: list[Version]
    repositories: list[Repository]
    pull_requests: list[PullRequest]
    deployments: list[Deployment]
    releases: list[Release]
    experiments: list[Experiment]
    runs: list[Run]
    registered_models: list[RegisteredModel]
    spreadsheet_id: str
    spreadsheet_title: str
    spreadsheet_timezone: str
    spreadsheet_versions: list[SheetVersion]  # oldest first
    github_issues: list[GitHubIssue] = field(default_factory=list)
    workflow_runs: list[WorkflowRun] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    logged_models: list[LoggedModel] = field(default_factory=list)
