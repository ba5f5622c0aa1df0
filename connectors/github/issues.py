"""Issues of repositories, for programs that keep their incidents there, as GraphQL returns them. Pull requests are not among them.

The list is narrowed to what changed and walked by creation, an order in which no edit moves a row: a walk that broke off
is taken up where it was. An issue that was deleted or moved to another repository is found by the nightly sweep.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from connectors.github import queries
from connectors.github.client import GitHubClient
from connectors.github.failures import UnreadableError
from connectors.github.repositories import Target, forgotten, targets, unreadable
from connectors.github.times import OVERLAP, moment, text_of
from connectors.github.walks import Tally, Walk, gap_error, leaves
from connectors.stream import Cursor, Deletions, Page, Stream

_STREAM = "issues"
_PAGE_SIZE = 100


def read(client: GitHubClient, cursor: Cursor | None) -> Iterator[Page]:
    """Issues changed since the last read began, 100 to a call; all of them without a cursor."""
    position: Cursor = copy.deepcopy(cursor) if cursor else {}
    position.setdefault("repositories", {})
    lost: list[UnreadableError] = []
    tally = Tally()
    for target in targets(client, position, stream=_STREAM, lost=lost):
        try:
            yield from tally.pages(_issues(client, target, position))
        except UnreadableError as error:
            lost.append(error)
    if lost:
        raise unreadable(client, _STREAM, lost)


def _issues(client: GitHubClient, target: Target, position: Cursor) -> Iterator[Page]:
    state = position["repositories"].setdefault(str(target.id), {"page_size": _PAGE_SIZE, "since": None, "after": None})
    is_whole = state["since"] is None
    walk = Walk(
        target,
        _STREAM,
        queries.ISSUES,
        "issues",
        state["page_size"],
        {"field": "CREATED_AT", "direction": "ASC"},
        state["after"],
        narrowed={"filter": None if is_whole else {"since": state["since"]}},
    )
    for leaf in leaves(client, walk):
        began_at = moment(state.get("began_at")) or leaf.date
        state |= {"page_size": walk.size, "after": leaf.after, "began_at": text_of(began_at)}
        if leaf.after is None:
            del state["began_at"]
            if not walk.gaps:
                state["since"] = text_of(began_at - OVERLAP)
        if leaf.records or is_whole:  # a quiet read moves nothing: the next one looks back a little further
            yield Page(leaf.records, copy.deepcopy(position), total=leaf.total)
    if walk.gaps:
        raise gap_error(walk)


ISSUES: Stream[GitHubClient] = Stream(
    name=_STREAM,
    key=lambda record: str(record["id"]),
    updated_at=lambda record: moment(record.get("updatedAt")),
    read=read,
    deletions=Deletions.SWEEP,
    calls="1 per repository",
    sweep_from=forgotten,
)
