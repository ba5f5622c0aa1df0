"""GraphQL connections, their cursors and limits, and times as GitHub writes them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from graphql import GraphQLError

Resolver = Callable[..., Any]


@lru_cache(maxsize=2**16)  # every page is ordered by the times of all its list's records
def iso(moment: datetime | None) -> str | None:
    """As GitHub writes times: UTC, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def reset_at(now: datetime) -> datetime:
    """Limits start anew at the full hour."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def connection(
    name: str,
    items: Sequence[Any],
    show: Callable[[Any], dict[str, Any]],
    *,
    key: Callable[[Any], list[Any]] | None = None,
    descending: bool = False,
    forbidden: bool = False,
) -> Resolver:
    """A connection over items. With `key` it is ordered by it and its cursors hold a key, as GitHub's do; else a position."""
    ordered = sorted(items, key=key, reverse=descending) if key else items

    def resolve(_info: Any, *, first: int | None = None, after: str | None = None, **_: Any) -> dict[str, Any]:
        if forbidden:
            raise GraphQLError("Resource not accessible by personal access token", extensions={"type": "FORBIDDEN"})
        if first is None:
            text = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
            raise GraphQLError(text, extensions={"type": "MISSING_PAGINATION_BOUNDARIES"})
        if not 1 <= first <= 100:
            text = f"Requesting {first} records on the `{name}` connection exceeds the `first` limit of 100 records."
            raise GraphQLError(text, extensions={"type": "EXCESSIVE_PAGINATION"})
        places = [key(item) if key else [place] for place, item in enumerate(ordered)]
        start = _start(places, after, descending=descending)
        page = ordered[start : start + first]
        last = start + len(page) - 1
        return {
            "totalCount": len(ordered),
            "nodes": [show(item) for item in page],
            "pageInfo": {
                "hasNextPage": last + 1 < len(ordered),
                "hasPreviousPage": start > 0,
                "startCursor": _encode(places[start]) if page else None,
                "endCursor": _encode(places[last]) if page else None,
            },
        }

    return resolve


def _encode(place: list[Any]) -> str:
    return base64.b64encode(b"cursor:v2:" + json.dumps(place).encode()).decode()


def _start(places: list[list[Any]], after: str | None, *, descending: bool) -> int:
    """The index of the first item behind a cursor."""
    if after is None:
        return 0
    try:
        mark: list[Any] = json.loads(base64.b64decode(after).removeprefix(b"cursor:v2:"))
    except ValueError as error:
        text = f"`{after}` does not appear to be a valid cursor."
        raise GraphQLError(text, extensions={"type": "INVALID_CURSOR_ARGUMENTS"}) from error
    behind = (place < mark if descending else place > mark for place in places)
    return next((index for index, is_behind in enumerate(behind) if is_behind), len(places))
