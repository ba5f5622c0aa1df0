"""Deployments with their statuses, and releases, as GraphQL returns them.

Deployments are listed by creation and their statuses move no order, so a read goes back over the last 30 days; an older
one that changes, and one that was deleted, is found by the nightly sweep. Releases are few and editable: read whole.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime, timedelta

from connectors.github import queries
from connectors.github.client import GitHubClient
from connectors.github.failures import UnreadableError
from connectors.github.repositories import Target, forgotten, targets, unreadable
from connectors.github.times import moment, text_of
from connectors.github.walks import Tally, Walk, finish, gap_error, leaves
from connectors.stream import Cursor, Deletions, Page, Record, Stream

_PAGE_SIZE = 50
_LOOK_BACK = timedelta(days=30)  # a status may still come for a deployment so old: rollbacks, "inactive"


def read_deployments(client: GitHubClient, cursor: Cursor | None) -> Iterator[Page]:
    """Deployments with their statuses: new ones and those of the last 30 days; all of them without a cursor."""
    position: Cursor = copy.deepcopy(cursor) if cursor else {}
    position.setdefault("repositories", {})
    lost: list[UnreadableError] = []
    tally = Tally()
    for target in targets(client, position, stream="deployments", lost=lost):
        try:
            yield from tally.pages(_deployments(client, target, position, is_partial=bool(lost)))
        except UnreadableError as error:
            lost.append(error)
    if lost:
        raise unreadable(client, "deployments", lost)


def _deployments(client: GitHubClient, target: Target, position: Cursor, *, is_partial: bool) -> Iterator[Page]:
    state = position["repositories"].setdefault(str(target.id), {"page_size": _PAGE_SIZE, "after": None, "until": None})
    until = moment(state["until"])
    direction = "ASC" if until is None else "DESC"
    order = {"field": "CREATED_AT", "direction": direction}
    walk = Walk(
        target, "deployments", queries.DEPLOYMENTS, "deployments", state["page_size"], order, state.get("after")
    )
    newest = moment(state.get("newest"))
    for leaf in leaves(client, walk):
        records = [record for record in leaf.records if until is None or (_created_at(record) or until) >= until]
        for record in records:
            finish(client, walk, record, "statuses", queries.REST_OF_STATUSES)
        newest = max(filter(None, [newest, *map(_created_at, records)]), default=None)
        state["page_size"] = walk.size
        is_last = leaf.after is None or len(records) < len(leaf.records)
        state["after"] = leaf.after if until is None else None
        state["newest"] = text_of(newest) if newest else None
        if is_last and newest:
            # Creation times are the server's and every later deployment is listed before: the newest seen is a safe mark.
            state["until"] = text_of(newest - _LOOK_BACK)
        yield Page(records, copy.deepcopy(position), is_partial=is_partial, total=leaf.total if until is None else None)
        if is_last:
            break
    if walk.gaps:
        raise gap_error(walk)


def read_releases(client: GitHubClient, cursor: Cursor | None) -> Iterator[Page]:
    """All releases of all repositories; no cursor: a release can be edited without a trace in any order."""
    position: Cursor = copy.deepcopy(cursor) if cursor else {}
    lost: list[UnreadableError] = []
    records: list[Record] = []
    for target in targets(client, position, stream="releases", lost=lost):
        walk = Walk(target, "releases", queries.RELEASES, "releases", 100)
        try:
            for leaf in leaves(client, walk):
                records += leaf.records
            if walk.gaps:
                raise gap_error(walk)
        except UnreadableError as error:
            lost.append(error)
    yield Page(records, position, is_partial=bool(lost), total=len(records))
    if lost:
        raise unreadable(client, "releases", lost)


def _created_at(record: Record) -> datetime | None:
    return moment(record.get("createdAt"))


DEPLOYMENTS: Stream[GitHubClient] = Stream(
    name="deployments",
    key=lambda record: str(record["id"]),
    updated_at=lambda record: moment(record.get("updatedAt")),
    read=read_deployments,
    deletions=Deletions.SWEEP,
    calls="1 per repository (more where 30 days hold over 50 deployments)",
    sweep_from=forgotten,
)

RELEASES: Stream[GitHubClient] = Stream(
    name="releases",
    key=lambda record: str(record["id"]),
    updated_at=lambda record: moment(record.get("updatedAt")),
    read=read_releases,
    deletions=Deletions.FULL_READ,
    calls="1 per repository and 100 releases",
)
