"""What each stream brings from an undisturbed server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connectors import github
from connectors.stream import Deletions


def test_a_pull_request_carries_all_that_the_metrics_need(play, read, story):
    """One call brings times, sizes, people, commits, reviews, threads, comments, events and closed issues."""
    record = read(play([story.rich()]).connect(), "pull_requests").records[0]

    opened = story.START + timedelta(days=2)
    assert record["fullDatabaseId"] == "5000100900"
    assert record["repository"] == {"databaseId": 1, "nameWithOwner": "acme/ranker"}
    assert (record["state"], record["isDraft"], record["mergeCommit"]["oid"]) == ("MERGED", False, "f" * 40)
    assert record["mergedBy"] == {"login": "ben-r", "__typename": "User"}
    assert (record["additions"], record["deletions"], record["changedFiles"]) == (410, 102, 2)
    assert [file["path"] for file in record["files"]["nodes"]] == ["src/a.py", "poetry.lock"]
    assert [label["name"] for label in record["labels"]["nodes"]] == ["model", "risk"]
    commit = record["commits"]["nodes"][0]["commit"]
    assert commit["authoredDate"] == (opened - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (commit["messageHeadline"], commit["author"]["user"]["login"]) == ("Step 0", "ada")
    assert [review["state"] for review in record["reviews"]["nodes"]] == ["CHANGES_REQUESTED", "APPROVED"]
    assert record["reviewThreads"]["nodes"][0]["comments"]["nodes"][0]["author"]["login"] == "ben-r"
    assert [event["__typename"] for event in record["timelineItems"]["nodes"]] == [
        "ReadyForReviewEvent",
        "ClosedEvent",
        "ReopenedEvent",
        "ClosedEvent",
    ]
    assert record["closingIssuesReferences"]["nodes"][0]["number"] == 77


def test_bots_and_accounts_that_are_gone_can_be_told(play, read, story):
    """A bot's author says Bot, a deleted account's author is null."""
    comments = read(play([story.rich()]).connect(), "pull_requests").records[0]["comments"]["nodes"]
    assert [comment["author"] for comment in comments] == [{"login": "dependabot", "__typename": "Bot"}, None]


def test_repositories_are_the_records_of_the_rest_api(play, read):
    """They are keyed by the number that survives a rename."""
    outcome = read(play().connect(), "repositories")
    assert [(record["id"], record["full_name"]) for record in outcome.records] == [
        (1, "acme/ranker"),
        (2, "acme/feeds"),
    ]
    assert github.STREAMS[0].key(outcome.records[0]) == "1"


def test_deployments_come_with_their_statuses(play, read):
    """Numbers beyond 32 bits never break a read: deployments are keyed by node id."""
    records = read(play().connect(), "deployments").records
    assert [record["latestStatus"]["state"] for record in records] == ["SUCCESS"] * 3
    assert [status["state"] for status in records[0]["statuses"]["nodes"]] == ["SUCCESS", "IN_PROGRESS"]
    assert len({github.STREAMS[2].key(record) for record in records}) == 3


def test_releases_are_read_whole(play, read):
    """No cursor but names: a release can be edited without leaving a trace in any order."""
    client = play().connect()
    first = read(client, "releases")
    again = read(client, "releases", first.cursor)
    assert [record["tagName"] for record in again.records] == ["v1.0"]
    assert github.STREAMS[3].deletions is Deletions.FULL_READ


def test_every_stream_knows_the_time_of_change(play, read, story):
    """Aware UTC times, for landing."""
    with play([story.rich()], runs=1).connect() as client:
        for stream in github.STREAMS:
            moment = stream.updated_at(read(client, stream.name).records[0])
            assert moment is not None
            assert moment.tzinfo is UTC


def test_nothing_of_the_future_is_shown(play, read, story):
    """At an earlier moment a merged pull request is an open draft without reviews."""
    started = play([story.rich()])
    started.sandbox.now = story.START + timedelta(days=2, hours=1)
    record = read(started.connect(), "pull_requests").records[0]
    assert (record["state"], record["isDraft"], record["mergedAt"], record["mergeCommit"]) == ("OPEN", True, None, None)
    assert record["reviews"]["totalCount"] == record["timelineItems"]["totalCount"] == 0

    started.sandbox.now = story.START + timedelta(days=1)
    assert read(started.connect(), "pull_requests").records == []


def test_a_client_opens_without_a_request(play):
    """The network is first touched by the first read."""
    started = play()
    with started.connect() as client:
        assert client.calls == 0
        assert client.calls_left is None
    assert started.requests() == []


def test_the_client_knows_what_it_spent(play, read):
    """Calls sent, and the points the vendor says are left."""
    started = play()
    with started.connect() as client:
        read(client, "pull_requests")
        assert client.calls == len(started.requests())
        assert client.calls_left == 4996  # two names and two probes; GraphQL spent less


def test_settings_show_no_secret():
    """Neither token nor key is in the printed form."""
    settings = github.GitHubSettings("acme", token="tok-1", private_key="key-1")
    assert "tok-1" not in repr(settings)
    assert "key-1" not in repr(settings)


def test_the_watermark_is_the_servers_clock(play, read):
    """It is the moment the walk began, minus ten minutes; never the newest change seen."""
    cursor = read(play().connect(), "pull_requests").cursor
    assert cursor["repositories"]["1"]["watermark"] == datetime(2026, 4, 1, 11, 50, tzinfo=UTC).isoformat()


def test_a_run_without_changes_costs_what_the_streams_say(play, read, story):
    """One call per repository for each of the six."""
    started = play([story.rich()], runs=3)
    for stream in github.STREAMS:
        cursor = read(started.connect(), stream.name).cursor
        with started.connect() as client:
            assert read(client, stream.name, cursor).error is None
            assert client.calls == 2, stream.calls
        assert stream.calls.startswith("1 per repository")
