"""Walking one GraphQL list of one repository, page by page, smaller where the server cannot keep up. No cursor state here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.github.client import Answer, GitHubClient
from connectors.github.failures import HeavyPageError, StaleCursorError, UnreadableError, permission_for, shortened
from connectors.github.repositories import Target
from connectors.stream import Page, Record

_TRIES_AT_ONE = 3  # a single record that fails so often is the server's trouble, not the page's size


@dataclass(slots=True)
class Walk:
    """A list to walk: the query asks for it as `list_name` of the repository, in the given order, from `after` on."""

    target: Target
    stream: str
    query: str
    list_name: str
    size: int
    order: dict[str, str] | None = None
    after: str | None = None
    narrowed: dict[str, Any] = field(default_factory=dict)  # variables of the query besides those of its pages
    gaps: set[str] = field(default_factory=set)  # fields the server refused or lost; their records are incomplete


@dataclass(slots=True)
class Tally:
    """Records brought so far in a read of several repositories, so that a page's total counts those before it too."""

    brought: int = 0

    def pages(self, pages: Iterator[Page]) -> Iterator[Page]:
        """The same pages, with totals of the whole read as far as it is known."""
        before = self.brought
        for page in pages:
            self.brought += len(page.records)
            yield page if page.total is None else replace(page, total=before + page.total)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a walk."""

    records: list[Record]
    after: str | None  # None: the last page
    total: int
    date: datetime  # when the server sent it


def leaves(client: GitHubClient, walk: Walk) -> Iterator[Leaf]:
    """The pages. `walk.size` and `walk.after` move along, so that the walk can be taken up again; raises UnreadableError."""
    while True:
        answer = _answer(client, walk)
        found = (answer.data.get("node") or {}).get(walk.list_name)
        note_gaps(walk.gaps, answer.errors)
        if found is None:
            raise UnreadableError(walk.target.name, f"no {walk.list_name} in the answer", "Run it again later.")
        nodes = [node for node in found["nodes"] or [] if node]
        following = found["pageInfo"]["endCursor"] if found["pageInfo"]["hasNextPage"] else None
        if following is not None and following == walk.after:
            raise UnreadableError(
                walk.target.name, f"{walk.list_name}: the server repeats a page", "Run it again later."
            )
        walk.after = following
        yield Leaf(nodes, walk.after, found["totalCount"], answer.date)
        if walk.after is None:
            return


def finish(client: GitHubClient, walk: Walk, record: Record, name: str, query: str) -> None:
    """Completes a nested list of a record in place."""
    shown = record.get(name)
    while isinstance(shown, dict) and (shown.get("pageInfo") or {}).get("hasNextPage"):
        answer = _patiently(client, walk, query, {"id": record["id"], "after": shown["pageInfo"]["endCursor"]})
        note_gaps(walk.gaps, answer.errors)
        more = answer.data["node"].get(name)
        if more is None or more["pageInfo"]["endCursor"] == shown["pageInfo"]["endCursor"]:
            walk.gaps.add(name)
            return
        shown["nodes"] += more["nodes"] or []
        shown["pageInfo"] = more["pageInfo"]


def note_gaps(gaps: set[str], errors: list[dict[str, Any]]) -> None:
    """Remembers which fields came back empty because of an error, e.g. for want of a permission."""
    for error in errors:
        names = [part for part in error.get("path") or [] if isinstance(part, str) and part not in {"node", "nodes"}]
        gaps.add(names[-1] if names else shortened(str(error.get("message", "an unnamed error"))))


def gap_error(walk: Walk) -> UnreadableError:
    """What to say at the end of a walk whose records are incomplete."""
    wanted = sorted({permission_for(name) for name in walk.gaps})
    return UnreadableError(
        walk.target.name,
        f"{', '.join(sorted(walk.gaps))} could not be read; the records have landed without",
        f"Give the token these permissions (read only): {', '.join(wanted)}. The next run then reads them all again.",
    )


def _answer(client: GitHubClient, walk: Walk) -> Answer:
    """One page; halves the size until the server can answer, begins again where it has forgotten the place."""
    has_begun_again = False
    while True:
        variables: dict[str, Any] = {
            "repository": walk.target.node_id,
            "first": walk.size,
            "after": walk.after,
            **walk.narrowed,
        }
        if walk.order:
            variables["order"] = walk.order
        try:
            if walk.size == 1:
                return _patiently(client, walk, walk.query, variables)
            return client.graphql(walk.query, variables, stream=walk.stream, name=walk.target.name)
        except HeavyPageError:
            walk.size //= 2
        except StaleCursorError:
            if has_begun_again or walk.after is None:
                raise UnreadableError(
                    walk.target.name, "the server refuses its own cursor", "Run it again later."
                ) from None
            has_begun_again, walk.after = True, None


def _patiently(client: GitHubClient, walk: Walk, query: str, variables: dict[str, Any]) -> Answer:
    """Asks a few times, with pauses, for what cannot be made smaller."""
    for attempt in range(1, _TRIES_AT_ONE + 1):
        try:
            return client.graphql(query, variables, stream=walk.stream, name=walk.target.name)
        except HeavyPageError:
            client.meter.wait(2**attempt)
    raise UnreadableError(
        walk.target.name,
        f"{walk.list_name}: the server could not finish even one record in time",
        "Nothing is lost: the next run goes on from here.",
    )
