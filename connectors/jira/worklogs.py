"""Hours logged on issues of the projects, from the site's two feeds: what was written or changed, and what was deleted.

The feeds are the whole site's, as far as the account sees it, so worklogs of other projects are passed over and do not land.
Not here: worklogs that go with a deleted issue, of which the feeds say nothing (staging takes the issue's word).
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from connectors.jira import jql, outside
from connectors.jira.client import JiraClient
from connectors.jira.failures import FAILURES, source_error
from connectors.jira.window import OVERLAP
from connectors.stream import Census, Cursor, Page, Record, SourceError


def read(client: JiraClient, cursor: Cursor | None) -> Iterator[Page]:
    """Worklogs written or changed since the last read began, from the feed `worklog/updated`; all of them if a project is new.

    Of a page of 1,000 the worklogs are fetched in one call, and the projects of issues not met before in one per 100.
    """
    keys = sorted(project["key"] for project in client.projects)
    if not keys:
        return  # the read of issues says why
    began_at = client.server_now()
    held = {name: value for name, value in (cursor or {}).items() if name != "reading"}
    done = next(
        (one for one in ((cursor or {}).get("reading"), held) if one and set(keys) <= set(one["projects"])), None
    )
    since = int(done["since"]) if done else 0
    for page, is_last in _pages(client, "updated", since):
        records = _fetched(client, [value["worklogId"] for value in page["values"]])
        if is_last and (page["values"] or not cursor):
            yield Page(records, {**held, "since": _milliseconds(began_at - OVERLAP), "projects": keys})
        elif not is_last:
            yield Page(records, {"projects": [], **held, "reading": {"since": page["until"], "projects": keys}})


def deleted(client: JiraClient, ids: AbstractSet[str], cursor: Cursor | None) -> Census:
    """Those of the ids that the feed `worklog/deleted` names. One call per 1,000 deleted since the last census."""
    try:
        began_at = client.server_now()
        named: set[str] = set()
        for page, _is_last in _pages(client, "deleted", int((cursor or {}).get("deleted_since", 0))):
            named.update(str(value["worklogId"]) for value in page["values"])
    except FAILURES as error:
        raise source_error(client.settings, "worklogs", error) from None
    if not named:
        return Census(frozenset())
    position = {**(cursor or {}), "deleted_since": _milliseconds(began_at - OVERLAP)}
    return Census(frozenset(named & ids), position)


def _pages(client: JiraClient, feed: str, since: int) -> Iterator[tuple[Any, bool]]:
    """The pages of a feed from a moment on, each with whether it is the last."""
    while True:
        page = client.get(f"worklog/{feed}", since=since)
        is_last = bool(page.get("lastPage", True))
        if not is_last and page["until"] <= since:
            raise SourceError(
                "jira",
                client.settings.name,
                "worklogs",
                f"its feed of {feed} worklogs does not get past {since} (epoch milliseconds)",
                "What was read has landed. If it stays so, tell the site's administrators.",
            )
        yield page, is_last
        if is_last:
            return
        since = page["until"]


def _fetched(client: JiraClient, ids: list[int]) -> list[Record]:
    """The worklogs of these ids that belong to issues of the projects asked for."""
    if not ids:
        return []
    found: list[Record] = client.post("worklog/list", {"ids": ids})
    if not client.settings.projects:
        return found
    unknown = {str(log["issueId"]) for log in found} - client.issues_met.keys()
    inside = set(_inside(client, sorted(unknown)))
    client.issues_met |= {issue_id: issue_id in inside for issue_id in unknown}
    return [log for log in found if client.issues_met[str(log["issueId"])]]


def _inside(client: JiraClient, issue_ids: list[str]) -> Iterator[str]:
    """Those of the issues that are in the projects asked for."""
    keys = [project["key"] for project in client.projects]
    if client.is_cloud:
        for issue in outside.looked_up(client, issue_ids, fields="project"):
            if issue["fields"]["project"]["key"] in keys:
                yield str(issue["id"])
    else:
        # The search returns those alone.
        narrowed = f" and {jql.in_projects(keys)}"
        yield from (str(one["id"]) for one in outside.looked_up(client, issue_ids, fields="id", only_in=narrowed))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
