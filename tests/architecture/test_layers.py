"""What import-linter holds for Python, held for SQL and for the tree: each layer reads only the one below."""

import re
import subprocess
from pathlib import Path

import pytest

from warehouse import build

CHECKOUT = Path(__file__).resolve().parent.parent.parent
MODELS = CHECKOUT / "warehouse" / "models"
ALLOWED = {
    "staging": {"staging"},
    "intermediate": {"staging", "intermediate", "seeds", "marts"},
    "marts": {"intermediate", "marts", "seeds", "staging"},
}
TOP = {
    "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "connectors", "dagster.yaml", "hub.toml",
    "pipelines", "pyproject.toml", "reports", "requirements.lock", "tests", "warehouse",
}  # fmt: skip


def layer(path: Path) -> str:
    return path.relative_to(MODELS).parts[0]


def layers_by_model() -> dict[str, str]:
    seeds = {path.stem: "seeds" for path in (CHECKOUT / "warehouse" / "seeds").glob("*.csv")}
    return seeds | {path.stem: layer(path) for path in MODELS.rglob("*.sql")}


@pytest.mark.parametrize("path", sorted(MODELS.rglob("*.sql")), ids=lambda path: path.stem)
def test_a_sql_model_reads_only_layers_it_may(path):
    text = path.read_text()
    refs = {name: layers_by_model()[name] for name in re.findall(r"ref\('([^']+)'\)", text)}
    odd = {name: where for name, where in refs.items() if where not in ALLOWED[layer(path)] | {"seeds"}}
    assert not odd
    assert ("source(" in text) <= (layer(path) == "staging"), "staging alone reads raw"


@pytest.mark.parametrize("path", sorted(MODELS.rglob("*.sql")), ids=lambda path: path.stem)
def test_a_sql_model_says_its_grain_in_its_first_line(path):
    assert path.read_text().startswith("-- One row per ")


def test_no_sql_model_reads_a_clock():
    clocks = re.compile(r"\b(current_date|current_timestamp|now\(\)|today\(\)|get_current_)", re.IGNORECASE)
    assert not [path.name for path in (CHECKOUT / "warehouse").rglob("*.sql") if clocks.search(path.read_text())]


def test_sql_asks_the_build_file_for_settings():
    """A variable of dbt would make it parse the whole project anew whenever its value changes."""
    texts = [path.read_text() for path in (CHECKOUT / "warehouse").rglob("*.sql")]
    assert not [text for text in texts if re.search(r"\bvar\(", text)]
    asked = {name for text in texts for name in re.findall(r"setting\('(\w+)'\)", text)}
    assert {"as_of", "timezone", "currency"} <= asked <= {"as_of", *build.DEFAULTS}


def test_reports_name_only_marts():
    for path in (CHECKOUT / "reports").rglob("*.py"):
        relations = re.findall(
            r"\b(?:from|join)\s+([a-z_]+\.[a-z_]+)", " ".join(re.findall(r'"[^"]*\bselect\b[^"]*"', path.read_text()))
        )
        assert not [name for name in relations if not name.startswith(("marts.", "meta.", "warehouse.meta"))], path


def test_only_the_settings_read_the_environment():
    readers = [
        path.relative_to(CHECKOUT).as_posix()
        for folder in ("connectors", "warehouse", "reports", "pipelines")
        for path in (CHECKOUT / folder).rglob("*.py")
        if re.search(r"os\.environ|getenv", path.read_text())
    ]
    assert set(readers) <= {
        "pipelines/settings.py",
        "connectors/sandbox/mlflow.py",  # starts MLflow's server,
        "connectors/sandbox/mlflow_process.py",  # which takes what it is told from there
    }


def test_the_top_level_holds_only_what_the_design_names():
    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert not {name for name in listed.stdout.split() if not name.startswith(".")} - TOP


def test_no_module_is_named_after_nothing():
    names = {
        path.stem
        for folder in ("connectors", "warehouse", "reports", "pipelines")
        for path in (CHECKOUT / folder).rglob("*.py")
    }
    assert not names & {"utils", "helpers", "common", "base", "core"}
