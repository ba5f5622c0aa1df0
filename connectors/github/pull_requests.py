"""Pull requests as GraphQL returns them, nested lists completed. Renaming is staging's work.

The list takes no "since". The first read, and one a week, walks it by creation, an order in which nothing moves; the
others walk it newest change first and stop below the watermark. Either can be interrupted and taken up again.
GitHub deletes no pull request. Not finished: `files` beyond the first 100 (`totalCount` says so).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from connectors.github import queries
from connectors.github.client import GitHubClient, Reply
from connectors.github.failures import UnreadableError
from connectors.github.repositories import Target, one, targets, unreadable
from connectors.github.times import OVERLAP, moment, text_of
from connectors.github.walks import Tally, Walk, finish, gap_error, leaves
from connectors.stream import Cursor, Deletions, Page, Record, Stream

_STREAM = "pull_requests"
_PAGE_SIZE = 25
_WHOLE_WALK_EVERY = timedelta(days=7)  # heals what a changes walk can miss and what moves no time stamp

State = dict[str, Any]
"""Of one repository: full_name, etag, watermark, whole_at (last whole walk), page_size, and walk while one is under way."""


def read(client: GitHubClient, cursor: Cursor | None) -> Iterator[Page]:
    """Pull requests changed since the last read began, 25 to a call with all that belongs to them; all of them once a week.

    Repositories that cannot be read are named in an error at the end, after the others have been read.
    """
    position: Cursor = copy.deepcopy(cursor) if cursor else {}
    position.setdefault("repositories", {})
    lost: list[UnreadableError] = []
    tally = Tally()
    for target in targets(client, position, stream=_STREAM, lost=lost):
        try:
            yield from tally.pages(_repository(client, target, position))
        except UnreadableError as error:
            successor = _successor(client, target, position)
            if successor is None:
                lost.append(error)
                continue
            try:
                yield from tally.pages(_repository(client, successor, position))
            except UnreadableError as again:
                lost.append(again)
    if lost:
        raise unreadable(client, _STREAM, lost)


def _successor(client: GitHubClient, target: Target, position: Cursor) -> Target | None:
    """The repository that has taken a name whose old bearer is gone; None if there is none."""
    if target.name not in position["names"]:
        return None
    try:
        record = one(client, target.name, stream=_STREAM)
    except UnreadableError:
        return None
    if record["id"] == target.id:
        return None
    position["names"][target.name] = [record["id"], record["node_id"]]
    position["listed"].pop(str(target.id), None)
    return Target(record["id"], record["node_id"], target.name)


def _repository(client: GitHubClient, target: Target, position: Cursor) -> Iterator[Page]:
    """Takes up an interrupted walk, or asks whether anything changed and walks if so."""
    state: State = position["repositories"].setdefault(str(target.id), {"page_size": _PAGE_SIZE})
    if "walk" not in state and not _begin(client, target, state):
        return
    yield from _walk(client, target, state, position)


def _begin(client: GitHubClient, target: Target, state: State) -> bool:
    """Sets up the walk to do; False if nothing changed since the last one."""
    probe = _probe(client, target, state.get("etag"))
    full_name = _full_name(probe) or state.get("full_name")
    # A rename changes no pull request's time, but the repository named in every one of them.
    is_whole = _is_whole_due(state, probe) or full_name != state.get("full_name")
    if probe.body is None and not is_whole:
        return False
    state["full_name"] = full_name
    if is_whole:
        state["page_size"] = _PAGE_SIZE
    state["walk"] = {
        "is_whole": is_whole,
        "began_at": text_of(probe.date),
        "etag": probe.headers.get("etag"),
        "after": None,
    }
    return True


def _probe(client: GitHubClient, target: Target, etag: str | None) -> Reply:
    """The most recently changed pull request by REST; a 304 costs nothing."""
    path = f"/repositories/{target.id}/pulls"
    newest = {"state": "all", "sort": "updated", "direction": "desc", "per_page": 1}
    return client.rest(path, stream=_STREAM, name=target.name, shape=list, etag=etag, **newest)


def _full_name(probe: Reply) -> str | None:
    """The repository's present name, as the probe shows it; None if nothing changed or there is no pull request."""
    if not probe.body:
        return None
    name = ((probe.body[0].get("base") or {}).get("repo") or {}).get("full_name")
    return name if isinstance(name, str) else None


def _is_whole_due(state: State, probe: Reply) -> bool:
    whole_at = moment(state.get("whole_at"))
    return whole_at is None or state.get("watermark") is None or probe.date - whole_at >= _WHOLE_WALK_EVERY


def _walk(client: GitHubClient, target: Target, state: State, position: Cursor) -> Iterator[Page]:
    """The pages of the walk that the state describes; each carries the state to go on from."""
    under_way = state["walk"]
    is_whole = under_way["is_whole"]
    watermark = None if is_whole else moment(state["watermark"])
    order = {"field": "CREATED_AT", "direction": "ASC"} if is_whole else {"field": "UPDATED_AT", "direction": "DESC"}
    walk = Walk(target, _STREAM, queries.PULL_REQUESTS, "pullRequests", state["page_size"], order, under_way["after"])
    walk.gaps.update(under_way.get("gaps", []))
    for leaf in leaves(client, walk):
        records = [
            record for record in leaf.records if watermark is None or (_updated_at(record) or watermark) >= watermark
        ]
        for record in records:
            _complete(client, walk, record)
        state["page_size"] = walk.size
        under_way["after"], under_way["gaps"] = leaf.after, sorted(walk.gaps)
        is_last = leaf.after is None or len(records) < len(leaf.records)
        if is_last:
            _end(state)
        yield Page(records, copy.deepcopy(position), total=leaf.total if is_whole else None)
        if is_last:
            break
    if walk.gaps:
        raise gap_error(walk)


def _end(state: State) -> None:
    """Moves the watermark to the moment the walk began, minus the overlap. A walk with gaps is to be done again, whole."""
    done = state.pop("walk")
    began_at = moment(done["began_at"])
    if began_at is None:
        return
    state["watermark"] = text_of(began_at - OVERLAP)
    state["etag"] = None if done["gaps"] else done["etag"]
    if done["gaps"]:
        state["whole_at"] = None
    elif done["is_whole"]:
        state["whole_at"] = done["began_at"]


def _complete(client: GitHubClient, walk: Walk, record: Record) -> None:
    for name, query in queries.REST_OF.items():
        finish(client, walk, record, name, query)


def _updated_at(record: Record) -> Any:
    return moment(record.get("updatedAt"))


PULL_REQUESTS: Stream[GitHubClient] = Stream(
    name=_STREAM,
    key=lambda record: str(record["id"]),
    updated_at=_updated_at,
    read=read,
    deletions=Deletions.IMPOSSIBLE,
    calls="1 per repository, answered 304 and free of charge",
)
