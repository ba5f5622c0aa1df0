"""Complete changelogs: a search shows only an issue's newest histories; here the rest is fetched and merged.

The one thing altered in a record: the moment of a history fetched in bulk, which comes as epoch milliseconds, is
written as the search writes it. Histories stand newest first, as in a search. Not here: what a change means (staging).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from connectors.jira.client import JiraClient, RefusedError
from connectors.stream import Record

_log = logging.getLogger(__name__)
_BULK_ISSUES = 1000  # the vendor's most issues in one request
_BULK_HISTORIES = 10_000  # the vendor's most histories in one reply


def complete(client: JiraClient, issues: Sequence[Record]) -> None:
    """Adds to each issue the histories that its search record left out. Costs nothing where none were."""
    short = {issue["id"]: issue for issue in issues if _lacking(issue)}
    if not short:
        return
    if client.is_cloud:
        ids = list(short)
        for first in range(0, len(ids), _BULK_ISSUES):
            for issue_id, histories in _fetched_in_bulk(client, ids[first : first + _BULK_ISSUES]).items():
                _merge(short[issue_id], histories)
    for issue in short.values():
        if _lacking(issue):
            _merge(issue, _fetched_singly(client, issue["id"]))
            if _lacking(issue):
                _log.warning("%s: %s of its changelog's histories cannot be read", issue["key"], _lacking(issue))


def _lacking(issue: Record) -> int:
    """How many histories of an issue are not in its record; an issue without any changelog lacks at least one."""
    if not _has_histories(issue):
        return 1
    changelog = issue["changelog"]
    total = changelog.get("total")
    return max(0, total - len(changelog["histories"])) if isinstance(total, int) else 0


def _has_histories(issue: Record) -> bool:
    changelog = issue.get("changelog")
    return isinstance(changelog, dict) and isinstance(changelog.get("histories"), list)


def _merge(issue: Record, histories: Sequence[Record]) -> None:
    if not _has_histories(issue):
        issue["changelog"] = {"startAt": 0, "total": len(histories), "histories": []}
    changelog = issue["changelog"]
    known = {history["id"] for history in changelog["histories"]}
    changelog["histories"] += [history for history in histories if history["id"] not in known]
    changelog["histories"].sort(key=lambda history: int(history["id"]), reverse=True)
    changelog["maxResults"] = len(changelog["histories"])


def _fetched_in_bulk(client: JiraClient, issue_ids: Sequence[str]) -> dict[str, list[Record]]:
    """Histories by issue. One issue's may come on several pages, so they are gathered first."""
    gathered: dict[str, dict[str, Record]] = {issue_id: {} for issue_id in issue_ids}
    body: Record = {"issueIdsOrKeys": list(issue_ids), "maxResults": _BULK_HISTORIES}
    seen: set[str] = set()
    while True:
        page = client.post("changelog/bulkfetch", body)
        for log in page["issueChangeLogs"]:
            for history in log["changeHistories"]:
                history["created"] = _as_text(history["created"])
                gathered.setdefault(log["issueId"], {})[history["id"]] = history
        token = page.get("nextPageToken")
        if not token or token in seen:
            return {issue_id: list(gathered[issue_id].values()) for issue_id in issue_ids}
        seen.add(token)
        body["nextPageToken"] = token


def _as_text(created: int | str) -> str:
    if isinstance(created, str):
        return created
    moment = datetime.fromtimestamp(created // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{created % 1000:03d}+0000"


def _fetched_singly(client: JiraClient, issue_id: str) -> list[Record]:
    """All histories of one issue; none when it was deleted in the meantime."""
    try:
        if client.is_cloud:
            return list(client.values(f"issue/{issue_id}/changelog", page_size=100))
        return list(client.get(f"issue/{issue_id}", expand="changelog", fields="id")["changelog"]["histories"])
    except RefusedError as error:
        if error.status == 404:
            return []
        raise
