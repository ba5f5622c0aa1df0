"""The SQL models' own unit tests (`unit_tests:` in the YAML beside them), run by dbt over an empty warehouse.

Not here: the delivery side from raw records to marts (dbt_delivery/) and the program side (dbt_program/).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import duckdb
import pytest

from warehouse import build

RAW_COLUMNS = """
    instance varchar, id varchar, payload json, source_updated_at timestamp, valid_from timestamp, valid_to timestamp,
    is_current boolean, deleted_at timestamp
"""


@pytest.fixture(scope="module")
def dbt(tmp_path_factory: pytest.TempPathFactory):
    """Runs a dbt command over one file whose raw tables are empty; returns its results."""
    folder = tmp_path_factory.mktemp("sql_models")
    file = folder / "hub.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema raw")
        build.describe(connection, as_of=datetime(2026, 11, 24, 6, tzinfo=UTC), variables={"timezone": "Europe/Berlin"})
        for sources in (build.PROJECT / "models").rglob("_sources.yml"):
            for table in re.findall(r"- name: (\w+_\w+)", sources.read_text()):
                connection.execute(f"create table raw.{table} ({RAW_COLUMNS})")

    def run(*command: str) -> list:
        outcome = build._dbt(list(command), file, folder / "target", build.PROJECT)
        assert outcome.exception is None, outcome.exception
        return list(outcome.result)

    return run


def test_an_empty_program_builds_with_all_checks_and_the_unit_tests_hold(dbt):
    """No source at all: every mart is there, empty or white; then each SQL model gives the expected rows for given ones."""
    built = dbt("build", "--exclude-resource-type", "unit_test")
    assert [f"{r.node.name}: {r.message}" for r in built if r.status not in {"success", "pass", "warn"}] == []
    tested = dbt("test", "--select", "test_type:unit")
    assert [f"{r.node.name}: {r.message}" for r in tested if r.status != "pass"] == []
    assert len(tested) >= 5
