"""The Jira site that the sandbox shows: the program at one moment, looked up by id and key, and its odd behaviour.

Not here: Jira's formats (documents.py, histories.py), its query language (jql.py), its addresses (platform.py, agile.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from connectors.sandbox.jira.catalogue import CUSTOM_FIELDS, CustomFields, Deployment
from connectors.sandbox.program import STATUSES, Issue, JiraProject, Person, Status
from connectors.sandbox.server import Sandbox


@dataclass(slots=True)
class Behaviour:
    """How the site behaves beyond its data; tests change it while the server runs."""

    token: str | None = None  # the only token let in; None: any
    search_lag: timedelta = timedelta(0)  # what changed within it is not found by a search yet
    page_limit: int = 100  # issues with fields on a page, whatever is asked for
    id_page_limit: int = 5000  # issues on a page of ids alone
    changelog_limit: int = 40  # histories in a search, the newest
    worklogs_per_page: int = 1000  # in the feeds
    bulk_histories: int = 100  # histories on a page of changelog/bulkfetch; the vendor allows 10,000
    is_short_paged: bool = False  # every second page has one issue, though more follow
    issued_tokens: list[str] = field(default_factory=list)  # page tokens handed out so far
    expired_tokens: set[str] = field(default_factory=set)  # page tokens answered with 400
    repeats_token: str | None = None  # the page after this token hands it out again
    takes_epochs: bool = True  # False: a moment in epoch milliseconds is an error
    ignores_epochs: bool = False  # True: a moment in epoch milliseconds matches nothing, without an error
    timezone: str = "Europe/Berlin"  # of the account, in which dates in queries are read
    hidden_projects: set[str] = field(default_factory=set)  # keys that the account may not see
    hidden_issues: set[str] = field(default_factory=set)  # ids that an issue security level hides
    undecided_issues: set[str] = field(default_factory=set)  # ids that issue/bulkfetch reports as errors
    warnings: list[str] = field(default_factory=list)  # shown in each page of search/jql
    shows_emails: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """An issue as it is at a moment."""

    issue: Issue
    at: datetime
    values: dict[str, Any]

    @property
    def id(self) -> str:
        """Its id, which never changes."""
        return self.issue.id

    @property
    def key(self) -> str:
        """Its key at the moment."""
        return str(self.values["key"])

    @property
    def project(self) -> str:
        """The key of its project."""
        return self.key.rsplit("-", 1)[0]

    @property
    def number(self) -> int:
        """The number in its key."""
        return int(self.key.rsplit("-", 1)[1])

    @property
    def updated_at(self) -> datetime:
        """When it last changed, as of the moment."""
        return self.issue.updated_at(self.at)


class View:
    """Everything visible at a moment."""

    def __init__(self, site: Site, at: datetime) -> None:
        self.site, self.at = site, at
        self.by_id: dict[str, Shown] = {}
        for issue in site.sandbox.program.issues:
            if issue.created_at <= at and (issue.deleted_at is None or issue.deleted_at > at):
                shown = Shown(issue, at, _values(issue, at))
                if shown.project not in site.behaviour.hidden_projects and issue.id not in site.behaviour.hidden_issues:
                    self.by_id[issue.id] = shown

    @cached_property
    def by_key(self) -> dict[str, Shown]:
        """By present key, and by former ones that no other issue took over: Jira follows moves."""
        found = {
            change.old: shown
            for shown in self.by_id.values()
            for change in shown.issue.changes
            if change.field == "key"
        }
        return found | {shown.key: shown for shown in self.by_id.values()}

    @cached_property
    def children(self) -> dict[str, list[Shown]]:
        """Sub-tasks by the id of their parent."""
        found: dict[str, list[Shown]] = {}
        for shown in self.by_id.values():
            if shown.values.get("parent"):
                found.setdefault(shown.values["parent"], []).append(shown)
        return found

    def find(self, id_or_key: str) -> Shown | None:
        """The issue with this id or key, as Jira takes either."""
        return self.by_id.get(id_or_key) or self.by_key.get(id_or_key)


def _values(issue: Issue, at: datetime) -> dict[str, Any]:
    values = {**issue.initial, "key": issue.key}
    for change in issue.changes:
        if change.at > at:
            break
        values[change.field] = change.new
    return values


@dataclass
class Site:
    """One Jira site over a sandbox."""

    sandbox: Sandbox
    deployment: Deployment
    behaviour: Behaviour
    root: str = ""  # the address that replies name, set by each request

    @property
    def is_cloud(self) -> bool:
        """Whether it plays Jira Cloud."""
        return self.deployment == "Cloud"

    @property
    def custom(self) -> CustomFields:
        """The ids of its custom fields."""
        return CUSTOM_FIELDS[self.deployment]

    @property
    def api(self) -> str:
        """The address below which its REST API lies."""
        return f"{self.root}/rest/api/{3 if self.is_cloud else 2}"

    @property
    def agile(self) -> str:
        """The address below which its Agile API lies."""
        return f"{self.root}/rest/agile/1.0"

    def now(self) -> View:
        """What the database holds."""
        return View(self, self.sandbox.now)

    def indexed(self) -> View:
        """What a search finds."""
        return View(self, self.sandbox.now - self.behaviour.search_lag)

    @property
    def projects(self) -> list[JiraProject]:
        """The projects that the account sees."""
        return [one for one in self.sandbox.program.jira_projects if one.key not in self.behaviour.hidden_projects]

    def project(self, key_or_id: str) -> JiraProject | None:
        """A visible project by key or id."""
        return next((one for one in self.projects if key_or_id in (one.key, one.id)), None)

    def points_field(self, project_key: str) -> str:
        """The field in which a project estimates: on Cloud every second project uses the team-managed one."""
        keys = [one.key for one in self.sandbox.program.jira_projects]
        is_team_managed = project_key in keys and keys.index(project_key) % 2 == 1
        return self.custom.points_estimate if is_team_managed and self.custom.points_estimate else self.custom.points

    def points_name(self, project_key: str) -> str:
        """The name of that field."""
        return "Story Points" if self.points_field(project_key) == self.custom.points else "Story point estimate"

    def user(self, person: Person) -> dict[str, Any]:
        """A person as an account of the site."""
        account = str(person.jira_account_id)
        common = {
            "self": f"{self.api}/user?{'accountId' if self.is_cloud else 'username'}={account}",
            **({"emailAddress": person.email} if person.email and self.behaviour.shows_emails else {}),
            "avatarUrls": {
                size: f"{self.root}/avatar/{account}?size={size}" for size in ("16x16", "24x24", "32x32", "48x48")
            },
            "displayName": person.name,
            "active": True,
            "timeZone": self.behaviour.timezone,
        }
        if self.is_cloud:
            return {**common, "accountId": account, "accountType": "app" if person.is_bot else "atlassian"}
        return {**common, "key": account, "name": account}


_STATUSES = {status.name: status for status in STATUSES}


def status_named(name: str) -> Status:
    """The status of this name; one that the program does not list is in progress."""
    return _STATUSES.get(name) or Status(str(20_000 + sum(name.encode()) % 1000), name, "In Progress")
