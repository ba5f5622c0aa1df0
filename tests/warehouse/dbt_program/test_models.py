"""Registered models: whose champion is stale, worse, drifting or unowned, and what the registry said when."""

from __future__ import annotations


def health(tables, *also: str) -> dict:
    """The only model's row."""
    tables.make("model_health", "model_alias_history", "model_metrics", "release_gates", *also)
    return tables.row("from marts.model_health")


WHOLE = {
    "tags": {"mlflow.source.git.commit": "c0ffee", "hub.environment": "train:1"},
    "params": {"depth": "8"},
    "datasets": {"train": "abc"},
}
"""What a run logs that can be reproduced."""


def scored(tables, **versions: float) -> None:
    """Model m with versions v1, v2... whose runs scored these values of auc, higher being better."""
    tables.model(
        "m", aliases={"champion": str(len(versions))}, tags={"hub.metric.auc": "higher", "hub.owner": "ann@x.org"}
    )
    for number, value in enumerate(versions.values(), start=1):
        tables.run(f"r{number}", metrics={"auc": value}, **WHOLE)
        tables.version("m", number, f"r{number}")


def test_staleness_counts_from_the_end_of_the_champions_training_run(tables):
    """As of 10 June 08:00 UTC; the limit is the tag's."""
    tables.model("m", aliases={"production": "1"}, tags={"hub.staleness_days": "30"})
    tables.run("r1", at="2026-05-01 06:00", hours=2)
    tables.version("m", 1, "r1", at="2026-06-09")
    found = health(tables)
    assert (found["staleness_days"], found["staleness_limit_days"]) == (40.0, 30.0)
    assert found["status"] == "red"
    assert "version 1, the champion in use, was trained 40 days ago, the limit is 30 days" in found["reasons"]


def test_one_run_may_have_trained_several_models(tables):
    """Each of them is judged by it; the run and its hours count once."""
    tables.run("r1", at="2026-05-01 06:00", hours=2, metrics={"auc": 0.9}, **WHOLE)
    for name in ("m", "n"):
        tables.model(name, aliases={"champion": "1"}, tags={"hub.metric.auc": "higher", "hub.target.auc": "0.8"})
        tables.version(name, 1, "r1", at="2026-06-01")
    tables.make("model_health", "model_metrics", "experiments_weekly", "mlflow_runs")
    assert tables.rows("select staleness_days from marts.model_health") == [(40.0,), (40.0,)]
    assert tables.rows("select model_version_id, value from marts.model_metrics order by all") == [
        ("acme:m/1", 0.9),
        ("acme:n/1", 0.9),
    ]
    assert tables.rows("select sum(run_count), sum(compute_hours) from marts.experiments_weekly") == [(1, 2.0)]
    assert tables.rows("select count(*) from marts.mlflow_runs") == [(1,)]


def test_a_champion_without_a_run_has_an_unknown_age(tables):
    """Unknown is white and says why."""
    tables.model("m", aliases={"champion": "1"}, tags={"hub.owner": "ann@x.org"})
    tables.version("m", 1, None)
    found = health(tables)
    assert found["staleness_days"] is None
    assert found["status"] == "white"


def test_an_old_stage_makes_a_champion_where_no_alias_does(tables):
    """Registries without aliases say Production."""
    tables.model("m")
    tables.run("r1")
    tables.land(
        "mlflow_model_versions",
        "m/1",
        {
            "name": "m",
            "version": "1",
            "run_id": "r1",
            "current_stage": "Production",
            "creation_timestamp": "1767600000000",
        },
    )
    assert health(tables)["champion_version"] == "1"


def test_a_moved_alias_leaves_a_trail_with_its_uncertainty(tables):
    """It was set between the last look that did not show it and the first that did, and not before its version existed."""
    for at in ("2026-02-01", "2026-02-08", "2026-02-15"):
        tables.land(
            "hub_sync_attempts",
            f"mlflow/acme/registered_models/{at}",
            {"source": "mlflow", "instance": "acme", "stream": "registered_models", "attempted_at": f"{at}T00:00:00Z", "is_success": True},
            at=at,
        )  # fmt: skip
    tables.model("m", at="2026-02-01", aliases={"champion": "1"})
    tables.model("m", at="2026-02-15", aliases={"champion": "2"})
    tables.version("m", 1, None, at="2026-01-01")
    tables.version("m", 2, None, at="2026-02-10")
    health(tables)
    assert tables.rows(
        "select version, not_before_at::date::varchar, seen_at::date::varchar, to_at::date::varchar, is_current "
        "from marts.model_alias_history order by seen_at"
    ) == [("1", "2026-01-01", "2026-02-01", "2026-02-15", False), ("2", "2026-02-10", "2026-02-15", None, True)]
    assert (
        str(tables.row("select last_promoted_at from marts.model_health")["last_promoted_at"]) == "2026-02-15 00:00:00"
    )


