"""The model health report says what the marts hold."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import reports
from tests.reports.believable import AS_OF
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write
from tests.reports.reading import Page


@pytest.fixture(scope="module")
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("model_health", "believable").html)


def test_a_share_of_too_few_runs_is_a_dash_that_the_foot_explains(rendered: Render) -> None:
    """It is not that nothing was provided."""
    foot = "“–” means that no source provided the value, or too little to tell it."
    assert foot in Page(rendered("model_health", "believable").html).text
    assert foot in rendered("model_health", "believable").markdown


def test_its_sentence_names_the_models_in_trouble(page: Page) -> None:
    """Red, amber and unknown; green ones need no word."""
    assert (
        "Of 4 registered models, 1 is red (ranker), 1 is amber (fraud-scorer) and 1 is unknown (care-intent)."
        in page.text
    )


def test_every_unhealthy_model_has_reasons_and_what_turns_it_green(page: Page) -> None:
    """Each reason with its own way out, then what would close its gates; green models need no word."""
    todo = page.text.split("What to do ", 2)[2].split("All models", 1)[0]
    assert todo.startswith(
        "RRed ranker · Mei Tanaka The champion is 132 days old, its limit is 60. Green when it is so no more."
    )
    assert "Gate: Pass the review." in todo
    assert "?Unknown care-intent · no owner No version has the alias champion." in todo
    assert "query-rewriter" not in todo


def test_the_matrix_shows_which_rule_makes_the_colour(page: Page) -> None:
    """A rule that an unknown value does not hurt is a dash."""
    grid = page.tables["Each rule of each model: G green, A amber, R red, ? unknown, – not needed"]
    assert grid.row("ranker") == {
        "Model": "ranker",
        "All": "RRed",
        "Staleness": "RRed",
        "Drift": "–",
        "Owner": "GGreen",
    }
    assert grid.row("care-intent")["Staleness"] == "?Unknown"


def test_the_portfolio_is_the_mart_worst_first(page: Page) -> None:
    """Colour, owner, champion, challenger and shares."""
    assert page.tables["Registered models, the worst first"].rows == [
        ["ranker Search ranking", "RRed", "Mei Tanaka", "v7", "none", "8%", "85%", "–", "2"],
        ["fraud-scorer Fraud detection 2.0", "AAmber", "Mei Tanaka", "v7", "v8", "8%", "85%", "–", "0"],
        ["care-intent Fraud detection 2.0", "?Unknown", "nobody", "none", "none", "8%", "85%", "–", "–"],
        ["query-rewriter Fraud detection 2.0", "GGreen", "Mei Tanaka", "v7", "none", "8%", "85%", "–", "0"],
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
        [
            "fraud-scorer v8, challenger",
            "recall higher is better",
            "0.871",
            "0.902",
            "−0.031",
            "0.900",
            "worse than allowed",
        ],
        ["fraud-scorer v8, challenger", "precision higher is better", "0.944", "0.931", "0.013", "–", "better"],
    ]
    assert page.tables["Metrics that cannot be judged"].rows == [
        ["ranker v7, champion", "ndcg_at_10", "0.412", "0.409", "0.003", "–", "direction not provided"],
        ["query-rewriter v7, champion", "wer lower is better", "0.070", "–", "–", "–", "baseline not provided"],
    ]


def test_the_objective_metric_is_drawn_per_model(page: Page) -> None:
    """The title says the best so far and the target is the models tab's."""
    assert "fraud-scorer: best recall so far 0.910" in page.text
    assert page.tables["recall of fraud-scorer by week"].rows[-1] == ["16 Nov 2026", "19", "0.910", "0.910"]


def test_a_title_says_whether_the_target_is_reached_and_how_long_nothing_has_changed(tmp_path: Path) -> None:
    """To the report's day, not to the last week with a run; which way is better is the mart's."""
    weeks = [AS_OF.date() - timedelta(days=1 + 7 * ago) for ago in (12, 9, 1)]
    runs = {
        "errors": [(weeks[0], 0.3), (weeks[2], 0.218)],
        "gain": [(weeks[0], 0.061), (weeks[1], 0.071)],
    }
    marts = {
        "experiments_weekly": [
            {"experiment_id": one, "model_id": one, "week_date": week, "run_count": 1, "objective_metric": "m", "best_value": value, "best_so_far_value": value}
            for one, found in runs.items()
            for week, value in found
        ],
        "model_metrics": [
            {"model_version_id": one, "model_id": one, "metric": "m", "is_objective": True, "value": value, "target_value": target, "direction": direction}
            for one, value, target, direction in (("errors", 0.22, 0.22, -1), ("gain", None, 0.08, 1))
        ],
    }  # fmt: skip
    text = Page(reports.render("model_health", write(tmp_path / "w.duckdb", marts, ABOUT)).html).text
    assert "errors: best m so far 0.218, target 0.220 reached" in text
    assert (
        "gain: best m so far 0.071, 0.009 short of the target 0.080; unchanged for 9 weeks, no run since the week of 21 Sep 2026"
        in text
    )


