"""The README's ten questions, asked of the demo's warehouse through `hub query`: each has an answer, and the one the story tells."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors.sandbox.story.initiatives import INITIATIVES
from pipelines.cli import main

README = Path(__file__).resolve().parents[2] / "README.md"
SECTION = README.read_text(encoding="utf-8").partition("## Ten questions on a Monday")[2].partition("\n## ")[0]
QUESTIONS = {
    int(number): re.findall(r'hub query "([^"]+)"', text)
    for number, text in re.findall(r"(?ms)^(\d+)\. (.+?)(?=^\d+\. |\Z)", SECTION)
}


@pytest.fixture
def ask(program):
    """The rows of the answer to a question's first query, or another of its queries."""

    def rows(number: int, place: int = 0) -> list[dict[str, str]]:
        answer = CliRunner().invoke(main, ["query", "--csv", QUESTIONS[number][place]], env=program.environment)
        assert answer.exit_code == 0, answer.output
        return list(csv.DictReader(answer.output.splitlines()))

    return rows


def test_ten_questions_are_asked():
    """From 1 to 10, each with a query."""
    assert list(QUESTIONS) == list(range(1, 11))
    assert all(QUESTIONS.values())


@pytest.mark.parametrize(
    ("number", "place"), [(number, place) for number, found in QUESTIONS.items() for place in range(len(found))]
)
def test_each_question_has_an_answer(ask, number, place):
    """Rows, and in each of them something that is known."""
    rows = ask(number, place)
    assert rows
    assert all(any(row.values()) for row in rows)


def test_what_is_late_is_late_in_the_forecast_and_in_every_scenario(ask):
    """The first initiative's milestones lead; frozen scope ends earlier, less throughput later."""
    late = ask(1)
    assert late[0]["initiative_id"] == "INI-1"
    assert all(row["forecast_p80_date"] > row["target_date"] for row in late[:2])
    assert {row["on_time_share"] for row in ask(2) if row["scope_id"].startswith("INI-1")} == {"0.0"}
    scenarios = ask(3)
    assert [row["scope_id"] for row in scenarios] == [plan.id for plan in INITIATIVES]
    assert all(row["scope frozen"] <= row["base"] <= row["throughput 20 % lower"] for row in scenarios)


def test_teams_and_repositories_are_those_of_the_story(ask):
    """Four teams deliver and release; every repository has a wait for each stage."""
    teams = {"Forecasting", "Fraud", "Platform", "Search"}
    assert {row["team"] for row in ask(5)} == teams == {row["team"] for row in ask(7)}
    waits = ask(6)
    assert len(waits) == 5
    assert all(float(row[wait]) > 0 for row in waits for wait in ("to_first_look", "in_review", "to_production"))


def test_money_models_and_risks_are_those_of_the_story(ask):
    """One initiative overruns, one model is red for named reasons and has an owner, signals meet the register."""
    money = {row["initiative_id"]: float(row["vac_amount"]) for row in ask(8)}
    assert min(money, key=money.__getitem__) == "INI-2"
    assert money["INI-2"] < -200_000
    models = {row["name"]: row for row in ask(9)}
    assert models["checkout-fraud"]["status"] == "red"
    assert models["checkout-fraud"]["owner"] == "Nadia Haddad"
    signals = ask(10)
    assert {row["severity"] for row in signals} <= {"high", "medium", "low"}
    assert any(int(row["open_risks_in_register"]) > 0 for row in signals)
