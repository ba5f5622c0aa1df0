"""Times as GitHub writes them, and the moment up to which a walk has seen everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

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
