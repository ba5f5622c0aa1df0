"""A warehouse of the delivery side in memory: hand-made raw records in, the project's own compiled SQL over them.

dbt compiles the project once per session; a test then runs only the SQL models that its mart needs, in milliseconds, so
that properties can be tried on many examples. Not here: dbt's own run and checks (test_sql_models.py, test_build.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from tests.warehouse.dbt_delivery.records import Raw
from warehouse import build

AS_OF = datetime(2026, 3, 31, 10, tzinfo=UTC)
RAW_COLUMNS = """
    instance varchar, id varchar, payload json, source_updated_at timestamp, valid_from timestamp, valid_to timestamp,
    is_current boolean, deleted_at timestamp
"""
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


@dataclass(frozen=True)
class Compiled:
    """The project's SQL by model, test and seed, with what each depends on."""

    sql: dict[str, str]
    parents: dict[str, list[str]]
    seeds: dict[str, str]
    checks: dict[str, list[str]]  # model -> SQL of the tests attached to it
    paths: dict[str, str]
    hooks: dict[str, list[str]]  # model -> SQL that runs before it

    def ancestry(self, names: tuple[str, ...]) -> list[str]:
        """The models that these need, parents first, themselves included."""
        ordered: list[str] = []

        def visit(name: str) -> None:
            if name in self.sql and name not in ordered:
                for parent in self.parents[name]:
                    visit(parent)
                ordered.append(name)

        for name in names:
            visit(name)
        return ordered


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """The project's SQL."""
    folder = tmp_path_factory.mktemp("dbt")
    command = ["compile", "--exclude", "test_type:unit"]
    outcome = build._dbt(command, folder / "hub.duckdb", folder / "target", build.PROJECT)
    assert outcome.success, outcome.exception
    return _collected(outcome.result)


def _collected(results: Any) -> Compiled:
    nodes = [result.node for result in results]
    bare = {node.unique_id: node.name for node in nodes}
    models = [node for node in nodes if node.resource_type == "model"]
    return Compiled(
        sql={node.name: node.compiled_code for node in models},
        parents={
            node.name: [bare[name] for name in node.depends_on.nodes if name.startswith("model.")] for node in models
        },
        hooks={node.name: [hook.sql for hook in node.config.pre_hook] for node in models},
        paths={node.name: node.original_file_path for node in models},
        seeds={path.stem: str(path) for path in (build.PROJECT / "seeds").glob("*.csv")},
        checks={
            node.name: [
                check.compiled_code
                for check in nodes
                if check.resource_type == "test" and bare.get(getattr(check, "attached_node", None) or "") == node.name
            ]
            for node in models
        },
    )


@dataclass
class Warehouse:
    """Runs SQL models over raw records and reads the result."""

    compiled: Compiled = field(repr=False)
    connection: duckdb.DuckDBPyConnection
    has_had_sheets: bool = False

    def run(self, raw: Raw, *marts: str) -> None:
        """Fill raw, then make what the marts need, and hold every check attached to it."""
        for (table,) in self.connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall():
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
        self.has_had_sheets |= any(table.startswith("sheets_") for table, *_ in raw.records)
        self.remake(*marts)

    def remake(self, *marts: str) -> None:
        """Make what the marts need from raw as it is."""
        # The program side reads the sheets: until a test has any it stays as opening the warehouse made it.
        needed = self.compiled.ancestry(marts)
        if not self.has_had_sheets:
            needed = [name for name in needed if "/program/int_" not in self.compiled.paths[name]]
        self.make(needed)

    def make(self, models: list[str]) -> None:
        """Make these SQL models anew, in this order."""
        for name in models:
            schema = "staging" if name.startswith("stg_") else "intermediate" if name.startswith("int_") else "marts"
            for hook in self.compiled.hooks[name]:
                self.connection.execute(hook)
            self.connection.execute(f"create or replace table {schema}.{name} as {self.compiled.sql[name]}")
        for name in models:
            for check in self.compiled.checks[name]:
                assert not self.connection.execute(check).fetchall(), check

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
        connection.execute("attach ':memory:' as hub; use hub; set timezone = 'UTC'")
        build.describe(connection, as_of=as_of, variables={"timezone": "Europe/Berlin", **variables})
        for schema in ("raw", "rules", "staging", "intermediate", "marts"):
            connection.execute(f"create schema {schema}")
        for name, path in compiled.seeds.items():
            connection.execute(f"create table rules.{name} as from read_csv(?, all_varchar = false)", [path])
        for sources in (build.PROJECT / "models").rglob("_sources.yml"):
            for table in re.findall(r"- name: (\w+_\w+)", sources.read_text()):
                connection.execute(f"create table raw.{table} ({RAW_COLUMNS})")
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
