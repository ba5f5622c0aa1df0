"""Experiments: hours that are counted once, runs that repeat others, best so far, lead times, lineage and data sets."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

RUNS, VERSIONS = "staging.stg_mlflow__runs", "intermediate.int_model_versions__at_moments"
START = datetime.fromisoformat("2026-05-01")
QUICK = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def run(name: str, begin: float = 0, hours: float | None = 1, **changed) -> dict:
    """A finished run that began so many hours after START, with all that makes it comparable."""
    start = START + timedelta(hours=begin)
    return {
        "mlflow_run_id": name, "instance": "a", "experiment_id": "a:1", "status": "FINISHED", "is_deleted": False, "git_commit": "c0ffee",
        "source_name": "train.py", "params": {"depth": "8", "rate": "0.1"}, "metrics": {}, "datasets": [{"name": "train", "digest": "abc"}],
        "tags": {}, "started_at": start, "ended_at": None if hours is None else start + timedelta(hours=hours),
    } | changed  # fmt: skip


@pytest.fixture
def tables(tables):
    """One experiment of model m, whose objective is auc, higher being better; no version yet."""
    tables.given("staging.stg_mlflow__experiments", {"experiment_id": "a:1", "instance": "a", "experiment_name": "one", "is_deleted": False, "tags": {"hub.model": "M", "hub.cost_per_hour": "2.5"}})  # fmt: skip
    tables.given("intermediate.int_models__at_moments", {"model_id": "m", "model_name": "m", "instance": "a"})
    tables.given("intermediate.int_model_metrics__declared", {"model_id": "m", "metric": "auc", "direction": 1, "is_objective": True})  # fmt: skip
    tables.given(VERSIONS)
    return tables


def test_hours_of_nested_runs_count_once(tables):
    """A parent keeps what its children left; children side by side count each; what lies outside the parent is not taken off."""
    tables.given(
        RUNS,
        run("parent", 0, 10),
        run("child", 1, 3, parent_mlflow_run_id="parent"),
        run("grandchild", 1, 1, parent_mlflow_run_id="child"),
        run("late", 9, 3, parent_mlflow_run_id="parent"),
        run("wide", 20, 2),
        run("left", 20, 2, parent_mlflow_run_id="wide"),
        run("right", 20, 2, parent_mlflow_run_id="wide"),
        run("deleted", 0, 9, parent_mlflow_run_id="parent", is_deleted=True),
        run("running", 5, None, parent_mlflow_run_id="parent"),
    )
    tables.make("experiments", "experiments_weekly")
    assert dict(tables.rows("select mlflow_run_id, own_hours from intermediate.int_runs__accounted")) == {
        "parent": 6, "child": 2, "grandchild": 1, "late": 3, "wide": 0, "left": 2, "right": 2, "running": None,
    }  # fmt: skip
    found = tables.row("from marts.experiments")
    assert (found["compute_hours"], found["compute_cost_amount"], found["nested_run_count"]) == (16, 40, 6)
    assert tables.row("select sum(compute_hours) as hours from marts.experiments_weekly") == {"hours": 16}


def test_an_hour_costs_what_the_settings_say_unless_its_experiment_has_a_tag(tables):
    """And what the threshold of the same name says where the settings are silent; 0 is no price."""
    experiment = {"instance": "a", "is_deleted": False}
    tables.given(
        "staging.stg_mlflow__experiments",
        experiment | {"experiment_id": "a:1", "experiment_name": "one", "tags": {}},
        experiment | {"experiment_id": "a:2", "experiment_name": "two", "tags": {"hub.cost_per_hour": "2.5"}},
    )
    tables.given(RUNS, run("one", hours=2), run("two", hours=2, experiment_id="a:2"))
    costs = "select compute_cost_amount from marts.experiments order by experiment_id"
    for price, cost in ((None, None), (0.5, 1), (0, None)):
        tables.told(compute_cost_per_hour=price)
        tables.make("experiments")
        assert tables.rows(costs) == [(cost,), (5,)]


SPANS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.one_of(st.none(), st.integers(0, 6))), max_size=7)


@QUICK
@given(SPANS)
def test_no_hour_is_lost_and_none_is_below_zero(tables, spans):
    """However runs are nested: what is counted is at least the longest run and at most all of them together."""
    runs = [
        run(
            f"r{place}",
            begin,
            hours,
            parent_mlflow_run_id=f"r{parent}" if parent is not None and parent < place else None,
        )
        for place, (begin, hours, parent) in enumerate(spans)
    ]
    tables.given(RUNS, *runs)
    tables.make("int_runs__accounted")
    own = [hours for (hours,) in tables.rows("select own_hours from intermediate.int_runs__accounted")]
    assert all(hours >= 0 for hours in own)
    assert (
        max((hours for _, hours, _ in spans), default=0) - 1e-9
        <= sum(own)
        <= sum(hours for _, hours, _ in spans) + 1e-9
    )


@pytest.mark.parametrize(
    ("changed", "repeats"),
    [
        ({}, "first"),
        ({"params": {"rate": "0.1", "depth": "8"}}, "first"),  # in another order
        ({"experiment_id": "a:2"}, "first"),
        ({"params": {"depth": "8"}}, None),
        ({"git_commit": "bad"}, None),
        ({"datasets": [{"name": "train", "digest": "xyz"}]}, None),
        ({"source_name": "other.py"}, None),
        ({"status": "FAILED"}, None),
        ({"is_deleted": True}, None),
        ({"instance": "b", "experiment_id": "b:1"}, None),
    ],
)
def test_a_run_repeats_another_with_the_same_code_data_and_parameters(tables, changed, repeats):
    """All of them known and equal; a failed try is no repetition."""
    tables.given(RUNS, run("first"), run("second", 5, 4, **changed))
    tables.make("duplicate_runs")
    assert tables.rows("select mlflow_run_id, repeated_mlflow_run_id, hours from marts.duplicate_runs") == (
        [("second", repeats, 4)] if repeats else []
    )


@pytest.mark.parametrize(
    "unknown", [{"git_commit": None}, {"datasets": []}, {"params": {}}, {"datasets": [{"name": "t", "digest": None}]}]
)
def test_runs_that_logged_too_little_are_not_called_repetitions(tables, unknown):
    """Nobody can say; and runs without a commit are counted."""
    tables.given(RUNS, run("first", **unknown), run("second", 5, **unknown))
    tables.make("duplicate_runs", "experiments")
    assert tables.rows("from marts.duplicate_runs") == []
    expected = 2 if "git_commit" in unknown else 0
    assert tables.row("select run_without_commit_count as runs from marts.experiments") == {"runs": expected}


@QUICK
@given(st.lists(st.one_of(st.none(), st.integers(-50, 50)), min_size=1, max_size=6), st.sampled_from([1, -1]))
def test_the_best_so_far_never_gets_worse(tables, values, direction):
    """Week by week it is the best of all weeks up to then; weeks without a value keep it."""
    tables.given("intermediate.int_model_metrics__declared", {"model_id": "m", "metric": "auc", "direction": direction, "is_objective": True})  # fmt: skip
    tables.given(
        RUNS, *(run(f"r{week}", -168 * (20 - week), metrics={"auc": value}) for week, value in enumerate(values))
    )
    tables.make("experiments_weekly")
    known: list[int] = []
    for value, (found,) in zip(values, tables.rows("select best_so_far_value from marts.experiments_weekly order by week_date"), strict=True):  # fmt: skip
        known += [value] if value is not None else []
        assert found == ((max if direction > 0 else min)(known) if known else None)


def test_an_experiment_without_a_version_and_without_runs_for_long_is_abandoned(tables):
    """As of 10 June: quiet for more than 60 days, nothing under way, and nothing came of it."""
    tables.given(RUNS, run("old", -24 * 30))
    tables.make("experiments")
    assert tables.row("select is_abandoned, floor(quiet_days) as quiet from marts.experiments") == {"is_abandoned": True, "quiet": 70}  # fmt: skip
    tables.given(RUNS, run("old", -24 * 30), run("new", 0))
    tables.make("experiments")
    assert tables.row("select is_abandoned from marts.experiments") == {"is_abandoned": False}
    tables.given(RUNS, run("old", -24 * 30))
    tables.given(VERSIONS, {"model_version_id": "m/1", "model_id": "m", "version": "1", "experiment_id": "a:1"})
    tables.make("experiments")
    assert tables.row("select is_abandoned, version_count from marts.experiments") == {"is_abandoned": False, "version_count": 1}  # fmt: skip


def test_the_way_from_first_run_to_champion(tables):
    """The search for a version begins after the version before it was registered."""
    day = 24
    tables.given(
        RUNS, *(run(name, begin) for name, begin in (("a", 0), ("b", 2 * day), ("c", 4 * day), ("d", 9 * day)))
    )
    registered = {"1": START + timedelta(days=3), "2": START + timedelta(days=10)}
    tables.given(
        "staging.stg_mlflow__model_versions",
        *(
            {"model_version_id": f"m/{number}", "model_id": "m", "version": number, "created_at": at}
            for number, at in registered.items()
        ),
    )
    tables.given(
        VERSIONS,
        *(
            {
                "model_version_id": f"m/{number}", "model_id": "m", "version": number, "experiment_id": "a:1", "mlflow_run_id": name, "created_at": registered[number],
                "run_started_at": START + timedelta(days=begin), "run_ended_at": START + timedelta(days=begin, hours=1),
            }
            for number, name, begin in (("1", "b", 2), ("2", "d", 9))
        ),
        {"model_version_id": "m/0", "model_id": "m", "version": "0"},
    )  # fmt: skip
    tables.given(
        "intermediate.int_model_roles__spanned",
        {"model_id": "m", "role": "champion", "version": "1", "seen_at": START, "is_since_first_sync": True},
        {
            "model_id": "m",
            "role": "champion",
            "version": "2",
            "seen_at": START + timedelta(days=14),
            "is_since_first_sync": False,
        },
    )
    tables.make("model_lead_times")
    assert tables.rows(
        "select version, day(first_run_at), run_to_registration_hours / 24, registration_to_champion_hours / 24, idea_to_production_hours / 24 "
        "from marts.model_lead_times order by version"
    ) == [("1", 1, 3, None, None), ("2", 5, 6, 4, 10)]


def test_a_broken_hop_names_what_mends_it(tables):
    """A version without a run knows nothing but its initiative; a deleted run is a hop that broke."""
    tables.given(
        "intermediate.int_models__at_moments",
        {"model_id": "m", "initiative_id": "A", "initiative_method": "models tab"},
    )
    tables.given(
        VERSIONS,
        {"model_version_id": "m/1", "model_id": "m", "version": "1", "has_run": False, "is_run_deleted": False},
        {"model_version_id": "m/2", "model_id": "m", "version": "2", "has_run": True, "is_run_deleted": True, "mlflow_run_id": "r", "git_commit": "c0ffee", "commit_method": "run"},
    )  # fmt: skip
    tables.given("intermediate.int_model_versions__linked", {"model_version_id": "m/2", "pull_request_id": "p", "issue_id": "i", "issue_method": "tag hub.issue"})  # fmt: skip
    tables.given("marts.issues", {"issue_id": "i", "initiative_id": "B"})
    tables.make("model_lineage")
    assert tables.rows("select hop, record_id, method, state from marts.model_lineage where model_version_id = 'm/2' order by hop_rank") == [
        ("run", "r", "registry", "deleted"),
        ("commit", "c0ffee", "run", "known"),
        ("pull_request", "p", "commit", "known"),
        ("issue", "i", "tag hub.issue", "known"),
        ("initiative", "B", "mapping of the issue", "known"),
    ]  # fmt: skip
    broken = tables.rows(
        "select hop, remedy from marts.model_lineage where model_version_id = 'm/1' and is_broken order by hop_rank"
    )
    assert [hop for hop, _ in broken] == ["run", "commit", "pull_request", "issue"]
    assert all(remedy for _, remedy in broken)


def test_data_sets_are_held_against_the_champions(tables):
    """By digest: same, changed, new, left out; and who else was trained on the same content."""
    tables.given(
        "intermediate.int_models__at_moments",
        {"model_id": "m", "champion_version": "1", "challenger_version": "2"},
        {"model_id": "n", "champion_version": "1"},
    )

    def trained(model: str, number: str, **datasets: str) -> dict:
        sets = [{"name": name, "digest": digest} for name, digest in datasets.items()]
        return {"model_version_id": f"{model}/{number}", "model_id": model, "version": number, "datasets": sets}

    tables.given(
        VERSIONS,
        trained("m", "1", orders="a", stores="b", prices="c"),
        trained("m", "2", orders="a", stores="z", weather="w"),
        trained("n", "1", sales="a"),
    )
    tables.make("model_data_sets")
    assert tables.rows("select data_set, digest, comparison, shared_model_ids from marts.model_data_sets where model_version_id = 'm/2' order by 1") == [
        ("orders", "a", "same", ["n"]),
        ("prices", "c", "left out", []),
        ("stores", "z", "changed", []),
        ("weather", "w", "new", []),
    ]  # fmt: skip


def test_a_champion_whose_metric_is_no_number_may_have_regressed(tables):
    """Not a number, not logged, or unknown of the baseline: the check is white and says which, even if another metric is fine."""
    described = {"model_id": "m", "model_name": "m", "champion_version": "2", "tags": {}, "version_count": 2}
    tables.given("intermediate.int_models__at_moments", described)
    tables.given(
        "intermediate.int_model_baselines__chosen",
        {"model_id": "m", "version": "2", "role": "champion", "baseline_version": "1"},
    )
    declared = [{"model_id": "m", "metric": name, "direction": 1} for name in ("auc", "f1", "recall", "precision")]
    tables.given("intermediate.int_model_metrics__declared", *declared)

    def scored(number: str, **metrics: float | None) -> dict:
        return {"model_version_id": f"m/{number}", "model_id": "m", "version": number, "metrics": metrics}

    tables.given(VERSIONS, scored("1", auc=0.8, f1=0.7, recall=0.6), scored("2", auc=0.9, f1=None, precision=0.5))
    tables.make("int_model_metrics__compared")
    assert tables.rows("select metric, is_regression, gap from intermediate.int_model_metrics__compared where version = '2' order by metric") == [
        ("auc", False, None),
        ("f1", None, "f1 of champion version 2 is not a number"),
        ("precision", None, "precision of its baseline, version 1, is unknown"),
        ("recall", None, "recall of champion version 2 was not logged"),
    ]  # fmt: skip


def test_a_version_that_is_both_is_measured_as_the_champion(tables):
    """Against the champion before it, never against itself."""
    tables.given("intermediate.int_models__at_moments", {"model_id": "m", "champion_version": "2", "challenger_version": "2", "tags": {}})  # fmt: skip
    tables.given("intermediate.int_model_roles__spanned", {"model_id": "m", "role": "champion", "version": "1", "seen_at": START, "to_at": START + timedelta(days=1), "is_current": False})  # fmt: skip
    tables.make("int_model_baselines__chosen")
    assert tables.rows("select version, role, baseline_version from intermediate.int_model_baselines__chosen") == [
        ("2", "champion", "1")
    ]
