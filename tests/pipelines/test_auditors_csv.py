"""The auditor's inventory as comma-separated values, by the commands that a user types: whole, exact, and no text in it runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines import cli
from reports.rendering.neutral import FORMULA_SIGNS
from tests.reports.believable_plan import program
from tests.reports.published import ABOUT, write

PURPOSE = '=HYPERLINK("http://evil.example","rank, offers")'

Hub = Callable[..., Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings, and a published file in which a model's purpose is a formula with a comma and quotes."""
    folder = tmp_path_factory.mktemp("auditor")
    (folder / "hub.toml").write_text('[[mlflow]]\nname = "acme"\ntracking_uri = "http://127.0.0.1:1"\n')
    (folder / ".hub").mkdir()
    marts = program()
    for row in marts["model_inventory"]:
        if row["model_id"] == "acme:ranker":
            row["purpose"] = PURPOSE
    write(folder / ".hub" / "warehouse.duckdb", marts, ABOUT)
    return folder


@pytest.fixture
def hub(folder: Path) -> Hub:
    """Runs a hub command."""

    def run(*arguments: str) -> Result:
        answer = CliRunner().invoke(cli.main, arguments, env={"HUB_CONFIG": str(folder / "hub.toml")})
        assert answer.exit_code == 0, answer.output
        return answer

    return run


def formulas(rows: list[list[str]]) -> list[str]:
    """The fields that a spreadsheet would run."""
    return [field for row in rows for field in row if field.startswith(FORMULA_SIGNS)]


def test_the_inventory_is_asked_for_as_csv(hub: Hub) -> None:
    """Every model once, every column by its name, dates as ISO has them, empty where nothing is known."""
    heads, *rows = list(csv.reader(io.StringIO(hub("query", "--csv", "select * from marts.model_inventory").stdout)))
    assert {"model_id", "purpose", "owner_person_id", "risk_tier", "training_data", "validation_status", "last_review_date", "next_review_date"} <= set(heads)  # fmt: skip
    told = {row[heads.index("model_id")]: dict(zip(heads, row, strict=True)) for row in rows}
    assert len(rows) == len(told) == len(program()["model_inventory"])
    assert told["acme:ranker"]["purpose"] == f"'{PURPOSE}"
    assert told["acme:ranker"]["next_review_date"] == "2026-11-04"
    assert told["acme:care-intent"]["purpose"] == ""
    assert formulas(rows) == []


def test_figures_below_zero_stay_figures(hub: Hub) -> None:
    """Only texts can be formulas; a heading is one as well."""
    answer = hub("query", "--csv", """select -1.5 as change, '-1.5' as text, 'a = b' as harmless, 1 as "=1+1" """)
    assert list(csv.reader(io.StringIO(answer.stdout))) == [
        ["change", "text", "harmless", "'=1+1"],
        ["-1.5", "'-1.5", "a = b", "1"],
    ]


def test_the_report_for_auditors_is_written_as_csv(hub: Hub, folder: Path) -> None:
    """`hub report responsible_ai --format csv` puts the same inventory into the reports folder."""
    hub("report", "responsible_ai", "--format", "csv")
    text = (folder / ".hub" / "reports" / "responsible_ai.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    start = next(
        place for place, row in enumerate(rows) if row[1:] == ["Every registered model, as auditors ask for it"]
    )
    purposes = {row[0]: row[2] for row in rows[start + 2 : start + 2 + len(program()["model_inventory"])]}
    assert purposes["ranker"] == f"'{PURPOSE}"
    assert purposes.keys() == {"ranker", "fraud-scorer", "care-intent"}
    assert formulas(rows) == []
