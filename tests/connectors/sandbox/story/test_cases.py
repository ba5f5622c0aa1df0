"""Each odd case of Jira, GitHub and MLflow is told, for several moments."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import isfinite, isinf, isnan
from zoneinfo import ZoneInfo

from connectors.sandbox.story.facts import MODEL_COLOURS
from connectors.sandbox.story.registry import ALIASES

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def test_jira_holds_each_odd_case(any_program):
    """Reopened, moved, deleted, flagged, endless, born done, without points, on weekends, with every resolution."""
    now, issues = any_program.now, any_program.issues
    fields = Counter(change.field for issue in issues for change in issue.changes)
    assert set(fields) >= {
        "status", "assignee", "points", "sprints", "priority", "fix_versions", "flagged", "links", "resolution", "key", "due_date",
    }  # fmt: skip
    assert max(len({change.at for change in issue.changes}) for issue in issues) > 40
    assert fields["key"] == 3
    assert sum(issue.deleted_at is not None for issue in issues) == 4
    assert any(change.field == "status" and change.old == "Done" for issue in issues for change in issue.changes)
    assert any(issue.initial["status"] == "Done" for issue in issues)
    assert {issue.value("resolution", now) for issue in issues} == {None, "Done", "Won't Do", "Duplicate"}
    assert {issue.type for issue in issues} == {"Epic", "Story", "Task", "Bug", "Incident", "Sub-task"}
    assert any("incident" in issue.value("labels", now) and issue.type == "Bug" for issue in issues)
    assert sum(bool(issue.value("flagged", now)) for issue in issues) >= 3
    assert any(comment.at.astimezone(BERLIN).weekday() == 5 for issue in issues for comment in issue.comments)
    kinds = {kind for issue in issues for kind, _, _ in issue.value("links", now)}
    assert kinds == {"Blocks", "Relates", "Duplicate"}
    removed = [change for issue in issues for change in issue.changes if change.field == "sprints" and change.new == []]
    assert removed
    summaries = " ".join(issue.initial["summary"] for issue in issues)
    assert "<script>" in summaries
    assert "=HYPERLINK" in summaries


def test_sprints_run_for_two_weeks(any_program):
    """Each board has past sprints, exactly one active and one future one; some were closed late."""
    now = any_program.now
    for board in (11, 12):
        sprints = [one for one in any_program.sprints if one.board_id == board]
        active = [one for one in sprints if one.activated_at and (one.completed_at is None or one.completed_at > now)]
        assert [one.start_at <= now for one in active] in ([True], [True, True])
        assert sum(one.activated_at is None for one in sprints) == 1
        assert len(sprints) > 18
    late = [
        one for one in any_program.sprints if one.completed_at and one.completed_at > one.end_at + timedelta(days=1)
    ]
    assert late


def test_github_holds_each_odd_case(any_program):
    """Bots, drafts, abandoned, reverted, stacked, giant, forgotten, unlinked, generated; failed and repeated deployments."""
    now, requests = any_program.now, any_program.pull_requests
    assert any(one.author.is_bot for one in requests)
    assert any(one.is_draft and one.draft_until is None and not one.closed_at for one in requests)
    assert any(one.is_draft and one.draft_until for one in requests)
    assert sum(one.closed_at is not None and one.merged_at is None for one in requests) >= 10
    reverts = [one for one in requests if one.title.startswith("Revert ")]
    assert len(reverts) == 2
    assert all("#0" not in one.body and one.body.startswith("Reverts lindholm-home/") for one in reverts)
    assert any(one.base_branch != "main" for one in requests)
    assert max(len(one.commits) for one in requests) > 100
    assert max(len(one.reviews) for one in requests) > 100
    assert sum(one.closed_at is None and one.created_at < now - timedelta(days=7) for one in requests) >= 3
    assert any(one.commits[0].authored_at > one.created_at for one in requests)
    assert any(comment.author is one.author for one in requests for comment in one.comments)
    assert any(one.closes for one in requests)
    assert any(path.endswith("_pb2.py") for one in requests for path, _, _ in one.files)
    keyed = [one for one in requests if any(f"{project}-" in one.title for project in ("DEM", "CUS", "PLT"))]
    assert 0.4 < len(keyed) / len(requests) < 0.9
    states = Counter((one.environment, one.statuses[-1][1]) for one in any_program.deployments)
    assert states["production", "FAILURE"] > 3
    assert states["staging", "FAILURE"] > 3
    assert states["production", "SUCCESS"] == 5  # the present one of each repository
    assert any(one.published_at is None for one in any_program.releases)
    assert max(one.id for one in requests) > 2**31


def test_mlflow_holds_each_odd_case(any_program):
    """Every run status, numbers that are none, runs without metrics, children, deleted runs, commits of merged requests."""
    runs = any_program.runs
    assert {one.status for one in runs} == {"RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"}
    values = [metric[1] for one in runs for metric in one.metrics]
    assert any(isnan(value) for value in values)
    assert any(isinf(value) for value in values)
    assert any(one.status == "FINISHED" and not one.metrics for one in runs)
    assert any(one.parent for one in runs)
    assert any(one.deleted_at for one in runs)
    merged = {one.merge_sha for one in any_program.pull_requests}
    commits = [one.tags["mlflow.source.git.commit"] for one in runs if "mlflow.source.git.commit" in one.tags]
    assert len(commits) < len(runs)
    assert sum(commit in merged for commit in commits) > 0.9 * len(commits)
    assert all(isfinite(metric[1]) for one in runs if one.experiment == "home-recommender" for metric in one.metrics)


def champion(model) -> int:
    return [one.value for one in model.changes if one.kind == "alias" and one.name in ("champion", "production")][-1]


def test_models_stand_as_told(any_program):
    """Stale and regressed, without owner, without run, failed and deleted behind, and one with nothing to complain about."""
    now = any_program.now
    runs = {one.key: one for one in any_program.runs}
    models = {one.name: one for one in any_program.registered_models}
    assert set(models) == set(MODEL_COLOURS)

    def behind(name: str, version: int):
        return runs.get(models[name].versions[version - 1].run)

    def objective(name: str, version: int, metric: str) -> float:
        return next(value for key, value, *_ in behind(name, version).metrics if key == metric)

    for name, model in models.items():
        age = (now - behind(name, champion(model)).ended_at).days
        assert (age > int(model.tags.get("hub.staleness_days", 90))) is (name == "checkout-fraud")
    assert objective("checkout-fraud", 4, "pr_auc") < objective("checkout-fraud", 3, "pr_auc") * 0.98
    assert objective("home-recommender", 6, "recall_at_20") > objective("home-recommender", 5, "recall_at_20")
    assert [name for name, model in models.items() if "hub.owner" not in model.tags] == ["promo-uplift"]
    assert behind("demand-forecast", 1) is None
    assert behind("query-intent", 2).status == "FAILED"
    assert behind("promo-uplift", champion(models["promo-uplift"])).deleted_at
    recent = [one for one in runs.values() if one.started_at > now - timedelta(days=30)]
    failed = Counter(one.experiment for one in recent if one.status == "FAILED")
    assert failed["home-recommender"] == 0
    assert failed["checkout-fraud"] > 0.2 * sum(one.experiment == "checkout-fraud" for one in recent)
    moved = [
        one
        for model in models.values()
        for one in model.changes
        if one.kind == "alias" and one.at > now - timedelta(weeks=8)
    ]
    assert len(moved) > 5
    drift = {key: value for key, value, *_ in behind("checkout-fraud", 3).metrics if key.startswith("drift/")}
    assert sum(value > 0.25 for value in drift.values()) == 3


def test_some_people_match_nobody(program, rows):
    """The contractor is not in the people tab, a login of GitHub belongs to nobody, bots are bots."""
    names = {row["Name"] for row in rows(program, "people")}
    logins = {row["GitHub"] for row in rows(program, "people")}
    authors = {one.author.github_login for one in program.pull_requests}
    assert "Viktor Lang" not in names
    assert {"vlang-data", "kd-7791"} <= authors - logins
    assert sum(person.is_bot for person in program.people) == 2
    assert any(
        issue.value("assignee", NOW) and issue.value("assignee", NOW).name == "Viktor Lang" for issue in program.issues
    )


def test_mlflow_is_used_as_teams_use_it(any_program):
    """Runs side by side within their parent, a job done twice, an idea given up, a data set of two models, an unfair slice."""
    runs = {one.key: one for one in any_program.runs}
    trials = [one for one in runs.values() if one.parent == "tuning"]
    assert all(
        runs["tuning"].started_at <= one.started_at and one.ended_at <= runs["tuning"].ended_at for one in trials
    )
    assert sum((one.ended_at - one.started_at).total_seconds() for one in trials) > 1.5 * 9 * 3600
    again = [one for one in runs.values() if one.key.endswith("/again")]
    for one in again:
        first = runs[one.key.removesuffix("/again")]
        assert (one.params, one.datasets, one.tags) == (first.params, first.datasets, first.tags)
    assert len(again) == 2
    newest = max(one.started_at for one in runs.values() if one.experiment == "basket-graph")
    assert any_program.now - newest > timedelta(days=120)
    users = {one.experiment for one in runs.values() if "store-calendar" in dict(one.datasets)}
    assert users == {"demand-forecast", "promo-uplift"}
    assert {name: value for name, value, *_ in runs["checkout-fraud/v4"].metrics if name.startswith("fairness/")} == {
        "fairness/age_65_plus": 0.74,
        "fairness/new_customer": 0.97,
    }


def test_aliases_move_in_the_order_told(any_program):
    """Whatever day it is told on: a version is challenger before it is champion, and then no longer."""
    for model in any_program.registered_models:
        moved = [(one.at, one.name, one.value) for one in model.changes if one.kind == "alias"]
        told = [(alias, number) for _, alias, number in ALIASES[model.name]]
        assert [(name, value) for _, name, value in moved] == told
        assert all(earlier[0] < later[0] for earlier, later in pairwise(moved))