def test_experiments_say_what_they_took_and_brought(page: Page) -> None:
    """Those that were given up say so; repeated runs come with their hours."""
    assert page.tables["Experiments, the costliest first"].rows == [
        ["fraud-training", "160", "90%", "412 hours", "€1.6 k", "2 · 5.5 h", "3", "8", ""],
        ["voice-fraud given up: quiet for 143 days, no version came of it", "9", "100%", "20 hours", "–", "none", "0", "0", "–"],
    ]  # fmt: skip


def test_the_way_to_production_is_told_of_versions_that_went_it(page: Page) -> None:
    """The median, to the same digit as the table, and how many took at most as long."""
    assert "2 of 3 versions took at most 49.3 d from the first run to champion." in page.text
    assert page.tables["Versions that became champion while the hub watched"].rows == [
        ["ranker v7", "26 Aug 2026", "30.0 d", "12.0 d", "42.0 d"],
        ["fraud-scorer v7", "12 Aug 2026", "42.0 d", "7.3 d", "49.3 d"],
        ["query-rewriter v7", "13 Jun 2026", "94.0 d", "4.0 d", "98.0 d"],
    ]


def test_broken_hops_come_with_their_remedy_those_in_use_first(page: Page) -> None:
    """A hop that is known is no row."""
    grid = page.tables["Links that are missing between version, run, commit, pull request, issue and initiative"]
    assert grid.rows == [
        ["pull request is missing ranker v7, champion", "Merge the commit through a pull request."],
        ["run is deleted ranker v5, not in use", "Restore the run."],
    ]


def test_data_of_the_challenger_stands_beside_the_champions(page: Page) -> None:
    """A data set that the challenger left out has no digest of it."""
    grid = page.tables["Data of challengers beside their champion's, and data sets that several models share"]
    assert grid.rows == [
        ["labels fraud-scorer v8", "–", "12ab", "left out", "no other"],
        ["payments fraud-scorer v8", "88d1", "77c0", "changed", "ranker"],
    ]


def test_the_registry_tells_what_was_done_and_when(page: Page) -> None:
    """Where MLflow does not say when, after which look it was; what stood at the first look is no change."""
    assert page.tables["The newest changes of the model registry"].rows == [
        ["ranker", "alias champion → v7 was v6", "after 30 Sep 2026", "7 Oct 2026"],
        ["ranker v6", "stage set to Archived was Production", "5 Oct 2026", "6 Oct 2026"],
        ["ranker", "tag hub.owner set to Ines Novak was kim", "–", "4 Oct 2026"],
    ]


def test_generative_answers_are_counted_timed_and_graded(page: Page) -> None:
    """The newest day, the worst day in the chart's title, and each grade."""
    assert page.tables["Answers on the newest day"].rows == [
        ["assistant", "23 Nov 2026", "31", "2%", "0.9 s", "2.1 s", ""]
    ]
    assert "assistant: 2% of the answers failed on the newest day, at worst 25% on 21 Nov" in page.text
    assert [row[0] for row in page.tables["How answers were graded, by people, models or code"].rows] == [
        "assistant groundedness",
        "assistant relevance",
    ]


def test_its_numbers_are_the_marts(rendered: Render) -> None:
    """What Dagster plots."""
    numbers = rendered("model_health", "believable").numbers
    assert (numbers["red_models"], numbers["stale_models"], numbers["regressions"]) == (1, 1, 1)
    assert (numbers["open_gates"], numbers["models_without_owner"], numbers["versions"]) == (2, 1, 16)


def test_without_any_row_it_says_that_nothing_is_known(rendered: Render) -> None:
    """A program without MLflow."""
    assert "No registered model is known yet" in Page(rendered("model_health", "empty").html).text
