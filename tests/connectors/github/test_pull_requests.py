"""Reading what changed, all of it and nothing else: watermarks, resumption, long lists, renames."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random

import pytest

from connectors.sandbox.program import Comment, Repository, Review
from connectors.sandbox.server import Fault
from connectors.stream import SourceError

GRAPHQL = "POST /api/graphql"


def numbers(outcome) -> list[int]:
    return [record["number"] for record in outcome.records]


def test_no_change_costs_one_free_call_per_repository(play, read):
    """A 304 for each, no GraphQL, no page: the old cursor stays."""
    started = play()
    cursor = read(started.connect(), "pull_requests").cursor
    spent, asked = dict(started.behaviour.used), len(started.requests())

    with started.connect() as client:
        outcome = read(client, "pull_requests", cursor)
        assert client.calls == 2

    assert outcome.pages == []
    assert started.behaviour.used == spent
    assert all(line.startswith("GET /api/v3/repositories/") for line in started.requests()[asked:])


def test_a_first_read_takes_one_call_per_25(play, read, story):
    """60 pull requests with everything in them: three GraphQL calls."""
    started = play([story.pull_request(number) for number in range(1, 61)])
    outcome = read(started.connect(repositories=("acme/ranker",)), "pull_requests")
    assert numbers(outcome) == list(range(1, 61))
    assert len(started.requests(GRAPHQL)) == 3
    assert [page.total for page in outcome.pages] == [60, 60, 60]


def test_only_what_changed_comes_next(play, read, story):
    """A comment, and a new one; the thousand others stay where they are."""
    many = [story.pull_request(number) for number in range(1, 101)]
    started = play(many)
    cursor = read(started.connect(), "pull_requests").cursor

    started.sandbox.now += timedelta(hours=1)
    many[2].comments.append(Comment(started.sandbox.now - timedelta(minutes=5), story.BEN, "still true?"))
    started.sandbox.program.pull_requests.append(
        story.pull_request(101, at=started.sandbox.now - timedelta(minutes=30))
    )
    asked = len(started.requests())
    outcome = read(started.connect(), "pull_requests", cursor)

    assert numbers(outcome) == [3, 101]
    assert len(started.requests()) - asked == 3  # two probes, one page


def test_a_change_during_the_overlap_is_read_again(play, read, story):
    """Servers disagree by seconds: what changed up to ten minutes before the last read comes once more."""
    one = story.pull_request(1)
    started = play([one])
    one.comments.append(Comment(started.sandbox.now - timedelta(minutes=9), story.BEN, "late to the index"))
    cursor = read(started.connect(), "pull_requests").cursor
    cursor["repositories"]["1"]["etag"] = None
    assert numbers(read(started.connect(), "pull_requests", cursor)) == [1]


@pytest.mark.parametrize("stop_after", [1, 2, 3])
def test_an_interrupted_first_read_goes_on(play, read, story, stop_after):
    """From its last landed page: nothing twice, nothing lost, no page asked for again."""
    started = play([story.pull_request(number) for number in range(1, 81)])
    cut = read(started.connect(repositories=("acme/ranker",)), "pull_requests", stop_after=stop_after)
    landed = json.loads(json.dumps(cut.cursor))
    asked = len(started.requests(GRAPHQL))

    rest = read(started.connect(repositories=("acme/ranker",)), "pull_requests", landed)

    assert numbers(cut) + numbers(rest) == list(range(1, 81))
    assert len(started.requests(GRAPHQL)) - asked == 4 - stop_after


def test_changes_while_reading_are_not_lost(play, read, story):
    """What moves during a long first read is brought by it or by the next one, whatever the order of the list."""
    many = [story.pull_request(number) for number in range(1, 81)]
    started = play(many)
    cut = read(started.connect(), "pull_requests", stop_after=2)
    started.sandbox.now += timedelta(hours=3)
    for number in (5, 60):
        many[number - 1].comments.append(Comment(started.sandbox.now, story.BEN, "moved"))
    rest = read(started.connect(), "pull_requests", cut.cursor)
    assert sorted(numbers(cut) + numbers(rest)) == list(range(1, 81))

    following = read(started.connect(), "pull_requests", rest.cursor)
    assert set(numbers(following)) >= {5, 60}


def test_all_are_walked_again_after_a_week(play, read, story):
    """Whatever a walk by change can miss heals within seven days."""
    started = play([story.pull_request(number) for number in range(1, 4)])
    cursor = read(started.connect(), "pull_requests").cursor
    started.sandbox.now += timedelta(days=7)
    assert numbers(read(started.connect(), "pull_requests", cursor)) == [1, 2, 3]


def test_a_heavy_page_is_halved_and_the_size_remembered(play, read, story):
    """502 from 13 on: 25 once, then 12, and 12 for the next run."""
    started = play([story.pull_request(number) for number in range(1, 41)], largest_page=12)
    outcome = read(started.connect(repositories=("acme/ranker",)), "pull_requests")
    assert outcome.error is None
    assert numbers(outcome) == list(range(1, 41))
    assert [asked["first"] for asked in started.behaviour.queries] == [25, 12, 12, 12, 12]
    assert outcome.cursor["repositories"]["1"]["page_size"] == 12
    assert started.waits == []


@pytest.mark.parametrize(
    "error",
    [
        {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."},
        {"message": "Something went wrong while executing your query. Please include `AB:12` when reporting this."},
    ],
)
def test_a_page_beyond_the_resource_limits_is_halved(play, read, error):
    """GitHub says so with status 200."""
    started = play()
    body = json.dumps({"data": None, "errors": [error]})
    started.sandbox.faults.append(Fault(GRAPHQL, "reply", status=200, body=body))
    outcome = read(started.connect(), "pull_requests")
    assert outcome.error is None
    assert [asked["first"] for asked in started.behaviour.queries] == [12, 25]


def test_one_record_too_heavy_is_named_and_costs_only_its_repository(play, read, story):
    """After a few tries; the other repository is read."""
    started = play([story.pull_request(1, 1), story.pull_request(2, 2)])
    started.sandbox.faults.append(Fault(GRAPHQL, "reply", times=7, status=502, body="<html>Unicorn!</html>"))
    outcome = read(started.connect(), "pull_requests")
    assert numbers(outcome) == [2]
    assert "acme/ranker: pullRequests: the server could not finish even one record in time" in str(outcome.error)


def test_long_nested_lists_are_finished(play, read, story):
    """130 commits, 260 comments and 120 reviews arrive whole, in order, each once."""
    long = story.pull_request(1, commits=130)
    long.comments = [Comment(long.created_at + timedelta(minutes=place), story.BEN, "") for place in range(260)]
    long.reviews = [
        Review(place, long.created_at + timedelta(minutes=place), story.BEN, "COMMENTED", "why?")
        for place in range(120)
    ]
    record = read(play([long]).connect(), "pull_requests").records[0]
    assert [node["commit"]["oid"] for node in record["commits"]["nodes"]] == [made.sha for made in long.commits]
    assert len(record["comments"]["nodes"]) == 260
    assert [node["fullDatabaseId"] for node in record["reviews"]["nodes"]] == [str(place) for place in range(120)]
    assert len(record["reviewThreads"]["nodes"]) == 120
    assert not any(record[name]["pageInfo"]["hasNextPage"] for name in ("commits", "comments", "reviews"))


def test_files_stop_at_one_hundred_and_say_so(play, read, story):
    """They only serve to tell generated files; the totals count all."""
    wide = story.pull_request(1)
    wide.files = [(f"src/{place}.py", 1, 0) for place in range(150)]
    record = read(play([wide]).connect(), "pull_requests").records[0]
    assert (len(record["files"]["nodes"]), record["files"]["totalCount"], record["additions"]) == (100, 150, 150)


def test_a_renamed_repository_is_followed_by_its_number(play, read, story):
    """The old name answers 301, which drops the query string: by number nothing is dropped."""
    started = play([story.pull_request(number) for number in range(1, 31)])
    cursor = read(started.connect(repositories=("acme/ranker",)), "pull_requests").cursor
    started.behaviour.names[1] = ("acme", "ranking")
    started.behaviour.renamed["acme/ranker"] = 1
    started.sandbox.now += timedelta(hours=1)
    started.sandbox.program.pull_requests.append(story.pull_request(31, at=started.sandbox.now))

    client = started.connect(repositories=("acme/ranker",))
    changed = read(client, "pull_requests", cursor)
    anew = read(client, "pull_requests")

    assert numbers(changed) == list(range(1, 32)), "the name stands in every record: all are read again"
    assert {record["repository"]["nameWithOwner"] for record in changed.records} == {"acme/ranking"}
    assert len(numbers(anew)) == 31
    assert read(client, "repositories").records[0]["full_name"] == "acme/ranking"


def test_a_new_repository_under_an_old_name_is_read_from_the_start(play, read, story):
    """The old one is gone; its name now belongs to another number."""
    started = play([story.pull_request(1)])
    cursor = read(started.connect(repositories=("acme/ranker",)), "pull_requests").cursor
    program = started.sandbox.program
    program.repositories[0] = Repository(3, "acme", "ranker", "Again", story.START)
    program.pull_requests.append(story.pull_request(7, 3))
    outcome = read(started.connect(repositories=("acme/ranker",)), "pull_requests", cursor)
    assert outcome.error is None
    assert numbers(outcome) == [7]
    assert outcome.cursor["names"]["acme/ranker"][0] == 3


@pytest.mark.parametrize("status", [403, 404, 451])
@pytest.mark.parametrize("stream", ["repositories", "pull_requests", "deployments", "releases"])
def test_a_hidden_repository_is_named_and_the_others_are_read(play, read, story, stream, status):
    """Nothing counts as deleted: the page says that it is partial, and the error comes last."""
    started = play([story.pull_request(1, 1), story.pull_request(2, 2)])
    cursor = read(started.connect(), stream).cursor
    started.behaviour.hidden[2] = status
    started.sandbox.now += timedelta(days=8)

    outcome = read(started.connect(), stream, cursor)

    assert isinstance(outcome.error, SourceError)
    assert "acme/feeds" in outcome.error.cause
    assert "acme/ranker" not in outcome.error.cause
    assert outcome.records
    assert stream in {"pull_requests", "deployments"} or outcome.pages[-1].is_partial


def test_a_name_that_never_was_is_named(play, read):
    """With what to do; the others are read."""
    outcome = read(play().connect(repositories=("acme/rankr", "acme/ranker")), "pull_requests")
    assert numbers(outcome) == [1]
    assert str(outcome.error).startswith("github 'acme', pull_requests: acme/rankr: not visible (404 Not Found)")
    assert "correct its name" in outcome.error.remedy


def test_a_forgotten_place_begins_the_walk_again(play, read, story):
    """A cursor the server no longer takes costs pages, not records."""
    started = play([story.pull_request(number) for number in range(1, 41)])
    cut = read(started.connect(), "pull_requests", stop_after=1)
    cut.cursor["repositories"]["1"]["walk"]["after"] = "bm90IGEgY3Vyc29y!"
    rest = read(started.connect(), "pull_requests", cut.cursor)
    assert rest.error is None
    assert numbers(rest) == list(range(1, 41))


def test_a_missing_permission_lands_what_there_is_and_heals(play, read, story):
    """Without Issues the closing references are null, the error says what to grant, and after that all are read again."""
    started = play([story.rich(), story.pull_request(2)], forbidden={"issues"})
    outcome = read(started.connect(), "pull_requests")
    assert len(outcome.records) == 2
    assert outcome.records[0]["closingIssuesReferences"] is None
    assert "closingIssuesReferences could not be read" in outcome.error.cause
    assert "Issues" in outcome.error.remedy

    started.behaviour.forbidden.clear()
    healed = read(started.connect(), "pull_requests", outcome.cursor)
    assert healed.error is None
    assert all(record["closingIssuesReferences"] for record in healed.records)


def test_a_repository_added_later_is_read_from_the_start(play, read, story):
    """The others go on from their watermarks."""
    started = play([story.pull_request(1, 1), story.pull_request(2, 2)])
    cursor = read(started.connect(repositories=("acme/ranker",)), "pull_requests").cursor
    assert numbers(read(started.connect(), "pull_requests", cursor)) == [2]


def test_totals_count_all_repositories_as_far_as_known(play, read, story):
    """For a progress bar that never runs over."""
    both = [story.pull_request(number, place) for place in (1, 2) for number in range(1, 31)]
    pages = read(play(both).connect(), "pull_requests").pages
    assert [page.total for page in pages] == [30, 30, 60, 60]


@pytest.mark.parametrize("seed", range(6))
def test_reading_in_steps_equals_reading_at_once(play, read, story, seed):
    """Whatever happens between and during the reads, and wherever they are cut off: nothing is lost or stale."""
    random = Random(seed)
    start, end = story.START, story.START + timedelta(days=30)

    def later(moment):
        return moment + (end - moment) * random.random()

    many = []
    for number in range(1, 61):
        one = story.pull_request(number, at=later(start), commits=random.randint(1, 3))
        for made in one.commits[1:]:
            made.committed_at = later(one.created_at)
        one.commits.sort(key=lambda made: made.committed_at)
        one.comments = sorted(
            (Comment(later(one.created_at), story.BEN, "") for _ in range(random.randint(0, 3))),
            key=lambda each: each.at,
        )
        one.reviews = [
            Review(number * 10 + place, later(one.created_at), story.BEN, "COMMENTED", "why?")
            for place in range(random.randint(0, 2))
        ]
        if random.random() < 0.7:
            one.merged_at = one.closed_at = later(one.created_at)
            one.merged_by, one.merge_sha = story.BEN, f"{number:040d}"
        many.append(one)
    started = play(many, largest_page=random.choice([4, 9, 25]))
    started.sandbox.now, cursor, landed = start, None, {}
    while started.sandbox.now < end:
        started.sandbox.now = min(started.sandbox.now + timedelta(hours=random.choice([1, 7, 40])), end)
        outcome = read(started.connect(), "pull_requests", cursor, stop_after=random.choice([1, 2, None]))
        landed |= {record["id"]: record for record in outcome.records}
        cursor = outcome.cursor or cursor
    for _ in range(2):  # takes up what was cut off last, then what changed since it had begun
        outcome = read(started.connect(), "pull_requests", cursor)
        landed |= {record["id"]: record for record in outcome.records}
        cursor = outcome.cursor or cursor

    assert landed == {record["id"]: record for record in read(started.connect(), "pull_requests").records}
