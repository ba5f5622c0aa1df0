"""Times as GitHub writes them, and the moment up to which a walk has seen everything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.retry_after import server_time

_DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT")

OVERLAP = timedelta(minutes=10)
"""Read again on top of the time since the last read began: servers behind one name disagree by seconds."""


def moment(text: Any) -> datetime | None:
    """An aware UTC time; None for anything that is none."""
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def text_of(time: datetime) -> str:
    """A time for a cursor."""
    return time.astimezone(UTC).isoformat()


def reply_time(headers: Mapping[str, str]) -> datetime:
    """The server's clock in a reply's Date header; ours only where a proxy dropped it.

    A proxy may add a Date of its own and both arrive joined: the earlier one loses nothing.
    """
    dates = [server_time(text) for text in _DATE.findall(headers.get("date") or headers.get("Date") or "")]
    return min((date for date in dates if date), default=datetime.now(UTC))
