"""The story is the same each time, stays in the past, has its size, and its parts hang together."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.sandbox.program import STATUSES
from connectors.sandbox.story import TABS, tell

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def test_the_same_moment_and_seed_tell_the_same_story():
    """Identical when told again, another one with another seed."""
    told = tell(NOW)
    assert told == tell(NOW)
    assert told != tell(NOW, 8)


def test_nothing_happens_after_now(any_program):
    """Every moment told lies in the past, in order; only sprints, versions and targets look ahead."""
    now, told = any_program.now, []
    for issue in any_program.issues:
        moments = [change.at for change in issue.changes]
        assert moments == sorted(moments)
        told += [issue.created_at, *moments, *(comment.at for comment in issue.comments), issue.deleted_at]
        assert min(moments, default=now) >= issue.created_at
    for request in any_program.pull_requests:
        told += [request.created_at, request.merged_at, request.closed_at, request.draft_until, request.reopened_at]
        told += [one.at for one in (*request.reviews, *request.comments)] + [
            one.committed_at for one in request.commits
        ]
        assert request.merged_at is None or request.created_at < request.merged_at == request.closed_at
    for deployment in any_program.deployments:
        told += [deployment.created_at, *(at for at, _ in deployment.statuses)]
    for run in any_program.runs:
        told += [run.started_at, run.ended_at, run.deleted_at, *(metric[3] for metric in run.metrics)]
    for model in any_program.registered_models:
        told += [model.created_at, *(one.at for one in model.changes), *(one.created_at for one in model.versions)]
    told += [version.at for version in any_program.spreadsheet_versions]
    assert all(moment <= now for moment in told if moment is not None)
    assert all(moment.tzinfo is UTC for moment in told if moment is not None)


def test_the_program_has_its_size(any_program):
    """Four initiatives, about 700 issues, 450 pull requests, 430 runs, six models, nine editions of the sheet."""
    assert 600 <= len(any_program.issues) <= 760
    assert 420 <= len(any_program.pull_requests) <= 500
    assert 400 <= len(any_program.runs) <= 450
    assert len(any_program.registered_models) == 6
    assert len(any_program.experiments) == 8  # one for each model, the assistant's, and one that was given up
    assert 300 <= len(any_program.traces) <= 450
    assert len(any_program.repositories) == 5
    assert {tab.title for tab in any_program.spreadsheet_versions[-1].tabs} == set(TABS.values())
    assert len(any_program.spreadsheet_versions) == 9
    assert any_program.spreadsheet_versions[0].at > any_program.now - timedelta(weeks=9)
    teams = Counter(person.team for person in any_program.people if person.team)
    assert all(teams[team] >= 5 for team in ("Forecasting", "Search", "Fraud", "Platform"))


def test_ids_are_unique(any_program):
    """Keys at any time, ids of every kind."""
    keys = [one.key for one in any_program.issues]
    keys += [change.new for one in any_program.issues for change in one.changes if change.field == "key"]
    assert len(keys) == len(set(keys))
    for things in ("issues", "pull_requests", "deployments", "releases", "sprints", "versions", "repositories"):
        ids = [one.id for one in getattr(any_program, things)]
        assert len(ids) == len(set(ids))
    numbers = [(one.repository_id, one.number) for one in any_program.pull_requests]
    assert len(numbers) == len(set(numbers))
    shas = [one.merge_sha for one in any_program.pull_requests if one.merge_sha]
    assert len(shas) == len(set(shas))
    run_keys = [one.key for one in any_program.runs]
    assert len(run_keys) == len(set(run_keys))
    branches = [(one.repository_id, one.head_branch) for one in any_program.pull_requests if not one.closed_at]
    assert len(branches) == len(set(branches))


def test_references_point_to_something(any_program):
    """Parents, epics, links, sprints, statuses, versions' runs and deployments' commits exist."""
    issues = {one.id: one for one in any_program.issues}
    sprints = {one.id for one in any_program.sprints}
    statuses = {one.name for one in STATUSES}
    for issue in any_program.issues:
        values = [(name, value) for name, value in issue.initial.items()]
        values += [(change.field, change.new) for change in issue.changes]
        for name, value in values:
            if name in ("parent", "epic") and value:
                assert issues[value].created_at <= issue.created_at
            if name == "links":
                assert all(other in issues for _, _, other in value)
            if name == "sprints":
                assert set(value) <= sprints
            if name == "status":
                assert value in statuses
    merged = {one.merge_sha for one in any_program.pull_requests}
    assert {one.sha for one in any_program.deployments} <= merged
    runs = {one.key for one in any_program.runs}
    assert {version.run for model in any_program.registered_models for version in model.versions} - {None} <= runs
    assert {run.parent for run in any_program.runs} - {None} <= runs


def test_links_are_told_at_both_ends(any_program):
    """A link seen from one issue is seen from the other."""
    issues = {one.id: one for one in any_program.issues}
    now = any_program.now
    ends = {
        (issue.id, kind, direction, other)
        for issue in issues.values()
        for kind, direction, other in issue.value("links", now)
    }
    turned = {"inward": "outward", "outward": "inward"}
    assert ends == {(other, kind, turned[direction], issue_id) for issue_id, kind, direction, other in ends}
