"""A second run brings nothing and costs little; after an edit exactly what was edited lands."""

from datetime import timedelta

import pytest

from connectors.sandbox import edits
from pipelines import sources, sync
from warehouse import landing


def read_all(program) -> dict[str, sync.Result]:
    zone = landing.Zone(program.settings.landing_uri)
    return {
        result.table: result
        for source, instance in program.settings.instances()
        for result in sync.sync_instance(
            source, instance, sources.STREAMS[source], zone, synced_at=program.stage.sandbox.now
        )
    }


@pytest.fixture
def later(program):
    """A minute later in the sandbox, so that what happens now is newer than what was read."""

    def advance(minutes: int = 1):
        program.stage.advance(program.stage.sandbox.now + timedelta(minutes=minutes))
        return program.stage.sandbox.now

    return advance


def test_a_second_run_lands_no_version(program, later):
    later()
    results = read_all(program)
    assert {name: result.error for name, result in results.items() if result.error} == {}
    assert {name: result.landed_count for name, result in results.items() if result.landed_count} == {}
    assert {name: result.deleted_count for name, result in results.items() if result.deleted_count} == {}


def test_an_edit_lands_exactly_the_edited_records(program, later):
    read_all(program)
    issue = next(issue for issue in program.stage.sandbox.program.issues if issue.deleted_at is None)
    edits.touch(program.stage.sandbox.program, issue.id, later())
    later()
    results = read_all(program)
    assert {name: result.landed_count for name, result in results.items() if result.landed_count} == {"jira_issues": 1}
