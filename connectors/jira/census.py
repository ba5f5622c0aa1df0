"""Which issues are gone: a search cannot show it, so all ids are listed and the missing ones looked up.

An id is missed if it is not in the list, a look-up past the search index does not find it either, and the account saw
the same projects before and after. It counts as gone once two censuses in a row, half an hour or more apart by the site's clock, have missed it: a
permission that is lost for a moment deletes nothing. A project that the account no longer sees takes nothing with it, nor does an issue
outside the projects ever count as gone: nobody can say why it is hidden. One that is found under another project's key has moved there:
from now on it is read with the issues outside, so that it does not stay in its old project for ever.
A project that the settings no longer name, seen or not, is let go: the first census after that notes what it misses and is no suspect
yet, and none asks for it until such a project is named again. What was deleted elsewhere just then is kept with it.
Calls: 1 per 5,000 issues of a project, 1 per 100 missing ids, 2 for the projects.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.jira import jql
from connectors.jira.client import JiraClient, RefusedError
from connectors.jira.failures import FAILURES, source_error
from connectors.stream import Census, Cursor, Record, SourceError

_log = logging.getLogger(__name__)
_APART = timedelta(minutes=30)  # of the two censuses that miss an issue before it is gone
_IDS_PER_PAGE = 5000  # the vendor's most where only ids are asked for
_IDS_PER_LOOK_UP = 100  # the vendor's most


def gone(client: JiraClient, ids: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of the issue ids given, those that this census and the one before it missed. The cursor holds what to look for next time."""
    held = cursor or {}
    before = held.get("let_go", {"projects": [], "ids": []})
    left = {*held.get("former", []), *held.get("projects", []), *before["projects"]} - set(client.settings.projects)
    is_decided = left == set(before["projects"])
    let_go = set(before["ids"]) if is_decided else set()
    try:
        seen = _looked(client, ids - {*held.get("outside", []), *let_go})
    except FAILURES as error:
        raise source_error(client.settings, "issues", error) from None
    if seen is None:
        return Census(frozenset())
    now, since = client.server_now(), held.get("missed", {})
    if left and not is_decided:
        let_go = (seen.missed - since.keys()) | {one for one, project in seen.moved.items() if project in left}
        _log.info("Jira %r: %d issues let go with %s", client.settings.name, len(let_go), ", ".join(sorted(left)))
    missed, moved = seen.missed - let_go, seen.moved.keys() - let_go
    found_gone = {one for one in missed & since.keys() if now - datetime.fromisoformat(since[one]) >= _APART}
    position = {name: value for name, value in held.items() if name not in ("missed", "former", "let_go")}
    if left:
        position["let_go"] = {"projects": sorted(left), "ids": sorted(let_go)}
    if suspects := sorted(missed - found_gone):
        position["missed"] = {one: since.get(one, now.isoformat()) for one in suspects}
        _log.info("Jira %r: %d issues missed; gone if a later census misses them", client.settings.name, len(suspects))
    if moved:
        position["outside"] = sorted({*held.get("outside", []), *moved})
    return Census(frozenset(found_gone), position)


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen of the ids in question."""

    missed: set[str]  # not listed, and not found by a look-up either
    moved: dict[str, str]  # found in a project that is not asked for, with its key


def _looked(client: JiraClient, ids: AbstractSet[str]) -> _Look | None:
    """Where the ids are; None where that cannot be decided."""
    projects = {project["key"] for project in client.visible_projects()}
    hidden = set(client.settings.projects) - projects
    if hidden or not client.settings.projects:
        reason = (
            f"not visible: {', '.join(sorted(hidden))}"
            if hidden
            else "the settings name no projects, so a lost one cannot be told from deleted issues"
        )
        _log.warning("Jira %r: no issue is taken as deleted; %s", client.settings.name, reason)
        return None
    listed: set[str] = set()
    for key in sorted(projects):
        listed.update(_ids_in(client, key))
    if ids and not listed:
        raise SourceError(
            "jira",
            client.settings.name,
            "issues",
            f"its projects show no issue at all where there were {len(ids)}; nothing is taken as deleted",
            "Give the account the permission Browse Projects and check issue security levels.",
        )
    missing = ids - listed
    existing = dict(_existing(client, sorted(missing)))
    confirmed = missing - existing.keys()
    if confirmed and {project["key"] for project in client.visible_projects()} != projects:
        _log.warning("Jira %r: projects vanished during the census; no issue is taken as deleted", client.settings.name)
        return None
    moved = {one: project for one, project in existing.items() if project and project not in projects}
    return _Look(confirmed, moved)


def _ids_in(client: JiraClient, key: str) -> Iterator[str]:
    """The ids of a project's issues. Ordered by creation, so that an edit moves no row to another page."""
    query = f"{jql.in_projects([key])} order by created asc, key asc"
    if client.is_cloud:
        yield from _ids_by_token(client, query)
    else:
        yield from _ids_by_offset(client, query)


def _ids_by_token(client: JiraClient, query: str) -> Iterator[str]:
    body: Record = {"jql": query, "fields": ["id"], "maxResults": _IDS_PER_PAGE}
    seen: set[str] = set()
    while True:
        page = client.post("search/jql", body)
        yield from (issue["id"] for issue in page["issues"])
        token = page.get("nextPageToken")
        if not token:
            return
        if token in seen:
            # Ids not listed are looked up one by one, so that ending here costs calls but no issue.
            _log.warning("Jira repeated a page token during the census")
            return
        seen.add(token)
        body["nextPageToken"] = token


def _ids_by_offset(client: JiraClient, query: str) -> Iterator[str]:
    start = 0
    while True:
        page = client.get("search", jql=query, fields="id", startAt=start, maxResults=1000)
        yield from (issue["id"] for issue in page["issues"])
        start += len(page["issues"])
        if not page["issues"] or start >= page["total"]:
            return


def _existing(client: JiraClient, ids: list[str]) -> Iterator[tuple[str, str | None]]:
    """Those of the ids that a look-up by id finds, with their project's key, or cannot decide, without one."""
    if not client.is_cloud:
        for issue_id in ids:
            if issue := _found(client, issue_id):
                yield issue_id, issue["fields"]["project"]["key"]
        return
    for first in range(0, len(ids), _IDS_PER_LOOK_UP):
        asked = {"issueIdsOrKeys": ids[first : first + _IDS_PER_LOOK_UP], "fields": ["project"]}
        found = client.post("issue/bulkfetch", asked)
        yield from ((str(issue["id"]), issue["fields"]["project"]["key"]) for issue in found["issues"])
        yield from ((str(error["id"]), None) for error in found.get("issueErrors", []))


def _found(client: JiraClient, issue_id: str) -> Record | None:
    try:
        issue: Record = client.get(f"issue/{issue_id}", fields="project")
    except RefusedError as error:
        if error.status == 404:
            return None
        raise
    return issue
