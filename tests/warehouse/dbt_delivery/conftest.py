"""A warehouse of the delivery side in memory: hand-made raw records in, the project's own compiled SQL over them.

A test runs only the SQL models that its mart needs, in milliseconds, so that properties can be tried on many examples.
Not here: dbt's own run and checks (test_sql_models.py, test_build.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from tests.sql_models import Compiled, empty_raw, prepare
from tests.warehouse.dbt_delivery.records import Raw
from warehouse import build

AS_OF = datetime(2026, 3, 31, 10, tzinfo=UTC)
DELIVERY = (
    "issues",
    "sprints",
    "pull_requests",
    "pull_request_issues",
    "flow_weekly",
    "flow_daily",
    "delivery_forecasts",
    "forecast_backtests",
    "dora_monthly",
    "dora_evidence",
    "incidents",
    "int_delivery__doubted",
)


@dataclass
class Warehouse:
    """Runs SQL models over raw records and reads the result."""

    compiled: Compiled = field(repr=False)
    connection: duckdb.DuckDBPyConnection
    filled: set[str] = field(default_factory=set)  # every raw table that ever had rows: what is rolled back comes back

    def run(self, raw: Raw, *marts: str) -> None:
        """Fill raw, then make what the marts need, and hold every check attached to it."""
        self.filled |= {table for table, *_ in raw.records}
        for table in self.filled:
            self.connection.execute(f"truncate raw.{table}")
        for table in {record[0] for record in raw.records}:
            rows = [
                {"id": key, "payload": json.dumps(payload), "deleted": at}
                for name, key, payload, at in raw.records
                if name == table
            ]
            self.connection.execute(
                f"""insert into raw.{table}
                select 'acme', r.id, r.payload, null, timestamp '2020-01-01', null, true, try_cast(r.deleted as timestamp)
                from (select unnest(from_json(?, '[{{"id": "varchar", "payload": "varchar", "deleted": "varchar"}}]')) as r)""",
                [json.dumps(rows)],
            )
        self.remake(*marts)

    def remake(self, *marts: str) -> None:
        """Make what the marts need from raw as it is."""
        # The program side reads the sheets: until a test has any it stays as opening the warehouse made it.
        needed = self.compiled.ancestry(marts)
        if not any(table.startswith("sheets_") for table in self.filled):
            needed = [name for name in needed if "/program/int_" not in self.compiled.paths[name]]
        self.make(needed)

    def make(self, models: list[str]) -> None:
        """Make these SQL models anew, in this order, and hold every check attached to them."""
        self.compiled.make(self.connection, models)
        self.compiled.check(self.connection, models, ("error", "warn"))

    @contextmanager
    def told(self, **settings: Any) -> Iterator[None]:
        """The time in which the settings say something else; what is made in it is forgotten after it."""
        self.connection.begin()
        try:
            build.tell(self.connection, settings)
            yield
        finally:
            self.connection.rollback()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(query).fetchall()

    def row(self, query: str) -> dict[str, Any]:
        """The only row of a query, by column."""
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description or []]
        (values,) = cursor.fetchall()
        return dict(zip(names, values, strict=True))


@pytest.fixture(scope="session")
def bare_raw() -> Callable[[], Raw]:
    """Makes raw schemas without anything in them."""
    return Raw


@pytest.fixture
def raw() -> Raw:
    """Nothing but the Jira site's fields and statuses, and one repository."""
    fresh = Raw()
    fresh.catalogue()
    fresh.repository()
    return fresh


@pytest.fixture(scope="session")
def open_warehouse(compiled: Compiled) -> Iterator[Callable[..., Warehouse]]:
    """A warehouse of a moment for given settings, with seeds and empty raw tables."""
    opened: list[duckdb.DuckDBPyConnection] = []

    def open_one(as_of: datetime = AS_OF, **variables: Any) -> Warehouse:
        connection = duckdb.connect()
        opened.append(connection)
        connection.execute("attach ':memory:' as hub; use hub; set timezone = 'UTC'; set threads = 1")
        empty_raw(connection, as_of, **variables)
        prepare(connection)
        opened_one = Warehouse(compiled, connection)
        opened_one.make(compiled.ancestry(DELIVERY))
        return opened_one

    yield open_one
    for connection in opened:
        connection.close()


@pytest.fixture(scope="session")
def warehouse(open_warehouse: Callable[..., Warehouse]) -> Warehouse:
    """The warehouse of 2026-03-31, 10:00 UTC, in Berlin's time."""
    return open_warehouse()
