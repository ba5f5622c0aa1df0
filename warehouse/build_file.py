"""The plugin by which dbt's connection finds the build file.

In the profile its path would make dbt parse the whole project anew for each file. Not here: what is built (build.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from warehouse import build


class Plugin(BasePlugin):  # type: ignore[misc]  # mypy does not look into dbt
    """Attaches the build file as `hub`; where none is named, dbt works on an empty database."""

    build_file: ClassVar[Path | None] = None
    """Of the whole process, as dbt's connection is."""

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:  # noqa: ARG002 - as dbt calls it
        """What does not fit into memory goes to a folder beside the build file."""
        if self.build_file:
            config["temp_directory"] = f"{self.build_file}.tmp"

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Attach it."""
        if self.build_file:
            build.attach(conn, self.build_file)
