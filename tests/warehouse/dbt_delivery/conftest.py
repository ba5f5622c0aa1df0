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

from tests.sql_models import Compiled, Standing, empty_raw, hurry, prepare
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

    standing: Standing = field(repr=False)
    filled: dict[str, str] = field(
        default_factory=dict, repr=False
    )  # rows of every raw table that ever had any, as JSON

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Where they are."""
        return self.standing.connection

    def run(self, raw: Raw, *marts: str) -> None:
        """Fill raw, then make what the marts need, and hold every check attached to it."""
        rows: dict[str, list[dict[str, Any]]] = {table: [] for table in self.filled}
        for table, key, payload, at in raw.records:
            rows.setdefault(table, []).append({"id": key, "payload": json.dumps(payload), "deleted": at})
        filled = {table: json.dumps(records) for table, records in rows.items()}
        changed = [table for table in filled if filled[table] != self.filled.get(table)]
        for table in changed:
            self.connection.execute(f"truncate raw.{table}")
            self.connection.execute(
                f"""insert into raw.{table}
                select 'acme', r.id, r.payload, null, timestamp '2020-01-01', null, true, try_cast(r.deleted as timestamp)
                from (select unnest(from_json(?, '[{{"id": "varchar", "payload": "varchar", "deleted": "varchar"}}]')) as r)""",
                [filled[table]],
            )
        self.filled = filled
        self.standing.change(*(f"raw.{table}" for table in changed))
        self.make(*marts)

    def make(self, *marts: str) -> None:
        """Make what the marts need and is not as raw has it, and hold every check attached to it."""
        self.standing.make(marts, severities=("error", "warn"))

    @contextmanager
    def otherwise(self) -> Iterator[None]:
        """The time in which something else is different than raw; what is made in it is forgotten after it."""
        filled, standing = self.filled, self.standing
        self.standing = standing.copied()
        self.standing.forget()
        self.connection.begin()
        try:
            yield
        finally:
            self.connection.rollback()
            self.filled, self.standing = filled, standing

    @contextmanager
    def told(self, **settings: Any) -> Iterator[None]:
        """The time in which the settings say something else."""
        with self.otherwise():
            build.tell(self.connection, settings)
            yield

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
        connection.execute("attach ':memory:' as hub; use hub; set timezone = 'UTC'")
        hurry(connection)
        empty_raw(connection, as_of, **variables)
        prepare(connection)
        opened_one = Warehouse(Standing(compiled, connection))
        opened_one.make(*DELIVERY)
        return opened_one

    yield open_one
    for connection in opened:
        connection.close()


@pytest.fixture(scope="session")
def warehouse(open_warehouse: Callable[..., Warehouse]) -> Warehouse:
    """The warehouse of 2026-03-31, 10:00 UTC, in Berlin's time."""
    return open_warehouse()
