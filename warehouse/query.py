"""A read-only look into a published warehouse, for `hub query` and for reports."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import duckdb

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""What a terminal would obey instead of showing; texts come from the sources. Lines of the table end as they do."""


class QueryError(Exception):
    """The question could not be answered; the text says why."""


class WarehouseMissing(QueryError):  # noqa: N818 - named for what is so
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


def answer(warehouse: Path, sql: str, *, as_csv: bool = False) -> str:
    """The answer to one question as text: a table for people, or all rows as comma-separated values.

    Tables show long results shortened, with the number of rows. Raises QueryError with the database's own message.
    """
    with connect(warehouse) as connection:
        try:
            relation: Any = connection.sql(sql)  # None of a statement without an answer, whatever its stub says
            if relation is None:
                return ""
            if not as_csv:
                return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", str(relation))
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(relation.columns)
            writer.writerows(relation.fetchall())
            return text.getvalue()
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
