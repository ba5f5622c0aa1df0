"""How long a server asks its clients to wait. Not here: the loops that wait; each client has its own."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_asked(retry_after: str | None, *, now: datetime) -> float | None:
    """Seconds of a Retry-After header, given as a number (whole or not) or as an HTTP date; None without a usable one.

    `now` is the server's own clock (the reply's Date), so that a skewed clock here does not change the wait.
    """
    if retry_after is None:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            moment = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    return max(seconds, 0.0) if seconds == seconds and seconds != float("inf") else None  # noqa: PLR0124  # NaN differs from itself


def server_time(date_header: str | None) -> datetime | None:
    """The moment in a reply's Date header, UTC; None where it is missing or unreadable."""
    if not date_header:
        return None
    try:
        moment = parsedate_to_datetime(date_header)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
