"""Hours logged, as Jira tells of them: in its two feeds, by id, and in the issue. Times in the feeds are epoch milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from connectors.sandbox.jira.documents import Document, jira_time, rich_text
from connectors.sandbox.jira.refusals import refused
from connectors.sandbox.jira.site import Shown, Site
from connectors.sandbox.program import Worklog

_UNSETTLED = timedelta(minutes=1)  # the feeds keep back what is younger


def blueprint(site: Site) -> Blueprint:
    """The routes below /rest/api/<version>/worklog."""
    routes = Blueprint("worklogs", __name__)

    @routes.get("/worklog/updated")
    def updated() -> ResponseReturnValue:
        return _feed(site, "updated", [(log.at, log.id) for _, log in _visible(site)])

    @routes.get("/worklog/deleted")
    def deleted() -> ResponseReturnValue:
        return _feed(site, "deleted", list(_deleted(site)))

    @routes.post("/worklog/list")
    def listed() -> ResponseReturnValue:
        asked = set(request.get_json()["ids"])
        if len(asked) > 1000:
            return refused(400, "The number of worklog ids must be at most 1000.")
        return jsonify([document(site, shown, log) for shown, log in _visible(site) if log.id in asked])

    return routes


def _visible(site: Site) -> Iterator[tuple[Shown, Worklog]]:
    """Every worklog there is now, with its issue."""
    for shown in site.now().by_id.values():
        for log in logged(shown):
            yield shown, log


def _deleted(site: Site) -> Iterator[tuple[datetime, int]]:
    """When each was deleted; those that went with their issue are not told of."""
    for shown in site.now().by_id.values():
        for log in shown.issue.worklogs:
            if log.deleted_at and log.deleted_at <= shown.at:
                yield log.deleted_at, log.id


def _feed(site: Site, name: str, changes: list[tuple[datetime, int]]) -> ResponseReturnValue:
    since = int(request.args.get("since", 0))
    last = site.sandbox.now - _UNSETTLED
    found = sorted((_epoch_ms(at), log_id) for at, log_id in changes if at <= last and _epoch_ms(at) > since)
    page = found[: site.behaviour.worklogs_per_page]
    until = page[-1][0] if page else since
    reply: dict[str, Any] = {
        "values": [{"worklogId": log_id, "updatedTime": at, "properties": []} for at, log_id in page],
        "since": since,
        "until": until,
        "self": request.url,
        "lastPage": len(page) == len(found),
    }
    if len(page) < len(found):
        reply["nextPage"] = f"{site.api}/worklog/{name}?since={until}"
    return jsonify(reply)


def logged(shown: Shown) -> list[Worklog]:
    """The worklogs of an issue at its moment."""
    return [
        log
        for log in shown.issue.worklogs
        if log.at <= shown.at and (log.deleted_at is None or log.deleted_at > shown.at)
    ]


def document(site: Site, shown: Shown, log: Worklog) -> Document:
    """A worklog in Jira's form."""
    author = site.user(log.author)
    return {
        "self": f"{site.api}/issue/{shown.id}/worklog/{log.id}",
        "author": author,
        "updateAuthor": author,
        "comment": rich_text(site, log.comment),
        "created": jira_time(log.at),
        "updated": jira_time(log.at),
        "started": jira_time(log.at - timedelta(seconds=log.seconds)),
        "timeSpent": f"{log.seconds // 60}m",
        "timeSpentSeconds": log.seconds,
        "id": str(log.id),
        "issueId": shown.id,
    }


def _epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
