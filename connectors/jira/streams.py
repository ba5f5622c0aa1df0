"""The streams of Jira: what each reads, how its deletions are found, what a quiet run costs. Not here: how (issues.py, lists.py,
worklogs.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from connectors.jira import census, issues, lists, worklogs
from connectors.jira.client import JiraClient
from connectors.jira.failures import named
from connectors.stream import Cursor, Deletions, Page, Record, Stream


def _id(record: Record) -> str:
    """The immutable id. An issue's key is none: it changes when the issue moves."""
    return str(record["id"])


def _updated_at(issue: Record) -> datetime | None:
    try:
        return datetime.fromisoformat(issue["fields"]["updated"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None  # a payload of another shape still lands


def _logged_at(worklog: Record) -> datetime | None:
    try:
        return datetime.fromisoformat(worklog["updated"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None


def _untimed(_record: Record) -> None:
    """These lists carry no time stamp."""


def _list(name: str, read: Callable[[JiraClient, Cursor | None], Iterator[Page]], calls: str) -> Stream[JiraClient]:
    return Stream(name, _id, _untimed, named(name, read), Deletions.FULL_READ, calls)


STREAMS: tuple[Stream[JiraClient], ...] = (
    Stream(
        "issues",
        _id,
        _updated_at,
        named("issues", issues.read),
        Deletions.CENSUS,
        "5: 1 to connect, 1 per 100 projects, 2 to test how moments are understood, 1 search; 1 per 100 epics elsewhere",
        census=census.gone,
        sweep_from=issues.without_watermark,
    ),
    _list("fields", lists.fields, "1"),
    _list("field_roles", lists.field_roles, "0: it is read from the settings"),
    _list("statuses", lists.statuses, "1"),
    _list("issue_types", lists.issue_types, "1"),
    _list("priorities", lists.priorities, "1"),
    _list("link_types", lists.link_types, "1"),
    _list("projects", lists.projects, "0: the issues' read has listed them"),
    _list("versions", lists.versions, "1 per project and 50 versions"),
    _list("boards", lists.boards, "1 per project and 50 boards, 1 per board"),
    _list("sprints", lists.sprints, "1 per board and 50 sprints"),
    Stream(
        "worklogs",
        _id,
        _logged_at,
        named("worklogs", worklogs.read),
        Deletions.CENSUS,
        "1",
        census=worklogs.deleted,
    ),
)
