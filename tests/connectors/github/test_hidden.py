"""A repository that its organisation no longer shows may be hidden: nothing of it is deleted until somebody says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from connectors import github
from connectors.sandbox.server import Fault
from pipelines.sync import Options, sync
from warehouse import landing

AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
STREAMS = [stream for stream in github.STREAMS if stream.name in {"deployments", "releases", "issues"}]


@pytest.fixture
def landed(play, tmp_path, story):
    """Syncs an organisation's streams into a zone; returns live records per stream and errors."""
    started = play([story.rich()])
    zone = landing.Zone(tmp_path / "landing")

    def run(**options: bool):
        with started.connect(repositories=(), organizations=("acme",)) as client:
            results = list(sync("github", "acme", client, STREAMS, zone, synced_at=AT, options=Options(**options)))
        live = {stream.name: len(zone.open("acme", f"github_{stream.name}").live_ids()) for stream in STREAMS}
        return live, [result.error for result in results if result.error]

    return started, run


WHOLE = {"deployments": 3, "releases": 1, "issues": 1}


def test_a_hidden_repository_takes_none_of_its_records_with_it(landed):
    """Neither by the hourly read nor by the nightly sweep; each says so."""
    started, run = landed
    assert run() == (WHOLE, [])
    started.behaviour.hidden = {1: 404}
    for options in ({}, {"census": True}, {"census": True}):
        live, errors = run(**options)
        assert live == WHOLE
        assert len(errors) == 3
        assert all("acme/ranker: not visible" in error and "hub sync github --full" in error for error in errors)
    started.behaviour.hidden = {}
    assert run(census=True) == (WHOLE, [])


def test_a_full_read_confirms_that_it_is_gone(landed):
    started, run = landed
    run()
    started.behaviour.hidden = {1: 404}
    live, errors = run(full=True, confirm_shrink=True)
    assert (live, errors) == ({"deployments": 0, "releases": 0, "issues": 0}, [])


def test_a_deletion_in_a_visible_repository_is_found_by_the_sweep(landed):
    started, run = landed
    run()
    del started.sandbox.program.deployments[0]
    assert run(census=True) == ({**WHOLE, "deployments": 2}, [])


def test_a_repository_that_left_the_settings_is_forgotten(landed, read):
    """It is visible, so nothing is hidden: the stream no longer asks about it."""
    started, _ = landed
    first = read(started.connect(repositories=("acme/ranker", "acme/feeds")), "releases")
    second = read(started.connect(repositories=("acme/feeds",)), "releases", first.cursor)
    assert (second.error, second.cursor["listed"]) == (None, {"2": "acme/feeds"})


def test_a_list_whose_pages_repeat_is_not_taken_for_whole(play, read):
    """The repositories behind the repeated page are neither lost nor deleted: the read says that it is partial."""
    started = play(per_page_cap=1)
    link = f'<{started.url}/api/v3/orgs/acme/repos?page=2>; rel="next"'
    body = json.dumps([{"id": 1, "node_id": "R_1", "full_name": "acme/ranker"}])
    fault = Fault("orgs/acme/repos.*page=2", "reply", times=9, status=200, headers={"Link": link}, body=body)
    started.sandbox.faults.append(fault)
    outcome = read(started.connect(repositories=(), organizations=("acme",)), "repositories")
    assert [page.is_partial for page in outcome.pages] == [True]
    assert "the server repeats a page of its list" in str(outcome.error)
