"""Issues: what a read brings, what a later one brings again, resumption, and hidden repositories."""

from __future__ import annotations

from datetime import timedelta

from connectors import github
from connectors.sandbox.program import GitHubIssue
from connectors.stream import Deletions

ISSUES = next(stream for stream in github.STREAMS if stream.name == "issues")
ONE = {"repositories": ("acme/ranker",)}


def issues(story, count: int, repository: int = 1) -> list[GitHubIssue]:
    """One a day."""
    return [
        GitHubIssue(
            2_000_000_000 + n, n, repository, f"Incident {n}", story.BEN, ["incident"], story.START + timedelta(days=n)
        )
        for n in range(1, count + 1)
    ]


def test_an_issue_carries_what_an_incident_needs(play, read, story):
    """Times, labels, why it was closed; pull requests are not among the issues."""
    started = play()
    started.sandbox.program.github_issues = issues(story, 1)
    started.sandbox.program.github_issues[0].closed_at = story.START + timedelta(days=3)
    [record] = read(started.connect(), "issues").records
    assert (record["number"], record["state"], record["stateReason"]) == (1, "CLOSED", "COMPLETED")
    assert record["closedAt"] == (story.START + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert record["labels"]["nodes"] == [{"name": "incident"}]
    assert record["repository"] == {"databaseId": 1, "nameWithOwner": "acme/ranker"}


def test_a_later_read_brings_what_changed_since(play, read, story):
    """A quiet one yields no page at all: its cursor stays."""
    started = play()
    started.sandbox.program.github_issues = issues(story, 20)
    cursor = read(started.connect(**ONE), "issues").cursor
    assert read(started.connect(**ONE), "issues", cursor).pages == []
    started.sandbox.now += timedelta(hours=2)
    started.sandbox.program.github_issues[4].closed_at = story.NOW + timedelta(hours=1)
    outcome = read(started.connect(**ONE), "issues", cursor)
    assert [record["number"] for record in outcome.records] == [5]
    assert read(started.connect(**ONE), "issues", outcome.cursor).pages == []


def test_a_walk_that_broke_off_is_taken_up_and_looks_back_to_its_beginning(play, read, story):
    """What changes meanwhile behind it is found by the next read."""
    started = play()
    started.sandbox.program.github_issues = issues(story, 25)
    started.behaviour.largest_page = 12  # the page shrinks to twelve
    cut = read(started.connect(**ONE), "issues", stop_after=1)
    started.sandbox.now += timedelta(hours=3)
    started.sandbox.program.github_issues[0].closed_at = story.NOW + timedelta(hours=1)
    rest = read(started.connect(**ONE), "issues", cut.cursor)
    assert [record["number"] for record in cut.records + rest.records] == list(range(1, 26))
    healed = read(started.connect(**ONE), "issues", rest.cursor)
    assert [record["number"] for record in healed.records] == [1]


def test_deleted_issues_are_found_by_the_sweep(play, read, story):
    """It reads everything again."""
    started = play()
    started.sandbox.program.github_issues = issues(story, 3)
    cursor = read(started.connect(**ONE), "issues").cursor
    started.sandbox.program.github_issues[1].deleted_at = story.NOW
    sweep = read(started.connect(**ONE), "issues", ISSUES.sweep_from(cursor))
    assert [record["number"] for record in sweep.records] == [1, 3]
    assert (sweep.error, ISSUES.deletions) == (None, Deletions.SWEEP)


def test_a_missing_permission_is_named(play, read):
    outcome = read(play(forbidden={"issues"}).connect(**ONE), "issues")
    assert '"Issues"' in outcome.error.remedy
