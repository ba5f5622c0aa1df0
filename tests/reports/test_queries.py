"""What the reports ask of the warehouse."""

from __future__ import annotations

import importlib
import pkgutil
import re

import duckdb
import pytest

import reports
from tests.reports.published import COLUMNS


def queries() -> dict[str, str]:
    """Every SQL text that is a constant of a report's module."""
    modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(reports.__path__, "reports.")]
    return {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, str) and re.search(r"\bselect\b", value)
    }


@pytest.mark.parametrize("name", sorted(queries()))
def test_a_report_reads_one_mart_per_query(name: str) -> None:
    """Each query names one table, a mart; joins and calculations belong to the SQL models."""
    sql = queries()[name]
    tables = re.findall(r"\b(?:from|join)\s+([\w.]+)", sql)
    assert len(tables) == 1
    assert tables[0].startswith("marts.")
    assert tables[0].removeprefix("marts.") in COLUMNS


@pytest.mark.parametrize("name", sorted(queries()))
def test_a_query_asks_for_columns_by_name(name: str, open_file: duckdb.DuckDBPyConnection) -> None:
    """No `select *`; each column is one of the contract."""
    sql = queries()[name]
    assert "*" not in sql
    open_file.execute(sql, ["2026-01-01"] * sql.count("?"))
