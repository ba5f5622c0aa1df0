"""Edits change the program from their moment on and leave what was before as it was."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.sandbox import edits
from connectors.sandbox.program import Program
from connectors.sandbox.story import tell

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def program() -> Program:
    return tell(NOW)


def test_a_touched_issue_counts_as_updated_and_is_otherwise_the_same(program):
    issue = edits.issue(program, "DEM-9")
    before = issue.updated_at(NOW)
    edits.touch(program, "DEM-9", LATER)
    assert issue.updated_at(LATER) == LATER
    assert issue.updated_at(NOW) == before
    assert issue.value("status", LATER) == issue.value("status", NOW)


def test_an_edited_field_has_its_old_value_before(program):
    issue = edits.issue(program, "DEM-9")
    old = issue.value("priority", NOW)
    edits.edit(program, "DEM-9", "priority", "Lowest", LATER)
    assert issue.value("priority", NOW) == old
    assert issue.value("priority", LATER) == "Lowest"
    assert issue.changes[-1].old == old


def test_a_moved_issue_keeps_its_id_and_is_found_by_both_keys(program):
    issue = edits.issue(program, "CUS-20")
    key = edits.move(program, "CUS-20", "PLT", LATER)
    assert key.startswith("PLT-")
    assert issue.value("key", LATER) == key
    assert issue.value("key", NOW) == "CUS-20"
    assert edits.issue(program, key) is edits.issue(program, "CUS-20") is edits.issue(program, issue.id) is issue


def test_a_created_issue_gets_the_next_key_even_after_moves(program):
    moved_to = edits.move(program, "CUS-20", "PLT", LATER)
    created = edits.create(program, "PLT", "Look into the slow restart", LATER, points=2.0)
    assert int(created.key.split("-")[1]) == int(moved_to.split("-")[1]) + 1
    assert created.value("points", LATER) == 2.0
    assert created.value("status", LATER) == "To Do"
    assert len({one.id for one in program.issues}) == len(program.issues)


def test_a_deleted_issue_is_marked_from_its_moment(program):
    edits.delete(program, "PLT-8", LATER)
    assert edits.issue(program, "PLT-8").deleted_at == LATER


def test_an_issue_can_be_finished_and_reopened(program):
    name = next(one.key for one in program.issues if one.value("status", NOW) == "In Progress")
    edits.finish(program, name, LATER)
    issue = edits.issue(program, name)
    assert (issue.value("status", LATER), issue.value("resolution", LATER)) == ("Done", "Done")
    edits.reopen(program, name, LATER + timedelta(hours=1))
    assert issue.value("resolution", LATER + timedelta(hours=1)) is None
    assert issue.value("resolution", LATER) == "Done"


def test_a_review_gets_an_id_of_its_own_and_a_merge_a_sha(program):
    request = next(one for one in program.pull_requests if not one.closed_at)
    repository = next(one.name for one in program.repositories if one.id == request.repository_id)
    given = edits.review(program, repository, request.number, LATER)
    assert given.author is not request.author
    assert sum(one.id == given.id for other in program.pull_requests for one in other.reviews) == 1
    sha = edits.merge(program, repository, request.number, LATER)
    assert request.merge_sha == sha
    assert request.merged_at == request.closed_at == LATER


def test_a_changed_cell_is_a_new_version_of_the_spreadsheet(program):
    editions = len(program.spreadsheet_versions)
    edits.set_cell(program, "Budget", "E4", "a lot", LATER)
    edits.set_cell(program, "Budget", "AA300", 7, LATER + timedelta(hours=1))
    old, first, second = (version.tabs[0].rows for version in program.spreadsheet_versions[editions - 1 :])
    assert old[3][4] != "a lot"
    assert first[3][4] == second[3][4] == "a lot"
    assert second[299][26] == 7
    assert len(first) < 300
    with pytest.raises(ValueError, match="no cell address"):
        edits.set_cell(program, "Budget", "4E", 1, LATER)


def test_aliases_tags_runs_and_metrics_can_change(program):
    edits.set_alias(program, "search-ranking", "challenger", 4, LATER)
    edits.set_tag(program, "search-ranking", "hub.owner", None, LATER)
    edits.set_tag(program, "search-ranking", "hub.privacy_review", "failed", LATER, version=4)
    kinds = [(one.kind, one.value, one.version) for one in edits.model(program, "search-ranking").changes[-3:]]
    assert kinds == [("alias", 4, None), ("tag", None, None), ("version_tag", "failed", 4)]
    key = next(one.key for one in program.runs if one.status == "RUNNING")
    edits.end_run(program, key, LATER)
    edits.log_metric(program, key, "wape", 0.21, LATER, step=3)
    edits.delete_run(program, key, LATER + timedelta(hours=1))
    run = edits.run(program, key)
    assert (run.status, run.ended_at, run.deleted_at) == ("FINISHED", LATER, LATER + timedelta(hours=1))
    assert run.metrics[-1] == ("wape", 0.21, 3, LATER)


@pytest.mark.parametrize(
    "look_up",
    [
        lambda program: edits.issue(program, "DEM-99999"),
        lambda program: edits.pull_request(program, "recommender", 99999),
        lambda program: edits.model(program, "nothing"),
        lambda program: edits.run(program, "nothing"),
    ],
)
def test_what_does_not_exist_is_named(program, look_up):
    with pytest.raises(LookupError, match=r"9999|nothing"):
        look_up(program)
