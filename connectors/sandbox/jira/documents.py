"""Issues, projects, versions, boards and sprints in Jira's own form. Not here: changelogs (histories.py), addresses."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from connectors.sandbox.jira.catalogue import (
    CATEGORIES,
    HIERARCHY_LEVELS,
    ISSUE_TYPES,
    LINK_TYPES,
    PRIORITIES,
    RESOLUTIONS,
)
from connectors.sandbox.jira.site import Shown, Site, View, status_named
from connectors.sandbox.program import JiraProject, Sprint, Status, Version

Document = dict[str, Any]


def jira_time(moment: datetime) -> str:
    """A moment as Jira writes it, e.g. 2026-01-02T03:04:05.000+0000."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def agile_time(moment: datetime) -> str:
    """A moment as the Agile API writes it, e.g. 2026-01-02T03:04:05.000Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def numbered(name: str, known: dict[str, str]) -> str:
    """The id of a named thing; one the catalogue does not know gets a stable id of its own."""
    return known.get(name) or str(20_000 + zlib.crc32(name.encode()) % 10_000)


def status(site: Site, one: Status) -> Document:
    """A status with its category."""
    category_id, key, colour = CATEGORIES[one.category]
    return {
        "self": f"{site.api}/status/{one.id}",
        "description": "",
        "iconUrl": f"{site.root}/images/icons/statuses/generic.png",
        "name": one.name,
        "id": one.id,
        "statusCategory": {
            "self": f"{site.api}/statuscategory/{category_id}",
            "id": category_id,
            "key": key,
            "colorName": colour,
            "name": one.category,
        },
    }


def issue_type(site: Site, name: str) -> Document:
    """An issue type; Data Center does not know levels."""
    found: Document = {
        "self": f"{site.api}/issuetype/{numbered(name, ISSUE_TYPES)}",
        "id": numbered(name, ISSUE_TYPES),
        "description": f"A {name.lower()}",
        "iconUrl": f"{site.root}/images/icons/{numbered(name, ISSUE_TYPES)}.svg",
        "name": name,
        "subtask": name == "Sub-task",
        "avatarId": 10318,
    }
    return {**found, "hierarchyLevel": HIERARCHY_LEVELS.get(name, 0)} if site.is_cloud else found


def priority(site: Site, name: str) -> Document:
    """A priority."""
    priority_id = numbered(name, PRIORITIES)
    icon = f"{site.root}/images/icons/priorities/{name.lower()}.svg"
    return {"self": f"{site.api}/priority/{priority_id}", "iconUrl": icon, "name": name, "id": priority_id}


def project(site: Site, one: JiraProject, *, is_whole: bool = True) -> Document:
    """A project, as in a list of projects or, not whole, as in an issue."""
    found: Document = {
        "self": f"{site.api}/project/{one.id}",
        "id": one.id,
        "key": one.key,
        "name": one.name,
        "projectTypeKey": "software",
        "avatarUrls": {
            size: f"{site.root}/avatar/project/{one.id}?size={size}" for size in ("16x16", "24x24", "32x32", "48x48")
        },
    }
    if site.is_cloud:
        found["simplified"] = False
    if not is_whole:
        return found
    whole = {"expand": "description,lead,issueTypes,url,projectKeys", "description": "", "lead": site.user(one.lead)}
    return {**found, **whole, **({"style": "classic", "isPrivate": False} if site.is_cloud else {})}


def version(site: Site, one: Version) -> Document:
    """A version as of now."""
    now = site.sandbox.now
    is_released = one.released_at is not None and one.released_at <= now
    home = next(project for project in site.sandbox.program.jira_projects if project.key == one.project)
    dates = {"startDate": one.start_date, "releaseDate": one.release_date}
    return {
        "self": f"{site.api}/version/{one.id}",
        "id": one.id,
        "description": one.description,
        "name": one.name,
        "archived": False,
        "released": is_released,
        **{name: day.isoformat() for name, day in dates.items() if day},
        **({"overdue": one.release_date < now.date()} if one.release_date and not is_released else {}),
        "projectId": int(home.id),
    }


def sprint_state(one: Sprint, at: datetime) -> str:
    """Future, active or closed at a moment."""
    if one.completed_at and one.completed_at <= at:
        return "closed"
    return "active" if one.activated_at and one.activated_at <= at else "future"


def sprint(site: Site, one: Sprint) -> Document:
    """A sprint as the Agile API shows it."""
    now = site.sandbox.now
    state = sprint_state(one, now)
    started = one.activated_at if state != "future" and one.activated_at else one.start_at
    found: Document = {
        "id": one.id,
        "self": f"{site.agile}/sprint/{one.id}",
        "state": state,
        "name": one.name,
        "startDate": agile_time(started if site.is_cloud else one.start_at),
        "endDate": agile_time(one.end_at),
        **({"completeDate": agile_time(one.completed_at)} if state == "closed" and one.completed_at else {}),
        "originBoardId": one.board_id,
        "goal": one.goal,
    }
    if site.is_cloud:
        return {**found, "createdDate": agile_time(one.created_at)}
    return {**found, **({"activatedDate": agile_time(started)} if state != "future" else {})}


def sprint_value(site: Site, one: Sprint) -> Document | str:
    """A sprint as a value of the issue field: an object on Cloud, the text of a Java object on Data Center."""
    shown = sprint(site, one)
    if site.is_cloud:
        names = ("id", "name", "state", "goal", "startDate", "endDate", "completeDate")
        return {**{name: shown[name] for name in names if name in shown}, "boardId": one.board_id}
    parts = {
        "id": one.id,
        "rapidViewId": one.board_id,
        "state": shown["state"].upper(),
        "name": one.name,
        "startDate": shown["startDate"],
        "endDate": shown["endDate"],
        "completeDate": shown.get("completeDate", "<null>"),
        "activatedDate": shown.get("activatedDate", "<null>"),
        "sequence": one.id,
        "goal": one.goal,
    }
    text = ",".join(f"{name}={value}" for name, value in parts.items())
    return f"com.atlassian.greenhopper.service.sprint.Sprint@{one.id * 7919:x}[{text}]"


def rich_text(site: Site, text: str) -> Document | str:
    """Prose: a document tree on Cloud, plain text on Data Center."""
    if not site.is_cloud:
        return text
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


def issue_stub(site: Site, shown: Shown) -> Document:
    """An issue as it stands inside another: parent, sub-task or link."""
    values = shown.values
    return {
        "id": shown.id,
        "key": shown.key,
        "self": f"{site.api}/issue/{shown.id}",
        "fields": {
            "summary": values.get("summary"),
            "status": status(site, status_named(values["status"])),
            "priority": priority(site, values.get("priority") or "Medium"),
            "issuetype": issue_type(site, shown.issue.type),
        },
    }


def links(site: Site, view: View, shown: Shown) -> list[Document]:
    """Links to other issues; those to issues that are not visible are left out."""
    found = []
    for name, direction, other_id in shown.values.get("links") or []:
        other = view.by_id.get(other_id)
        if other is None:
            continue
        type_id, inward, outward = LINK_TYPES.get(name, (numbered(name, {}), name.lower(), name.lower()))
        ends = (shown.id, other_id) if direction == "outward" else (other_id, shown.id)
        link_id = str(10_000 + zlib.crc32(f"{name} {ends}".encode()))
        found.append(
            {
                "id": link_id,
                "self": f"{site.api}/issueLink/{link_id}",
                "type": {
                    "id": type_id,
                    "name": name,
                    "inward": inward,
                    "outward": outward,
                    "self": f"{site.api}/issueLinkType/{type_id}",
                },
                f"{direction}Issue": issue_stub(site, other),
            }
        )
    return found


def resolution(site: Site, name: str) -> Document:
    """A resolution."""
    resolution_id = numbered(name, RESOLUTIONS)
    return {"self": f"{site.api}/resolution/{resolution_id}", "id": resolution_id, "description": "", "name": name}
