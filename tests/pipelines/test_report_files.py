"""`hub report` as files, of a published warehouse without a single mart: every report is written all the same."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import reports
from pipelines import report_files
from pipelines.settings import Settings


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A published file of an older hub: its marts have other names."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create table marts.something_else as select 1 as one")
    return path


def written(folder: Path) -> set[str]:
    """The names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


def test_without_a_kind_each_report_is_a_page_and_the_pack_is_slides_too(warehouse: Path, tmp_path: Path) -> None:
    """All of them, the front page, and nothing else."""
    report_files.write(Settings(), reports.REPORTS, None, warehouse, tmp_path / "out")
    assert written(tmp_path / "out") == {f"{name}.html" for name in ("index", *reports.REPORTS)} | {
        "steering_pack.pptx"
    }


@pytest.mark.parametrize("kind", reports.KINDS)
def test_a_kind_is_written_alone(kind: str, warehouse: Path, tmp_path: Path) -> None:
    """Also for the pack."""
    report_files.write(Settings(), ["steering_pack", "risks"], kind, warehouse, tmp_path / "out")
    front = {"index.html"} if kind == "html" else set()
    assert written(tmp_path / "out") == {f"steering_pack.{kind}", f"risks.{kind}"} | front


def test_the_front_page_leads_to_what_lies_there(warehouse: Path, tmp_path: Path) -> None:
    """What an earlier command wrote too, and no more what somebody removed."""
    folder = tmp_path / "out"
    for name in ("budget", "risks", "delivery"):
        report_files.write(Settings(), [name], None, warehouse, folder)
    (folder / "budget.html").unlink()
    report_files.write(Settings(), ["risks"], "html", warehouse, folder)
    front = (folder / "index.html").read_text(encoding="utf-8")
    assert {name for name in reports.REPORTS if f'href="{name}.html"' in front} == {"delivery", "risks"}
