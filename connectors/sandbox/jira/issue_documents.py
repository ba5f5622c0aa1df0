"""One issue in Jira's own form, with every field. Not here: its changelog (histories.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.sandbox.jira.documents import (
    Document,
    issue_stub,
    issue_type,
    jira_time,
    links,
    numbered,
    priority,
    project,
    resolution,
    rich_text,
    sprint_value,
    status,
    version,
)
from connectors.sandbox.jira.histories import changelog
from connectors.sandbox.jira.site import Shown, Site, View, status_named
from connectors.sandbox.jira.worklogs import document as worklog
from connectors.sandbox.jira.worklogs import logged


def issue(
    site: Site, view: View, shown: Shown, *, fields: Sequence[str], with_changelog: int | None = None
) -> Document:
    """The issue with the fields asked for; `with_changelog` is the most histories to show, newest first."""
    found: Document = {
        "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
        "id": shown.id,
        "self": f"{site.api}/issue/{shown.id}",
        "key": shown.key,
    }
    wanted = set(fields)
    if wanted <= {"id", "key"} and site.is_cloud:
        found = {"id": shown.id} if wanted == {"id"} else found
    elif not wanted <= {"id", "key"}:
        everything = _fields(site, view, shown)
        names = set(everything) if wanted & {"*all", "*navigable"} else wanted
        names -= {name.removeprefix("-") for name in wanted if name.startswith("-")}
        found["fields"] = {name: value for name, value in everything.items() if name in names}
    if with_changelog is not None:
        found["changelog"] = changelog(site, shown.issue, shown.at, most=with_changelog)
    return found


def _fields(site: Site, view: View, shown: Shown) -> Document:
    values, one = shown.values, shown.issue
    reporter = site.user(one.reporter)
    return {
        **_times(shown),
        "summary": values.get("summary"),
        "description": None,
        "environment": None,
        "issuetype": issue_type(site, one.type),
        "project": project(site, site.project(shown.project) or _unknown(shown), is_whole=False),
        "status": status(site, status_named(values["status"])),
        "priority": priority(site, values.get("priority") or "Medium"),
        "resolution": resolution(site, values["resolution"]) if values.get("resolution") else None,
        "labels": list(values.get("labels") or []),
        "components": [_component(site, shown.project, name) for name in values.get("components") or []],
        "fixVersions": _versions(site, values.get("fix_versions") or []),
        "versions": [],
        "assignee": site.user(values["assignee"]) if values.get("assignee") else None,
        "reporter": reporter,
        "creator": reporter,
        "issuelinks": links(site, view, shown),
        "subtasks": [issue_stub(site, child) for child in view.children.get(shown.id, [])],
        **_parent(site, view, values),
        "attachment": [],
        "comment": _comments(site, shown),
        "worklog": _worklogs(site, shown),
        "votes": {"self": f"{site.api}/issue/{shown.key}/votes", "votes": 0, "hasVoted": False},
        "watches": {"self": f"{site.api}/issue/{shown.key}/watchers", "watchCount": 1, "isWatching": False},
        "progress": {"progress": 0, "total": 0},
        "aggregateprogress": {"progress": 0, "total": 0},
        "timetracking": {},
        "timespent": sum(log.seconds for log in logged(shown)) or None,
        "timeestimate": None,
        "timeoriginalestimate": None,
        "workratio": -1,
        "lastViewed": None,
        "security": None,
        **_custom(site, view, shown),
    }


def _unknown(shown: Shown) -> Any:
    raise LookupError(f"no visible project {shown.project}")


def _times(shown: Shown) -> Document:
    resolved_at = category_changed_at = None
    one = shown.issue
    if one.initial.get("resolution"):
        resolved_at = one.created_at
    category_changed_at = one.created_at
    for change in one.changes:
        if change.at > shown.at:
            break
        if change.field == "resolution":
            resolved_at = change.at if change.new else None
        if change.field == "status" and status_named(change.old).category != status_named(change.new).category:
            category_changed_at = change.at
    due = shown.values.get("due_date")
    return {
        "created": jira_time(one.created_at),
        "updated": jira_time(shown.updated_at),
        "resolutiondate": jira_time(resolved_at) if resolved_at else None,
        "statuscategorychangedate": jira_time(category_changed_at),
        "duedate": due.isoformat() if due else None,
    }


def _parent(site: Site, view: View, values: dict[str, Any]) -> Document:
    """On Cloud an epic is a parent like any other; on Data Center only sub-tasks have one."""
    parent_id = values.get("parent") or (values.get("epic") if site.is_cloud else None)
    parent = view.by_id.get(parent_id) if parent_id else None
    return {"parent": issue_stub(site, parent)} if parent else {}


def _component(site: Site, project_key: str, name: str) -> Document:
    component_id = numbered(f"{project_key} {name}", {})
    return {"self": f"{site.api}/component/{component_id}", "id": component_id, "name": name}


def _versions(site: Site, names: Sequence[str]) -> list[Document]:
    known = {one.name: one for one in site.sandbox.program.versions}
    found = [version(site, known[name]) for name in names if name in known]
    return [{name: value for name, value in one.items() if name not in ("projectId", "overdue")} for one in found]


def _comments(site: Site, shown: Shown) -> Document:
    said = [comment for comment in shown.issue.comments if comment.at <= shown.at]
    address = f"{site.api}/issue/{shown.id}/comment"
    comments = [
        {
            "self": f"{address}/{int(shown.id) * 100 + number}",
            "id": str(int(shown.id) * 100 + number),
            "author": site.user(comment.author),
            "body": rich_text(site, comment.body),
            "updateAuthor": site.user(comment.author),
            "created": jira_time(comment.at),
            "updated": jira_time(comment.at),
            **({"jsdPublic": True} if site.is_cloud else {}),
        }
        for number, comment in enumerate(said)
    ]
    return {"comments": comments, "self": address, "maxResults": len(said), "total": len(said), "startAt": 0}


def _worklogs(site: Site, shown: Shown) -> Document:
    """The first twenty, as an issue shows them."""
    logs = logged(shown)
    shown_logs = [worklog(site, shown, log) for log in logs[:20]]
    return {"startAt": 0, "maxResults": 20, "total": len(logs), "worklogs": shown_logs}


def _custom(site: Site, view: View, shown: Shown) -> Document:
    custom, values = site.custom, shown.values
    sprints = {sprint.id: sprint for sprint in site.sandbox.program.sprints}
    held = [sprint_value(site, sprints[sprint_id]) for sprint_id in values.get("sprints") or [] if sprint_id in sprints]
    epic = view.by_id.get(values.get("epic") or "")
    # A value stays in the field of the project that the issue was created in, even after a move.
    points_field = site.points_field(shown.issue.project)
    points = {name: None for name in (custom.points, custom.points_estimate) if name}
    points[points_field] = values.get("points")
    flag = {"self": f"{site.api}/customFieldOption/10019", "value": "Impediment", "id": "10019"}
    return {
        **points,
        custom.sprint: held or None,
        custom.epic_link: epic.key if epic else None,
        custom.flagged: [flag] if values.get("flagged") else None,
        custom.team: None,
        custom.rank: f"0|i{int(shown.id):06x}:",
    }
