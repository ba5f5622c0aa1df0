"""`hub report`: reports as files, of the published warehouse or of what was known on another day."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

import reports
from pipelines import steps
from pipelines.settings import Settings


def write(
    program: Settings,
    names: Sequence[str],
    kind: str | None,
    warehouse: Path,
    folder: Path,
) -> None:
    """Each report as `reports.export_all` writes it, with the place of every file told; the front page leads to all that lie there."""
    beside = [name for name in reports.REPORTS if name in names or (folder / f"{name}.html").exists()]
    for file in reports.export_all(names, warehouse, folder, kind=kind, links=program.links, beside=beside):
        click.echo(file)


def write_as_of(program: Settings, names: Sequence[str], kind: str | None, day: date, moment: datetime) -> int:
    """The same from a warehouse built for that day, which is thrown away; into a folder named after the day.

    The published warehouse and its reports stay as they are. Returns the exit code.
    """
    program.reports_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.reports_dir, prefix=".as-of-") as scratch:
        warehouse = Path(scratch) / "warehouse.duckdb"
        if failed := steps.build(program, moment, warehouse, force=True):
            return failed
        folder = program.reports_dir / f"as-of-{day.isoformat()}"
        write(program, names, kind, warehouse, folder)
    return 0
