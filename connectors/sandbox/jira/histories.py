"""Changelogs in Jira's own form: one history per save, one item per field, ids and texts of both values.

Not here: how many of them a reply shows (platform.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from connectors.sandbox.jira.catalogue import LINK_TYPES, PRIORITIES, RESOLUTIONS
from connectors.sandbox.jira.documents import Document, jira_time, numbered
from connectors.sandbox.jira.site import Site, status_named
from connectors.sandbox.program import Change, Issue

Side = tuple[str | None, str | None]
"""The id of a value, where it has one, and its text."""


def histories(site: Site, issue: Issue, at: datetime) -> list[Document]:
    """All histories of an issue up to a moment, oldest first. Changes by one author at one instant are one save."""
    found = []
    saves = groupby(
        (change for change in issue.changes if change.at <= at), key=lambda change: (change.at, change.author)
    )
    for number, ((moment, author), changes) in enumerate(saves):
        items = [item for change in changes for item in _items(site, issue, change)]
        history: Document = {"id": str(int(issue.id) * 1000 + number), "created": jira_time(moment), "items": items}
        if author.jira_account_id:
            history["author"] = site.user(author)
        found.append(history)
    return found


def changelog(site: Site, issue: Issue, at: datetime, *, most: int) -> Document:
    """The newest histories, newest first, with the true total."""
    found = histories(site, issue, at)[::-1]
    return {"startAt": 0, "maxResults": min(most, len(found)), "total": len(found), "histories": found[:most]}


def _items(site: Site, issue: Issue, change: Change) -> Iterator[Document]:
    if change.field in _SETS:
        yield from _set_items(site, issue, change)
    elif change.field == "key":
        yield from _move_items(site, change)
    else:
        name, field_id, side = _field(site, issue, change.field)
        yield _item(site, name, field_id, side(change.old), side(change.new))


def _item(site: Site, name: str, field_id: str | None, old: Side, new: Side) -> Document:
    """An item; Data Center leaves the field's id out."""
    kind = "custom" if field_id and field_id.startswith("customfield_") else "jira"
    found: Document = {"field": name, "fieldtype": kind}
    if site.is_cloud and field_id:
        found["fieldId"] = field_id
    return {**found, "from": old[0], "fromString": old[1], "to": new[0], "toString": new[1]}


def _field(site: Site, issue: Issue, name: str) -> tuple[str, str | None, Callable[[Any], Side]]:
    """The name and id of a field in a changelog, and how its values are written there."""
    custom = site.custom
    parent = "IssueParentAssociation" if site.is_cloud else "Parent"
    epic = ("IssueParentAssociation", None) if site.is_cloud else ("Epic Link", custom.epic_link)
    known: dict[str, tuple[str, str | None, Callable[[Any], Side]]] = {
        "status": ("status", "status", lambda v: (status_named(v).id, v)),
        "assignee": ("assignee", "assignee", lambda v: (v.jira_account_id, v.name) if v else (None, None)),
        "priority": ("priority", "priority", lambda v: (numbered(v, PRIORITIES), v) if v else (None, None)),
        "resolution": ("resolution", "resolution", lambda v: (numbered(v, RESOLUTIONS), v) if v else (None, None)),
        "labels": ("labels", "labels", lambda v: ("", " ".join(v or []))),
        "summary": ("summary", "summary", lambda v: (None, v)),
        "due_date": (
            "duedate",
            "duedate",
            lambda v: (v.isoformat(), f"{v.isoformat()} 00:00:00.0") if v else (None, None),
        ),
        "flagged": ("Flagged", custom.flagged, lambda v: ("[10019]", "Impediment") if v else ("", "")),
        "points": (
            site.points_name(issue.project),
            site.points_field(issue.project),
            lambda v: (None, f"{v:g}" if v is not None else None),
        ),
        "sprints": (
            "Sprint",
            custom.sprint,
            lambda v: (", ".join(map(str, v or [])), ", ".join(_sprint_names(site, v or []))),
        ),
        "parent": (parent, None, lambda v: (v, _key(site, v)) if v else (None, None)),
        "epic": (*epic, lambda v: (v, _key(site, v)) if v else (None, None)),
    }
    return known.get(name) or (name, name, lambda v: (None, None if v is None else str(v)))


def _sprint_names(site: Site, ids: list[int]) -> list[str]:
    names = {one.id: one.name for one in site.sandbox.program.sprints}
    return [names.get(one, str(one)) for one in ids]


def _key(site: Site, issue_id: str) -> str | None:
    return next((one.key for one in site.sandbox.program.issues if one.id == issue_id), None)


_SETS = {"components": "Component", "fix_versions": "Fix Version", "links": "Link"}
"""Fields of several values, where each value added or removed is an item of its own."""


def _set_items(site: Site, issue: Issue, change: Change) -> Iterator[Document]:
    old, new = change.old or [], change.new or []
    field_id = {"components": "components", "fix_versions": "fixVersions", "links": "issuelinks"}[change.field]
    for value in old:
        if value not in new:
            yield _item(site, _SETS[change.field], field_id, _member(site, issue, change.field, value), (None, None))
    for value in new:
        if value not in old:
            yield _item(site, _SETS[change.field], field_id, (None, None), _member(site, issue, change.field, value))


def _member(site: Site, issue: Issue, name: str, value: Any) -> Side:
    if name == "components":
        return numbered(f"{issue.project} {value}", {}), value
    if name == "fix_versions":
        ids = {version.name: version.id for version in site.sandbox.program.versions}
        return numbered(value, ids), value
    kind, direction, other_id = value
    key = _key(site, other_id) or other_id
    _, inward, outward = LINK_TYPES.get(kind, ("", kind.lower(), kind.lower()))
    return key, f"This issue {inward if direction == 'inward' else outward} {key}"


def _move_items(site: Site, change: Change) -> Iterator[Document]:
    projects = {one.key: one for one in site.sandbox.program.jira_projects}
    old, new = (projects.get(key.rsplit("-", 1)[0]) for key in (change.old, change.new))
    if old and new:
        yield _item(site, "project", "project", (old.id, old.name), (new.id, new.name))
    yield _item(site, "Key", None, (None, change.old), (None, change.new))
