"""Issues outside the projects asked for that issues inside hang on: epics, and what stands above those. Read by id.

They are marked by nothing but their own project's key. They are read anew each time: no search of ours would show a change.
Absent: one that the account may not see; and parents inside the projects that the setting jql leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.jira.client import JiraClient
from connectors.stream import Record

_IDS_PER_LOOK_UP = 100  # the vendor's most


def referenced(client: JiraClient, issues: list[Record]) -> set[str]:
    """Ids (or keys, where no id is shown) of the parents and epics of these issues that are in no project asked for."""
    if not issues or not client.settings.projects:
        return set()
    asked = {project["key"] for project in client.projects}
    epic_link = None if client.is_cloud else client.custom_fields.epic_link
    return {name for issue in issues for name, key in _above(issue, epic_link) if key.rpartition("-")[0] not in asked}


def _above(issue: Record, epic_link: str | None) -> Iterator[tuple[str, str]]:
    """What an issue hangs on: (id or key, key); on Data Center also by the field that names its epic."""
    fields = issue.get("fields")
    if not isinstance(fields, dict):
        return
    parent = fields.get("parent")
    if isinstance(parent, dict) and parent.get("id") and parent.get("key"):
        yield str(parent["id"]), str(parent["key"])
    epic = fields.get(epic_link or "")
    if isinstance(epic, str) and epic:
        yield epic, epic


def fetched(client: JiraClient, names: set[str]) -> list[Record]:
    """The issues of these ids and keys and those above them; `names` becomes the ids of all that are to be read next time."""
    found: dict[str, Record] = {}
    asked: set[str] = set()
    wanted = set(names)
    while wanted:
        asked |= wanted
        layer = list(looked_up(client, sorted(wanted)))
        found |= {str(issue["id"]): issue for issue in layer}
        wanted = referenced(client, layer) - asked - found.keys() - {str(issue["key"]) for issue in layer}
    inside = {project["key"] for project in client.projects}
    moved_in = {one for one, issue in found.items() if str(issue["key"]).rpartition("-")[0] in inside}
    # One that is not found stays on the list: it may be hidden for a while, and must not be taken for deleted.
    unseen = {name for name in names if name.isdigit()}
    names.clear()
    names |= (unseen | found.keys()) - moved_in
    return list(found.values())


def looked_up(client: JiraClient, names: list[str], *, fields: str = "*all", only_in: str = "") -> Iterator[Record]:
    """Those of the issues that exist and may be seen, by id or key: past the search index on Cloud, by a search on Data Center."""
    for first in range(0, len(names), _IDS_PER_LOOK_UP):
        some = names[first : first + _IDS_PER_LOOK_UP]
        if client.is_cloud:
            body: Record = {"issueIdsOrKeys": some, "fields": [fields]}
            if fields == "*all":
                body["expand"] = ["changelog"]
            yield from client.post("issue/bulkfetch", body)["issues"]
        else:
            yield from _searched(client, f"issue in ({', '.join(some)}){only_in}", fields)


def _searched(client: JiraClient, query: str, fields: str) -> Iterator[Record]:
    """By offset. Not validated: an id that is gone would be an error of the whole query."""
    start = 0
    parameters: dict[str, Any] = {"jql": query, "fields": fields, "validateQuery": "false", "maxResults": 100}
    if fields == "*all":
        parameters["expand"] = "changelog"
    while True:
        page = client.get("search", **parameters, startAt=start)
        yield from page["issues"]
        start += max(int(page["maxResults"]), 1)  # rows, of which the index may know some that are gone
        if start >= page["total"]:
            return
