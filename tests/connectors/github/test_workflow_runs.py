"""Workflow runs: all of them despite the cap on searches, each once it is complete, and again when it was repeated."""

from __future__ import annotations

from datetime import timedelta

from connectors import github
from connectors.stream import Deletions

ONE = {"repositories": ("acme/ranker",)}
RUNS = "actions/runs"


def numbers(outcome) -> list[int]:
    return sorted(record["run_number"] for record in outcome.records)


def test_completed_runs_of_the_default_branch_are_read(play, read, story):
    """Neither those of other branches nor one that is still going on."""
    started = play()
    day = timedelta(days=1)
    started.sandbox.program.workflow_runs = [
        story.workflow_run(1, story.START),
        story.workflow_run(2, story.START + day, branch="feature"),
        story.workflow_run(3, story.START + 2 * day, conclusion="failure"),
        story.workflow_run(4, story.NOW - timedelta(minutes=5), minutes=60),
    ]
    outcome = read(started.connect(**ONE), "workflow_runs")
    assert numbers(outcome) == [1, 3]
    assert {record["conclusion"] for record in outcome.records} == {"success", "failure"}


def test_more_runs_than_a_search_shows_are_all_read(play, read, story):
    """The span is halved until each part shows all it counts."""
    started = play()
    started.sandbox.program.workflow_runs = [
        story.workflow_run(n, story.START + timedelta(minutes=30 * n)) for n in range(1100)
    ]
    outcome = read(started.connect(**ONE), "workflow_runs")
    assert set(numbers(outcome)) == set(range(1100))
    assert (outcome.error, len(outcome.pages) > 1) == (None, True)


def test_a_read_that_broke_off_is_taken_up_at_its_span(play, read, story):
    started = play()
    started.sandbox.program.workflow_runs = [
        story.workflow_run(n, story.START + timedelta(minutes=30 * n)) for n in range(1100)
    ]
    cut = read(started.connect(**ONE), "workflow_runs", stop_after=4)
    rest = read(started.connect(**ONE), "workflow_runs", cut.cursor)
    assert set(numbers(cut)) | set(numbers(rest)) == set(range(1100))
    assert len(cut.records) > 0
    assert len(rest.records) < 1100


def test_a_run_that_takes_hours_is_found_when_it_completes(play, read, story):
    """It was created before the watermark; a read looks back a day."""
    started = play(runs=20)
    started.sandbox.program.workflow_runs.append(story.workflow_run(77, story.NOW - timedelta(hours=5), minutes=6 * 60))
    first = read(started.connect(**ONE), "workflow_runs")
    assert 77 not in numbers(first)
    started.sandbox.now += timedelta(hours=2)
    later = read(started.connect(**ONE), "workflow_runs", first.cursor)
    assert numbers(later) == [77]


def test_a_run_that_is_repeated_weeks_later_is_found_within_a_day(play, read, story):
    """Once a day the read looks back a month."""
    started = play(runs=20)
    cursor = read(started.connect(**ONE), "workflow_runs").cursor
    started.sandbox.now += timedelta(hours=2)
    again = started.sandbox.program.workflow_runs[15]
    again.attempt, again.finished_at = 2, story.NOW + timedelta(hours=1)
    assert read(started.connect(**ONE), "workflow_runs", cursor).pages == []
    started.sandbox.now += timedelta(hours=23)
    later = read(started.connect(**ONE), "workflow_runs", cursor)
    assert [(record["run_number"], record["run_attempt"]) for record in later.records] == [(15, 2)]


def test_runs_that_github_drops_stay():
    """Their retention ends after 90 days or so."""
    stream = next(stream for stream in github.STREAMS if stream.name == "workflow_runs")
    assert stream.deletions is Deletions.KEPT


def test_a_missing_permission_is_named(play, read):
    """In the read and by the check."""
    started = play(forbidden={"actions"})
    outcome = read(started.connect(**ONE), "workflow_runs")
    assert "forbidden (403" in outcome.error.cause
    assert "Actions" in outcome.error.remedy
    with started.connect(**ONE) as client:
        errors = [finding for finding in github.check(client) if finding.level == "error"]
    assert ['"Actions"' in finding.remedy for finding in errors] == [True]
