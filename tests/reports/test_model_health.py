"""The model health report says what the marts hold."""

from __future__ import annotations

import pytest

from tests.reports.conftest import Render
from tests.reports.reading import Page


@pytest.fixture
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("model_health", "believable").html)


def test_its_sentence_names_the_models_in_trouble(page: Page) -> None:
    """Red, amber and unknown; green ones need no word."""
    assert (
        "Of 4 registered models, 1 is red (ranker), 1 is amber (fraud-scorer) and 1 is unknown (care-intent)."
        in page.text
    )


def test_every_unhealthy_model_has_reasons_and_steps(page: Page) -> None:
    """The step follows from what is wrong."""
    todo = page.text.split("What to do ", 2)[2].split("All models", 1)[0]
    assert todo.startswith("RRed ranker · Mei Tanaka The champion is 132 days old, its limit is 60.")
    assert "To do: retrain the champion, or raise its limit in the models tab if its age is acceptable." in todo
    assert "To do: close 2 open release gates: privacy review and human approval." in todo
    assert "query-rewriter" not in todo


def test_the_portfolio_is_the_mart_worst_first(page: Page) -> None:
    """Colour, owner, champion, challenger and shares."""
    assert page.tables["Registered models, the worst first"].rows == [
        ["ranker Search ranking", "RRed", "Mei Tanaka", "v7", "–", "8%", "85%", "–", "2"],
        ["fraud-scorer Fraud detection 2.0", "AAmber", "Mei Tanaka", "v7", "v8", "8%", "85%", "–", "0"],
        ["care-intent Fraud detection 2.0", "?Unknown", "nobody", "–", "–", "8%", "85%", "–", "–"],
        ["query-rewriter Fraud detection 2.0", "GGreen", "Mei Tanaka", "v7", "–", "8%", "85%", "–", "0"],
    ]


def test_age_is_told_against_each_models_own_limit(page: Page) -> None:
    """The bar says in words what it draws."""
    assert page.tables["Days since the champion was trained, against its limit"].rows == [
        ["ranker", "132 days, over the limit", "60 days", "15 Jul 2026"],
        ["fraud-scorer", "41 days", "90 days", "14 Oct 2026"],
        ["query-rewriter", "12 days", "90 days", "12 Nov 2026"],
        ["care-intent", "no champion whose training is known", "90 days", "–"],
    ]


def test_metrics_of_versions_not_in_use_are_left_out(page: Page) -> None:
    """Regressions first; without a direction nothing is called better."""
    assert page.tables["Metrics of champions and challengers against their baseline"].rows == [
        ["fraud-scorer v8, challenger", "recall", "0.871", "0.902", "−0.031", "0.900", "worse than it may be"],
        ["fraud-scorer v8, challenger", "precision", "0.944", "0.931", "0.013", "–", "better"],
    ]
    assert page.tables["Metrics that cannot be judged"].rows == [
        ["ranker v7, champion", "ndcg_at_10", "0.412", "0.409", "0.003", "–", "direction not provided"],
    ]


def test_experiments_show_their_last_week(page: Page) -> None:
    """By name, with the best value so far."""
    grid = page.tables["Experiments in their last active week"]
    assert grid.rows == [["fraud-training", "16 Nov 2026", "19", "10%", "recall", "0.910", ""]]


def test_its_numbers_are_the_marts(rendered: Render) -> None:
    """What Dagster plots."""
    numbers = rendered("model_health", "believable").numbers
    assert (numbers["red_models"], numbers["stale_models"], numbers["regressions"]) == (1, 1, 1)
    assert (numbers["open_gates"], numbers["models_without_owner"], numbers["versions"]) == (2, 1, 16)


def test_without_any_row_it_says_that_nothing_is_known(rendered: Render) -> None:
    """A program without MLflow."""
    assert "No registered model is known yet" in Page(rendered("model_health", "empty").html).text
