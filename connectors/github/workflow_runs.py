"""Completed runs of the workflows on each repository's default branch, as REST returns them.

A search shows at most 1,000 runs, so what was created in a span of time is asked for, and the span halved while it holds more.
Runs are found by creation but complete later, and may be run again for 30 days: each read looks back a day, one a day
looks back a month. Of what it finds, what changed since the last read began is yielded.
GitHub drops runs after its retention: they stay here.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.github.client import GitHubClient, Reply
from connectors.github.failures import UnreadableError
from connectors.github.repositories import Target, repository, targets, unreadable
from connectors.github.times import OVERLAP, moment, text_of
from connectors.stream import Cursor, Deletions, Page, Record, Stream

_STREAM = "workflow_runs"
_MOST = 1000  # that a search shows, whatever it counts
_LOOK_BACK = timedelta(days=1)
_LONG_LOOK_BACK = timedelta(days=31)
_SHORTEST = timedelta(seconds=2)

State = dict[str, Any]
"""Of one repository: branch, until (watermark), looked_back_at, and spans and began_at while a read is under way."""


def read(client: GitHubClient, cursor: Cursor | None) -> Iterator[Page]:
    """Runs of the default branch completed since the last read began; a read that broke off is taken up where it was."""
    position: Cursor = copy.deepcopy(cursor) if cursor else {}
    position.setdefault("repositories", {})
    lost: list[UnreadableError] = []
    for target in targets(client, position, stream=_STREAM, lost=lost):
        try:
            yield from _runs(client, target, position)
        except UnreadableError as error:
            lost.append(error)
    if lost:
        raise unreadable(client, _STREAM, lost)


def _runs(client: GitHubClient, target: Target, position: Cursor) -> Iterator[Page]:
    state: State = position["repositories"].setdefault(str(target.id), {})
    until = moment(state.get("until"))
    if not state.get("spans"):
        state["spans"] = [[_begin(client, target, state, until), None]]
    is_long = until is None
    while state.get("spans"):
        start, end = state["spans"][0]
        first = _page(client, target, state["branch"], start, end)
        began_at = moment(state.setdefault("began_at", text_of(first.date))) or first.date
        if first.body["total_count"] > _MOST and (halves := _halved(start, end or _written(began_at))):
            state["spans"][:1] = halves
            continue
        found = [run for page in _rest(client, target, first) for run in page.body["workflow_runs"]]
        state["spans"].pop(0)
        if end is None and until and began_at - (moment(state["looked_back_at"]) or until) >= timedelta(days=1):
            is_long = True
            state["branch"] = repository(client, target, stream=_STREAM)["default_branch"]
            state["spans"].append([_written(until - _LONG_LOOK_BACK), start])
        if not state["spans"]:
            _end(state, began_at, is_long=is_long)
        records = [run for run in found if until is None or (moment(run.get("updated_at")) or until) >= until]
        if records or is_long:
            yield Page(records, copy.deepcopy(position))


def _begin(client: GitHubClient, target: Target, state: State, until: datetime | None) -> str:
    """Where the first span begins: a day before the watermark, or with the repository."""
    if until:
        return _written(until - _LOOK_BACK)
    record = repository(client, target, stream=_STREAM)
    state["branch"] = record["default_branch"]
    return _written(moment(record.get("created_at")) or datetime(2008, 1, 1, tzinfo=UTC))


def _end(state: State, began_at: datetime, *, is_long: bool) -> None:
    del state["spans"], state["began_at"]
    state["until"] = text_of(began_at - OVERLAP)
    if is_long:
        state["looked_back_at"] = text_of(began_at)


def _page(client: GitHubClient, target: Target, branch: str, start: str, end: str | None) -> Reply:
    return client.rest(
        f"/repositories/{target.id}/actions/runs",
        stream=_STREAM,
        name=target.name,
        branch=branch,
        status="completed",
        created=f"{start}..{end}" if end else f">={start}",
        exclude_pull_requests="true",
        per_page=100,
    )


def _rest(client: GitHubClient, target: Target, first: Reply) -> Iterator[Reply]:
    """The first page and those after it."""
    yield first
    yield from client.following(first, stream=_STREAM, name=target.name, shape=dict)


def _halved(start: str, end: str) -> list[list[str]] | None:
    """The span in two; None where it is too short for that."""
    begin, finish = moment(start), moment(end)
    if begin is None or finish is None or finish - begin < _SHORTEST:
        return None
    middle = _written(begin + (finish - begin) / 2)
    return [[start, middle], [middle, end]]


def _written(time: datetime) -> str:
    """As a search takes it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _key(record: Record) -> str:
    return str(record["id"])


WORKFLOW_RUNS: Stream[GitHubClient] = Stream(
    name=_STREAM,
    key=_key,
    updated_at=lambda record: moment(record.get("updated_at")),
    read=read,
    deletions=Deletions.KEPT,
    calls="1 per repository and 100 runs of the last day; once a day 1 more and 1 per 100 runs of the last month",
)
