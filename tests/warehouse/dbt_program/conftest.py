"""The program side of the warehouse in memory: given rows of any relation in, the project's own compiled SQL over them.

Every relation is made once from nothing. A test gives rows to some relations and makes what it asks for anew; afterwards
all is as it was. Not here: dbt's own run and checks (test_sql_models.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from tests.sql_models import Compiled, Standing, empty_raw, hurry, prepare
from warehouse import build, publish

AS_OF = datetime(2026, 6, 10, 8, tzinfo=UTC)
PRESENT = {"moment_at": AS_OF.replace(tzinfo=None), "moment_date": AS_OF.date()}
ALWAYS = {"first_moment_rank": 1, "last_moment_rank": 1000}
"""The run of all moments."""
IN_FORCE = {"row_key": "1", "valid_from": datetime(2026, 1, 5), "is_in_force": True}  # noqa: DTZ001 - as DuckDB holds it
"""A row of a tab that was landed long ago and still stands."""
INSTANCE = "acme"


def milliseconds(text: str) -> int:
    """A UTC moment as MLflow sends it."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@dataclass
class Tables:
    """All relations of the warehouse; those given rows are taken as they are, the others are made from them."""

    standing: Standing
    given_models: set[str] = field(default_factory=set)
    versions: dict[tuple[str, str], list[tuple[str, dict[str, Any] | None]]] = field(default_factory=dict)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Where they are."""
        return self.standing.connection

    def given(self, relation: str, *rows: dict[str, Any]) -> None:
        """Put exactly these rows into a relation, e.g. "intermediate.int_scopes__valued"; columns left out are null.

        A row of what was known at a moment is of the present unless it names another.
        """
        schema, name = relation.split(".")
        if schema != "rules":
            self.given_models.add(name)
        self.standing.change(relation if schema == "rules" else name)
        columns = self.connection.execute(f"from {relation} limit 0").description or []
        present = {column: PRESENT[column] for column, *_ in columns if column in PRESENT}
        self.connection.execute(f"delete from {relation}")
        for row in (present | row for row in rows):
            places = ", ".join("?" for _ in row)
            self.connection.execute(f"insert into {relation} ({', '.join(row)}) values ({places})", list(row.values()))

    def rule(self, seed: str, change: str, *values: Any) -> None:
        """Let a seed say something else: `change` is what follows `update rules.<seed> set`."""
        self.connection.execute(f"update rules.{seed} set {change}", list(values))
        self.standing.change(f"rules.{seed}")

    def begin_anew(self) -> None:
        """Forget what was landed."""
        for table in {table for table, _ in self.versions}:
            self.connection.execute(f"delete from raw.{table}")
            self.standing.change(f"raw.{table}")
        self.versions.clear()

    def issues(self, *rows: dict[str, Any]) -> None:
        """Give issues as the mart has them, each of its initiative at every moment."""
        rows = tuple({"instance": INSTANCE, **row} for row in rows)
        self.given("marts.issues", *rows)
        self.look()
        self.given(
            "intermediate.int_issues__linked_at_moments",
            *({"issue_id": row["issue_id"], "initiative_id": row["initiative_id"], **ALWAYS} for row in rows),
        )

    def look(self) -> None:
        """Let Jira have been read just now."""
        look = {"moment_rank": 1, "source": "jira", "instance": INSTANCE, "known_at": PRESENT["moment_at"]}
        self.given("intermediate.int_looks__at_moments", look)

    def land(self, table: str, record_id: str, payload: dict[str, Any] | None, at: str = "2026-01-05") -> None:
        """Land a version of a record; None is its deletion."""
        self.versions.setdefault((table, record_id), []).append((at, payload))

    def sheet(self, tab: str, *rows: dict[str, Any], at: str = "2026-01-05") -> None:
        """Land rows of a tab as the connector sends them: typed cells by column, `_key` names the row, `_bad` its faulty columns."""
        places = self._places(tab, at)
        for number, row in enumerate(rows, start=2):
            typed = {name: value for name, value in row.items() if not name.startswith("_")}
            bad = row.get("_bad", ())
            payload = {
                "tab": tab,
                "key": row["_key"],
                "cells": {
                    name: {"value": "?" if name in bad else value, "header": name}
                    for name, value in typed.items()
                    if value is not None or name in bad
                },
                "faults": [
                    {"column": name, "value": "?", "expected": "a value", "severity": "bad_cell", "message": '"?" is no value'}
                    for name in bad
                ],
                "typed": {name: None if name in bad else value for name, value in typed.items()},
            }  # fmt: skip
            self.land(f"sheets_{tab}", row["_key"], payload, at)
            places["shapes"].append({name: chr(65 + place) for place, name in enumerate(typed)})
            places["rows"][row["_key"]] = [number, len(places["shapes"]) - 1]
        landed = self.versions.setdefault((f"sheets_{tab}", "_places"), [])
        if landed and landed[-1][0] == at:  # further rows of the same version of the sheet
            landed.pop()
        landed.append((at, places))

    def _places(self, tab: str, at: str) -> dict[str, Any]:
        """The record of a tab's addresses at a moment, to go on with."""
        landed = self.versions.get((f"sheets_{tab}", "_places"))
        if landed and landed[-1][0] == at and landed[-1][1]:
            return landed[-1][1]
        return {"tab": tab, "title": tab.title(), "key": "_places", "shapes": [], "rows": {}}

    def run(self, run_id: str, at: str = "2026-06-01", hours: float | None = 2, **told: Any) -> None:
        """Land an MLflow run that ended after so many hours; `told` gives status, experiment, metrics, params, tags, datasets, stage, the day its metrics were `logged`, and the one it `landed`."""
        start = milliseconds(at)
        payload = {
            "info": {
                "run_id": run_id,
                "run_name": run_id,
                "experiment_id": told.get("experiment", "1"),
                "status": told.get("status", "FINISHED"),
                "lifecycle_stage": told.get("stage", "active"),
                "start_time": start,
                "end_time": None if hours is None else start + int(hours * 3_600_000),
            },
            "data": {
                name: [{"key": key, "value": value} for key, value in told.get(name, {}).items()]
                for name in ("params", "tags")
            }
            | {
                "metrics": [
                    {
                        "key": key,
                        "value": value,
                        "timestamp": milliseconds(told["logged"]) if "logged" in told else None,
                    }
                    for key, value in told.get("metrics", {}).items()
                ]
            },
            "inputs": {
                "dataset_inputs": [
                    {"dataset": {"name": name, "digest": digest}} for name, digest in told.get("datasets", {}).items()
                ]
            },
        }
        self.land("mlflow_runs", run_id, payload, told.get("landed", at))

    def model(
        self,
        name: str,
        *,
        at: str = "2026-01-05",
        aliases: dict[str, str] | None = None,
        tags: dict[str, str] | None = None,
    ) -> None:
        """Land a version of what the registry says of a model."""
        payload = {
            "name": name,
            "creation_timestamp": milliseconds("2025-12-01"),
            "aliases": [{"alias": alias, "version": version} for alias, version in (aliases or {}).items()],
            "tags": [{"key": key, "value": value} for key, value in (tags or {}).items()],
        }
        self.land("mlflow_registered_models", name, payload, at)

    def version(self, name: str, number: int, run: str | None, at: str = "2026-01-05", **tags: str) -> None:
        """Land a version of a model."""
        payload = {
            "name": name,
            "version": str(number),
            "run_id": run,
            "creation_timestamp": milliseconds(at),
            "status": "READY",
            "tags": [{"key": key.replace("__", "."), "value": value} for key, value in tags.items()],
        }
        self.land("mlflow_model_versions", f"{name}/{number}", payload, at)

    def told(self, **settings: Any) -> None:
        """Let the settings say something else."""
        build.tell(self.connection, settings)
        self.standing.change(*(f"meta.{name}" for name in settings))

    def stand_at(self, moment: datetime) -> None:
        """Tell the SQL models another moment than AS_OF."""
        self.connection.execute(f"drop schema {publish.ABOUT_SCHEMA} cascade")
        build.describe(self.connection, as_of=moment.replace(tzinfo=UTC), variables={"timezone": "Europe/Berlin"})
        self.standing.forget()

    def make(self, *names: str) -> None:
        """Make these models from what was given and landed, and hold every check of theirs; the rest is as it was."""
        self._write_raw()
        self.standing.make(names, self.given_models)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(query).fetchall()

    def row(self, query: str) -> dict[str, Any]:
        """The only row of a query, by column."""
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description or []]
        (values,) = cursor.fetchall()
        return dict(zip(names, values, strict=True))

    def _write_raw(self) -> None:
        for (table, record_id), versions in self.versions.items():
            self.standing.change(f"raw.{table}")
            self.connection.execute(f"delete from raw.{table} where id = ?", [record_id])
            last: dict[str, Any] | None = None
            for number, (at, payload) in enumerate(versions):
                last = payload or last
                following = versions[number + 1][0] if number + 1 < len(versions) else None
                self.connection.execute(
                    f"insert into raw.{table} values (?, ?, ?, null, ?, ?, ?, ?)",
                    [
                        INSTANCE,
                        record_id,
                        json.dumps(last),
                        at,
                        following,
                        following is None,
                        at if payload is None else None,
                    ],
                )


@pytest.fixture(scope="session")
def empty_warehouse(compiled: Compiled) -> Iterator[Standing]:
    """Every relation as of AS_OF, made from empty raw tables."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as hub; use hub; set timezone = 'UTC'")
        hurry(connection)
        empty_raw(connection, AS_OF)
        prepare(connection)
        standing = Standing(compiled, connection)
        standing.make(compiled.sql)
        yield standing


@pytest.fixture
def tables(empty_warehouse: Standing) -> Iterator[Tables]:
    """The empty warehouse, to be filled; what a test does to it is undone."""
    empty_warehouse.connection.begin()
    yield Tables(empty_warehouse.copied())
    empty_warehouse.connection.rollback()
