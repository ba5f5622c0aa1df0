"""How patient the hub is with a server that fails: how often it asks again, how long it waits. One policy for all sources.

The loops that follow it are four, as the clients leave no other way: Jira's session takes an adapter of ours
(transport.py); MLflow's own function keeps its sessions to itself; Google's client sends over httplib2, one `execute` at a
time; PyGithub takes nothing but a retry of urllib3's. Not here: which failure may pass, which each vendor tells in its way.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT_SECONDS = 900.0
"""Asked to wait longer than this, a read ends; the next run goes on from its cursor."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is sent and how long is waited in between. Tests pass a `sleep` that only takes notes."""

    attempts: int = 5
    longest_wait_seconds: float = LONGEST_WAIT_SECONDS
    first_pause_seconds: float = 1.0  # where the server names no time: doubled at each attempt, with jitter
    sleep: Callable[[float], None] = time.sleep

    def wait(self, attempt: int, asked: float | None = None) -> float | None:
        """Seconds between this attempt and the next: exactly what the server asks for, else a pause; None: no further attempt."""
        if attempt >= self.attempts:
            return None
        jitter: float = random.uniform(0.75, 1.25)  # noqa: S311  # spreads clients apart, guards nothing
        seconds = self.first_pause_seconds * 2.0 ** (attempt - 1) * jitter if asked is None else asked
        return seconds if seconds <= self.longest_wait_seconds else None


def asked_by(headers: Mapping[str, str]) -> float | None:
    """Seconds that a reply's Retry-After asks for, by the clock in its Date; None without a usable one."""
    return seconds_asked(headers.get("retry-after") or headers.get("Retry-After"), now=clock_of(headers))


def clock_of(headers: Mapping[str, str]) -> datetime:
    """The server's clock in a reply's Date header; ours only where a proxy dropped it."""
    return server_time(headers.get("date") or headers.get("Date")) or datetime.now(UTC)


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