def test_an_alias_that_was_there_at_the_first_look_has_no_promotion_date(tables):
    """The hub cannot know since when it stands."""
    tables.model("m", aliases={"champion": "1"})
    tables.version("m", 1, None)
    assert health(tables)["last_promoted_at"] is None


def test_a_deleted_alias_and_a_deleted_model_end_their_stays(tables):
    """The trail keeps what was; the models now do not."""
    tables.model("m", at="2026-02-01", aliases={"champion": "1"})
    tables.model("m", at="2026-02-08", aliases={})
    tables.model("n", at="2026-02-01", aliases={"champion": "1"})
    tables.land("mlflow_registered_models", "n", None, at="2026-02-15")
    tables.make("model_alias_history", "registered_models")
    assert tables.rows("select model_id, to_at::date::varchar from marts.model_alias_history order by 1") == [
        ("acme:m", "2026-02-08"),
        ("acme:n", "2026-02-15"),
    ]
    assert tables.rows("select model_id, champion_version from marts.registered_models") == [("acme:m", None)]


def test_a_champion_worse_than_the_one_before_has_regressed(tables):
    """The baseline is the former champion, known from the trail; two percent of it are tolerated."""
    scored(tables, one=0.80, two=0.78)
    tables.model(
        "m", at="2026-02-01", aliases={"champion": "1"}, tags={"hub.metric.auc": "higher", "hub.owner": "ann@x.org"}
    )
    tables.model(
        "m", at="2026-03-01", aliases={"champion": "2"}, tags={"hub.metric.auc": "higher", "hub.owner": "ann@x.org"}
    )
    found = health(tables)
    assert found["regression_count"] == 1
    assert found["status"] == "red"
    metric = tables.row("from marts.model_metrics where role = 'champion'")
    assert (metric["baseline_version"], metric["baseline_value"], metric["is_regression"]) == ("1", 0.80, True)


def test_a_direction_is_never_guessed_from_a_name(tables):
    """Without one the check is unknown and says what to add."""
    scored(tables, one=0.8, two=0.1)
    tables.model("m", at="2026-02-01", aliases={"champion": "2", "challenger": "1"}, tags={"hub.owner": "ann@x.org"})
    found = health(tables)
    assert found["regression_count"] is None
    assert found["status"] == "white"
    assert any("hub.metric.<name>" in reason for reason in found["reasons"])


def test_lower_can_be_better_and_the_sheet_sets_the_tolerance(tables):
    """Direction and tolerance of the models tab go before tags."""
    tables.sheet(
        "models",
        {
            "_key": "m",
            "model": "M",
            "objective_metric": "wape",
            "direction": "lower",
            "tolerance": 0.02,
            "target": 0.2,
            "owner": "Ann Lee",
        },
    )
    tables.model("m", aliases={"champion": "1", "challenger": "2"}, tags={"hub.metric.wape": "higher"})
    for number, value in ((1, 0.20), (2, 0.21)):
        tables.run(f"r{number}", metrics={"wape": value})
        tables.version("m", number, f"r{number}")
    assert health(tables)["regression_count"] == 0
    metric = tables.row("from marts.model_metrics where role = 'challenger'")
    assert (
        metric["direction"],
        metric["is_better"],
        metric["is_regression"],
        metric["tolerance"],
        metric["target_value"],
    ) == (
        -1,
        False,
        False,
        0.02,
        0.2,
    )


def test_a_metric_that_is_no_number_is_unknown(tables):
    """NaN and infinity, also the largest double in its place, take part in no comparison and are named."""
    tables.run(
        "r1",
        metrics={"a": "NaN", "b": "Infinity", "c": 1.7976931348623157e308, "d": "-Infinity", "e": 0.5, "f": "0.25"},
    )
    tables.make("mlflow_runs")
    found = tables.row("select metrics, metrics_without_number from marts.mlflow_runs")
    assert found["metrics"] == {"a": None, "b": None, "c": None, "d": None, "e": 0.5, "f": 0.25}
    assert sorted(found["metrics_without_number"]) == ["a", "b", "c", "d"]


def test_drift_is_the_share_of_monitored_features_above_the_limit(tables):
    """By the patterns of the seed; the newest run speaks; none logged is unknown."""
    scored(tables, one=0.8)
    tables.run("old", at="2026-05-20", metrics={"drift/price": 0.9, "drift/age": 0.9})
    tables.run("new", at="2026-06-05", metrics={"drift/price": 0.3, "drift/age": 0.1, "kind_psi": 0.05, "drifted": 9})
    found = health(tables)
    assert (found["drift_share"], found["drift_feature_count"]) == (1 / 3, 3)


