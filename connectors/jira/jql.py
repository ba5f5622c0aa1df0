"""Query texts for Jira: which projects, which moments. Not here: sending them (issues.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Dates = Literal["epoch", "text"]
"""How moments are written: as epoch milliseconds, or as text to the minute in the account's own time zone."""


def in_projects(keys: Sequence[str]) -> str:
    """A clause for the projects; quoted, since a key may be a reserved word."""
    quoted = ", ".join(f'"{key}"' for key in keys)
    return f"project in ({quoted})" if keys else ""


def not_before(field: str, moment: datetime, *, dates: Dates, zone: str) -> str:
    """A clause for a moment or later, never later than asked: text has minutes only, and an hour may come twice."""
    if dates == "epoch":
        return f"{field} >= {int(moment.timestamp() * 1000)}"
    local = moment.astimezone(ZoneInfo(zone))
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        # The clock is set back at this hour, so that its minutes come twice: begin before both.
        local = (moment - timedelta(hours=2)).astimezone(ZoneInfo(zone))
    return f'{field} >= "{local:%Y-%m-%d %H:%M}"'


def both(*clauses: str) -> str:
    """The clauses that are not empty, all of them to hold."""
    return " and ".join(f"({clause})" for clause in clauses if clause)


def either(*clauses: str) -> str:
    """The clauses that are not empty, one of them to hold."""
    return " or ".join(f"({clause})" for clause in clauses if clause)
