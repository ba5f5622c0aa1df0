"""A read-only look into a published warehouse, for `hub query` and for reports."""

from __future__ import annotations

from pathlib import Path

import duckdb


class WarehouseMissing(Exception):  # noqa: N818 - named for what is so
    """Nothing has been published yet."""


def connect(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """A connection that can read this version of the warehouse and nothing else, with `marts` as its default schema.

    It stays on the version it has opened while newer ones are published. Other files and settings are out of reach.
    Raises WarehouseMissing if there is no file.
    """
    if not warehouse.is_file():
        raise WarehouseMissing(f"{warehouse}: nothing has been published yet; hub run syncs, builds and publishes")
    # Attached to a database of its own: DuckDB would answer a second `connect(path)` of one process with the file that
    # the first one has open, which may have been replaced since.
    connection = duckdb.connect()
    quoted = str(warehouse).replace("'", "''")
    connection.execute(f"attach '{quoted}' as warehouse (read_only); use warehouse")
    schemas = connection.execute(
        "select schema_name from duckdb_schemas() where database_name = 'warehouse' and schema_name = 'marts'"
    ).fetchall()
    if schemas:
        connection.execute("use warehouse.marts")
    connection.execute("set timezone = 'UTC'; set enable_external_access = false; set lock_configuration = true")
    return connection