def test_few_runs_make_no_share_of_failed_ones(tables):
    """Eight ended runs are needed; running and deleted ones do not count."""
    scored(tables, one=0.8)
    for number in range(6):
        tables.run(f"ok{number}", at="2026-06-02")
    tables.run("running", at="2026-06-09", hours=None, status="RUNNING")
    tables.run("gone", at="2026-06-02", status="FAILED", stage="deleted")
    assert health(tables)["run_failure_share_30d"] is None
    tables.run("bad", at="2026-06-02", status="FAILED")
    assert health(tables)["run_failure_share_30d"] == 1 / 8


def test_a_run_is_reproducible_with_commit_data_parameters_and_environment(tables):
    """Any one missing, and it is not."""
    tables.model("m", aliases={"champion": "1"})
    tables.version("m", 1, "r1")
    tables.run("r1", **WHOLE)
    tables.run("r2", **{**WHOLE, "params": {}})
    tables.run("r3", **{**WHOLE, "datasets": {}})
    tables.run("r4", **{**WHOLE, "tags": {"hub.environment": "train:1"}})
    assert health(tables)["reproducible_share"] == 0.25


def test_gates_pass_fail_are_waived_or_unknown(tables):
    """A version's tag goes before its model's; a waiver that ran out fails the gate."""
    tables.model(
        "m", aliases={"champion": "1"}, tags={"hub.model_card": "https://wiki/m", "hub.privacy_review": "passed"}
    )
    tables.run("r1", metrics={"fairness/young": 0.97})
    tables.version("m", 1, "r1", hub__privacy_review="failed")
    tables.sheet(
        "waivers",
        {"_key": "1", "model": "m", "gate": "human_approval", "reason": "pilot", "until": "2026-07-01"},
        {"_key": "2", "model": "m", "gate": "security review", "reason": "old", "until": "2026-06-09"},
    )
    found = health(tables)
    assert dict(tables.rows("select gate, status from marts.release_gates")) == {
        "documented": "passed", "bias_evaluation": "passed", "privacy_review": "failed", "security_review": "failed",
        "human_approval": "waived", "rollback_version": "unknown", "owner": "unknown", "licence": "unknown",
        "intended_purpose": "unknown", "risk_tier": "unknown", "review_planned": "unknown",
    }  # fmt: skip
    assert found["open_gate_count"] == 3
    assert "Required release gates failed: Privacy review, Security review" in found["reasons"]


def test_gates_without_evidence_cannot_be_judged_and_are_named(tables):
    """By their titles."""
    passed = {f"hub.{gate}": "passed" for gate in ("privacy_review", "security_review", "bias_evaluation")}
    tables.model("m", aliases={"champion": "1"}, tags={**passed, "hub.owner": "ann@x.org"})
    tables.run("r1")
    tables.version("m", 1, "r1")
    assert "gates cannot be judged: no evidence of Model card, Human approval" in health(tables)["reasons"]


def test_the_run_behind_a_champion_may_be_gone(tables):
    """A deleted run is told; its figures stay."""
    scored(tables, one=0.8)
    tables.run("r1", metrics={"auc": 0.8}, stage="deleted")
    found = health(tables, "model_versions")
    assert "The run behind the champion was deleted" in found["reasons"]
    assert tables.row("select is_run_deleted from marts.model_versions") == {"is_run_deleted": True}


def test_drift_logged_late_on_an_old_run_is_the_newest(tables):
    """A monitor writes to the champion's run long after it ended: the value's own time decides, and a name counts once."""
    scored(tables, one=0.8)
    tables.run("champion", at="2026-03-01", metrics={"drift/price": 0.4, "drift/age_psi": 0.3}, logged="2026-06-09")
    tables.run("trained later", at="2026-05-01", metrics={"drift/price": 0.1})
    tables.make("int_model_drifts__measured")
    assert tables.rows(
        "select feature, value, logged_at::date::varchar from intermediate.int_model_drifts__measured order by 1"
    ) == [("age_psi", 0.3, "2026-06-09"), ("price", 0.4, "2026-06-09")]


def test_gates_without_evidence_are_not_green(tables):
    """None failed is said only when each required gate has evidence."""
    scored(tables, one=0.8)
    health(tables, "model_checks")
    assert tables.row("select status, value from marts.model_checks where rule = 'gates'") == {
        "status": "white",
        "value": None,
    }


def test_where_no_server_has_traces_nothing_is_said_of_answers(tables):
    """No day with none failed, but no row; and a model of which nothing else is known is white, not green."""
    tables.model("assistant", aliases={"champion": "1"}, tags={"hub.owner": "ann@x.org"})
    tables.version("assistant", 1, None)
    tables.land("mlflow_experiments", "7", {"experiment_id": "7", "name": "assistant", "tags": [{"key": "hub.model", "value": "assistant"}]})  # fmt: skip
    assert health(tables, "genai_daily")["status"] == "white"
    assert tables.rows("from marts.genai_daily") == []
