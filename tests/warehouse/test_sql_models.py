"""The SQL models' own unit tests (`unit_tests:` in the YAML beside them), run by dbt over an empty warehouse; and what makes
them for all other tests, over two models of its own.

Not here: the delivery side from raw records to marts (dbt_delivery/) and the program side (dbt_program/).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.sql_models import Compiled, Standing, compiled, empty_raw, run_dbt


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


@pytest.fixture
def standing():
    """Boards as landed, and a mart that counts them and must count some."""
    two = ("stg_boards", "boards_count")
    with duckdb.connect() as connection:
        connection.execute(
            "create schema raw; create schema staging; create schema marts; create table raw.boards (id int)"
        )
        yield Standing(
            Compiled(
                sql=dict(zip(two, ("from raw.boards", "select count(*) as n from staging.stg_boards"), strict=True)),
                parents={"stg_boards": [], "boards_count": ["stg_boards"]},
                reads={"stg_boards": ["raw.boards"], "boards_count": ["stg_boards"]},
                checks={"stg_boards": [], "boards_count": [["error", "from marts.boards_count where n = 0"]]},
                hooks={name: [] for name in two},
                paths={},
            ),
            connection,
        )


def test_a_check_that_failed_is_held_again(standing):
    """Though nothing was landed in between."""
    for _ in range(2):
        with pytest.raises(AssertionError, match="boards_count"):
            standing.make(["boards_count"])


def test_a_model_that_was_given_rows_is_made_again_where_it_is_not_given(standing):
    """And so is what was made of the given ones, though the model holds again what it held before."""
    boards = standing.connection
    boards.execute("insert into raw.boards values (1)")
    standing.make(["boards_count"])
    boards.execute("insert into staging.stg_boards values (2)")
    standing.change("stg_boards")
    standing.make(["boards_count"], given=["stg_boards"])
    assert boards.execute("from marts.boards_count").fetchall() == [(2,)]
    standing.make(["boards_count"])
    assert boards.execute("from marts.boards_count").fetchall() == [(1,)]


def test_a_model_is_left_as_it_is_where_nothing_that_it_reads_changed(standing):
    """Neither by name nor, once the model before it was made again, by contents."""
    boards = standing.connection
    boards.execute("insert into raw.boards values (1)")
    standing.make(["boards_count"])
    boards.execute("update marts.boards_count set n = 5")
    standing.change("raw.boards")
    standing.make(["boards_count"])
    assert boards.execute("from marts.boards_count").fetchall() == [(5,)]
    boards.execute("insert into raw.boards values (1)")
    standing.change("raw.boards")
    standing.make(["boards_count"])
    assert boards.execute("from marts.boards_count").fetchall() == [(2,)]
