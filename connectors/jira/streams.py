"""The streams of Jira: what each reads, how its deletions are found, what a quiet run costs. Not here: how (issues.py, lists.py)."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.jira import census, issues, lists
from connectors.jira.client import JiraClient
from connectors.jira.failures import named
from connectors.stream import Deletions, Record, Stream


def _id(record: Record) -> str:
    """The immutable id. An issue's key is none: it changes when the issue moves."""
    return str(record["id"])


def _updated_at(issue: Record) -> datetime | None:
    try:
        return datetime.fromisoformat(issue["fields"]["updated"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None  # a payload of another shape still lands


def _untimed(_record: Record) -> None:
    """These lists carry no time stamp."""


STREAMS: tuple[Stream[JiraClient], ...] = (
    Stream(
        "issues",
        _id,
        _updated_at,
        named("issues", issues.read),
        Deletions.CENSUS,
        "5: 1 to connect, 1 per 100 projects, 2 to test how moments are understood, 1 search",
        census=census.gone,
    ),
    Stream("fields", _id, _untimed, named("fields", lists.fields), Deletions.FULL_READ, "1"),
    Stream("statuses", _id, _untimed, named("statuses", lists.statuses), Deletions.FULL_READ, "1"),
    Stream(
        "projects",
        _id,
        _untimed,
        named("projects", lists.projects),
        Deletions.FULL_READ,
        "0: the issues' read has listed them",
    ),
    Stream(
        "versions",
        _id,
        _untimed,
        named("versions", lists.versions),
        Deletions.FULL_READ,
        "1 per project and 50 versions",
    ),
    Stream(
        "boards",
        _id,
        _untimed,
        named("boards", lists.boards),
        Deletions.FULL_READ,
        "1 per project and 50 boards, 1 per board",
    ),
    Stream(
        "sprints", _id, _untimed, named("sprints", lists.sprints), Deletions.FULL_READ, "1 per board and 50 sprints"
    ),
)
