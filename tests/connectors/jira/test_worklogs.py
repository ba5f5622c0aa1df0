"""Worklogs come from the site's two feeds: each once, those of other projects not at all, deleted ones by name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.jira import STREAMS
from connectors.sandbox.program import Worklog
from connectors.stream import SourceError
from tests.connectors.jira.small_program import ADA, NOW, at

WORKLOGS = next(stream for stream in STREAMS if stream.name == "worklogs")


def read(client, cursor=None):
    """The worklogs of a read by id, and its last cursor."""
    pages = list(WORKLOGS.read(client, cursor))
    return {WORKLOGS.key(one): one for page in pages for one in page.records}, pages[-1].cursor if pages else cursor


def test_a_first_read_brings_every_worklog_there_is(site):
    """With who, when, how long, and the issue's id; its time of change is known to landing."""
    found, _ = read(site.client())
    assert set(found) == {"901", "902"}
    assert (found["901"]["issueId"], found["901"]["timeSpentSeconds"]) == ("102", 7200)
    assert WORKLOGS.updated_at(found["901"]) == at(14)
    assert WORKLOGS.updated_at({"updated": 17}) is None


def test_worklogs_of_other_projects_do_not_land(site):
    """The feeds are the whole site's."""
    site.issue("201").worklogs.append(Worklog(904, at(20), ADA, 600))
    found, cursor = read(site.client(projects=("OPS",)))
    assert set(found) == {"904"}
    assert set(read(site.client(projects=()))[0]) == {"901", "902", "904"}
    assert set(read(site.client(), cursor)[0]) == {"901", "902", "904"}, (
        "a project that is new is read from its beginning"
    )


def test_a_quiet_read_is_one_call_and_moves_nothing(site):
    _, cursor = read(site.client())
    site.sandbox.now += timedelta(hours=1)
    client = site.client()
    client.projects  # noqa: B018  # the issues' read has listed them
    calls = client.calls
    assert read(client, cursor) == ({}, cursor)
    assert client.calls == calls + 1


def test_a_later_read_brings_what_was_logged_since(site):
    """The feed keeps back the last minute; the overlap of ten lets nothing slip."""
    _, cursor = read(site.client())
    site.issue("104").worklogs.append(Worklog(905, NOW + timedelta(seconds=5), ADA, 60))
    site.sandbox.now = NOW + timedelta(seconds=30)
    assert read(site.client(), cursor) == ({}, cursor)
    site.sandbox.now = NOW + timedelta(minutes=5)
    assert set(read(site.client(), cursor)[0]) == {"905"}


def test_a_first_read_that_breaks_off_is_taken_up_where_it_was(site):
    """Page by page, each with its place in the feed."""
    site.behaviour.worklogs_per_page = 1
    first = next(WORKLOGS.read(site.client(), None))
    assert [one["id"] for one in first.records] == ["901"]
    assert set(read(site.client(), first.cursor)[0]) == {"902"}


def test_a_feed_that_does_not_get_on_is_named(site):
    """The same page for ever would be read for ever."""
    body = '{"values": [], "since": 0, "until": 0, "lastPage": false}'
    site.fail("worklog/updated", status=200, body=body, times=9)
    with pytest.raises(SourceError, match="feed of updated worklogs does not get past"):
        read(site.client())


def test_deleted_worklogs_are_those_that_the_feed_names(site):
    """Among the ones held; the next census asks only for later ones."""
    census = WORKLOGS.census(site.client(), {"901", "902", "903"}, {"since": 1, "projects": []})
    assert census.gone == {"903"}
    assert census.cursor["since"] == 1
    again = WORKLOGS.census(site.client(), {"901", "902", "903"}, census.cursor)
    assert (again.gone, again.cursor) == (frozenset(), None)
    _, cursor = read(site.client(), census.cursor | {"since": 0, "projects": ["APP", "OPS"]})
    assert cursor["deleted_since"] == census.cursor["deleted_since"]


def test_a_failing_feed_of_deletions_is_named(site):
    site.fail("worklog/deleted", status=403, times=9)
    with pytest.raises(SourceError, match="jira 'acme', worklogs: HTTP 403"):
        WORKLOGS.census(site.client(), {"901"}, None)
