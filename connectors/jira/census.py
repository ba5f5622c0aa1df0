"""Which issues are gone: a search cannot show it, so all ids are listed and the missing ones looked up.

An id is missed if it is not in the list, a look-up past the search index does not find it either, and the account saw
the same projects before and after. It counts as gone once two censuses in a row have missed it. A project that the account no
longer sees takes nothing with it, nor does an issue outside the projects ever count as gone: nobody can say why it is hidden.
Calls: 1 per 5,000 issues of a project, 1 per 100 missing ids, 2 for the projects.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from connectors.jira import jql
from connectors.jira.client import JiraClient, RefusedError
from connectors.jira.failures import FAILURES, source_error
from connectors.stream import Census, Cursor, Record, SourceError

_log = logging.getLogger(__name__)
_IDS_PER_PAGE = 5000  # the vendor's most where only ids are asked for
_IDS_PER_LOOK_UP = 100  # the vendor's most


def gone(client: JiraClient, ids: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Of the issue ids given, those that this census and the one before it missed. The cursor holds what to look for next time."""
    held = cursor or {}
    try:
        missed = _missed(client, ids - set(held.get("outside", [])))
    except FAILURES as error:
        raise source_error(client.settings, "issues", error) from None
    if missed is None:
        return Census(frozenset())
    found_gone = missed & set(held.get("missed", []))
    position = {name: value for name, value in held.items() if name != "missed"}
    if suspects := sorted(missed - found_gone):
        position["missed"] = suspects
        _log.info(
            "Jira %r: %d issues missed; gone if the next census misses them too", client.settings.name, len(suspects)
        )
    return Census(frozenset(found_gone), position)


def _missed(client: JiraClient, ids: AbstractSet[str]) -> set[str] | None:
    """The ids that cannot be found; None where that cannot be decided."""
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
    confirmed = set(missing) - set(_existing(client, sorted(missing)))
    if confirmed and {project["key"] for project in client.visible_projects()} != projects:
        _log.warning("Jira %r: projects vanished during the census; no issue is taken as deleted", client.settings.name)
        return None
    return confirmed


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


def _existing(client: JiraClient, ids: list[str]) -> Iterator[str]:
    """Those of the ids that a look-up by id finds, under whatever key, or cannot decide."""
    if not client.is_cloud:
        yield from (issue_id for issue_id in ids if _exists(client, issue_id))
        return
    for first in range(0, len(ids), _IDS_PER_LOOK_UP):
        asked = {"issueIdsOrKeys": ids[first : first + _IDS_PER_LOOK_UP], "fields": ["id"]}
        found = client.post("issue/bulkfetch", asked)
        yield from (issue["id"] for issue in found["issues"])
        yield from (str(error["id"]) for error in found.get("issueErrors", []))


def _exists(client: JiraClient, issue_id: str) -> bool:
    try:
        client.get(f"issue/{issue_id}", fields="id")
    except RefusedError as error:
        if error.status == 404:
            return False
        raise
    return True
