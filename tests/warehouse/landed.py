"""Rows to land and what has landed, for the tests of the landing zone. Imported by tests only."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb

from warehouse.landing import Row, Table, Zone

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def rows(**payloads: object) -> list[Row]:
    return [Row(record_id, {"v": value}) for record_id, value in payloads.items()]


def land(zone: Zone, at: datetime = NOON, **values: int) -> None:
    """Land issues with these values."""
    zone.open("acme", "jira_issues").append(rows(**values), cursor={"until": at.isoformat()}, synced_at=at)


def attempt(zone: Zone, at: datetime, error: str | None = None, **told: object) -> None:
    """Note an attempt to sync the issues; `told` says what is different of it."""
    zone.record_attempt(
        {"source": "jira", "instance": "acme", "stream": "issues", "attempted_at": at, "is_success": not error,
         "error": error, "landed_count": 0, **told}
    )  # fmt: skip


def versions(table: Table) -> list[tuple[str, str | None, bool]]:
    connection = duckdb.connect()
    source = table.scan(connection, "id", "payload", "is_deleted", "synced_at")
    found = connection.execute(
        f"select id, payload, is_deleted from {source} where id <> '_cursor' order by synced_at, id"
    )
    return found.fetchall()


@contextmanager
def no_room() -> Iterator[None]:
    """No file may grow beyond a few bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
