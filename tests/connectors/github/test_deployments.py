"""Deployments: what a later read brings again, what a sweep is for, and resumption."""

from __future__ import annotations

from datetime import timedelta

from connectors import github
from connectors.sandbox.program import Deployment
from connectors.stream import Deletions


def deployments(story, count: int, first=None) -> list[Deployment]:
    """One a day, newest last, with ids beyond 32 bits."""
    start = first or story.START
    return [
        Deployment(
            9_000_000_000 + place,
            1,
            "production",
            f"{place:040d}",
            "main",
            start + timedelta(days=place),
            story.ADA,
            [],
        )
        for place in range(count)
    ]


def test_a_later_status_is_found_for_a_month(play, read, story):
    """The list is by creation and a status moves nothing in it: 30 days are read again."""
    started = play()
    started.sandbox.program.deployments = deployments(story, 100, story.NOW - timedelta(days=100))
    cursor = read(started.connect(repositories=("acme/ranker",)), "deployments").cursor
    started.sandbox.program.deployments[80].statuses.append((started.sandbox.now, "FAILURE"))

    outcome = read(started.connect(repositories=("acme/ranker",)), "deployments", cursor)

    changed = [record for record in outcome.records if record["latestStatus"]]
    assert [record["commitOid"] for record in changed] == [f"{80:040d}"]
    assert len(outcome.records) == 31


def test_what_is_older_is_left_to_the_sweep(play, read, story):
    """A read without a cursor is whole, which also shows what was deleted."""
    started = play()
    started.sandbox.program.deployments = deployments(story, 100, story.NOW - timedelta(days=100))
    cursor = read(started.connect(), "deployments").cursor
    del started.sandbox.program.deployments[0]
    assert len(read(started.connect(), "deployments", cursor).records) == 31
    assert len(read(started.connect(), "deployments").records) == 99
    assert github.STREAMS[2].deletions is Deletions.SWEEP


def test_an_interrupted_first_read_goes_on(play, read, story):
    """50 to a page, from the last one landed."""
    started = play()
    started.sandbox.program.deployments = deployments(story, 30) + deployments(story, 100, story.START)[30:]
    started.sandbox.now = story.START + timedelta(days=200)
    cut = read(started.connect(), "deployments", stop_after=1)
    rest = read(started.connect(), "deployments", cut.cursor)
    assert [len(cut.records), len(rest.records)] == [50, 50]
    assert len({record["id"] for record in cut.records + rest.records}) == 100


def test_long_status_lists_are_finished(play, read, story):
    """One deployment with 130 statuses."""
    started = play()
    only = deployments(story, 1)
    only[0].statuses = [(story.START + timedelta(minutes=place), "IN_PROGRESS") for place in range(130)]
    started.sandbox.program.deployments = only
    record = read(started.connect(), "deployments").records[0]
    assert len(record["statuses"]["nodes"]) == 130


def test_a_missing_permission_is_named(play, read):
    """The list is refused as a whole."""
    outcome = read(play(forbidden={"deployments"}).connect(), "deployments")
    assert outcome.records == []
    assert "acme/ranker: deployments refused" in outcome.error.cause
    assert '"Deployments"' in outcome.error.remedy
