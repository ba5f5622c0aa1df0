"""The SQL models' own unit tests (`unit_tests:` in the YAML beside them), run by dbt over an empty warehouse.

Not here: the delivery side from raw records to marts (dbt_delivery/) and the program side (dbt_program/).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.sql_models import compiled, empty_raw, run_dbt


@pytest.fixture(scope="module")
def dbt(shared_folder: Path):
    """Runs a dbt command over one file whose raw tables are empty, with the project parsed; returns its results."""
    compiled(shared_folder)
    folder = shared_folder / "dbt"
    with duckdb.connect(str(folder / "hub.duckdb")) as connection:
        empty_raw(connection, datetime(2026, 11, 24, 6, tzinfo=UTC))
    return lambda *command: run_dbt(folder, *command)


def test_an_empty_program_builds_with_all_checks_and_the_unit_tests_hold(dbt):
    """No source at all: every mart is there, empty or white; then each SQL model gives the expected rows for given ones."""
    built = dbt("build", "--exclude-resource-type", "unit_test")
    assert [f"{r.node.name}: {r.message}" for r in built if r.status not in {"success", "pass", "warn"}] == []
    tested = dbt("test", "--select", "test_type:unit")
    assert [f"{r.node.name}: {r.message}" for r in tested if r.status != "pass"] == []
    assert len(tested) >= 5
