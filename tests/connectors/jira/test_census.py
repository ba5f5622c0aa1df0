"""The census names deleted issues and nothing else: neither moved, nor late, nor those of a project that was lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.jira import STREAMS
from connectors.stream import SourceError
from tests.connectors.jira.small_program import NOW, new_issue, touch

ISSUES = next(stream for stream in STREAMS if stream.name == "issues")
LIVE = {"101", "102", "103", "104", "201", "202"}


def gone(client, ids=frozenset(LIVE | {"203"})):
    """Those of the ids that the census finds gone, had the one of the night before missed them all."""
    before = (NOW - timedelta(days=1)).isoformat()
    return set(ISSUES.census(client, ids, {"missed": dict.fromkeys(ids, before)}).gone)


def test_an_issue_is_gone_once_two_censuses_in_a_row_have_missed_it(site):
    """A permission that is lost for a night deletes nothing."""
    first = ISSUES.census(site.client(), LIVE | {"203"}, {"watermark": "then"})
    assert first.gone == frozenset()
    assert first.cursor.keys() == {"watermark", "missed"}
    assert first.cursor["missed"].keys() == {"203"}
    site.sandbox.now += timedelta(hours=1)
    again = ISSUES.census(site.client(), LIVE | {"203"}, first.cursor)
    assert (again.gone, again.cursor) == ({"203"}, {"watermark": "then"})


def test_two_censuses_minutes_apart_are_one(site):
    """However often somebody looks, a permission that is lost for a moment deletes nothing: the first miss is what counts."""
    cursor = {"watermark": "then"}
    for _ in range(3):
        census = ISSUES.census(site.client(), LIVE | {"203"}, cursor)
        assert census.gone == frozenset()
        cursor = census.cursor
        site.sandbox.now += timedelta(minutes=11)
    assert ISSUES.census(site.client(), LIVE | {"203"}, cursor).gone == {"203"}


def test_an_issue_that_comes_back_begins_anew(site):
    """Hidden, shown, hidden again: two misses, but not in a row."""
    cursor = {}
    for hidden in ({"103"}, set(), {"103"}):
        site.behaviour.hidden_issues = hidden
        census = ISSUES.census(site.client(), LIVE, cursor)
        assert census.gone == frozenset()
        cursor = census.cursor
        site.sandbox.now += timedelta(days=1)


def test_a_census_that_cannot_decide_forgets_nothing(site):
    """Its cursor stays what it was."""
    site.behaviour.hidden_projects = {"OPS"}
    assert ISSUES.census(site.client(), LIVE, {"missed": {"203": NOW.isoformat()}}).cursor is None


def test_what_was_missed_is_remembered_through_the_reads_in_between(site):
    """A read moves the watermark and keeps the suspects."""
    cursor = list(ISSUES.read(site.client(), None))[-1].cursor
    missed = ISSUES.census(site.client(), LIVE | {"203"}, cursor).cursor
    later = list(ISSUES.read(site.client(), missed))[-1].cursor
    assert later["missed"] == missed["missed"]
    assert later["missed"].keys() == {"203"}


def test_a_deleted_issue_is_gone(site):
    assert gone(site.client()) == {"203"}


def test_without_deletions_nothing_is_gone(site):
    assert gone(site.client(), LIVE) == set()


def test_an_issue_that_became_hidden_is_gone(site):
    """A security level hides it while its project is visible: it cannot be told from a deleted one."""
    site.behaviour.hidden_issues = {"103"}
    assert gone(site.client(), LIVE) == {"103"}


def test_a_lost_project_takes_nothing_with_it(site, caplog):
    """Not even an issue of another project that is really deleted: nobody can say which project an id was in."""
    site.behaviour.hidden_projects = {"OPS"}
    assert gone(site.client()) == set()
    assert "not visible: OPS" in caplog.text


def test_all_projects_lost_takes_nothing_with_it(site):
    site.behaviour.hidden_projects = {"APP", "OPS"}
    assert gone(site.client()) == set()


def test_visible_projects_without_a_single_issue_are_an_error(site):
    """Zero where there were many means lost permission."""
    site.behaviour.hidden_issues = set(LIVE)
    with pytest.raises(SourceError, match="nothing is taken as deleted"):
        gone(site.client())


def test_an_issue_that_moved_out_of_the_settings_is_not_gone(site):
    """It is looked up by id, under whatever key."""
    touch(site.issue("201"), NOW, "key", "APP-50")
    site.sandbox.program.issues.append(new_issue(301, "OPS-9", "Task", NOW - timedelta(days=1)))
    assert gone(site.client(projects=("OPS",)), {"201", "203", "301"}) == {"203"}


def test_an_issue_that_moved_out_of_the_settings_lands_under_its_new_key(site):
    """The census finds where it is; from then on every read brings it, as it does epics elsewhere. Its id and history stay."""
    site.sandbox.program.issues.append(new_issue(301, "OPS-9", "Task", NOW - timedelta(days=1)))
    page = list(ISSUES.read(site.client(projects=("OPS",)), None))[-1]
    site.sandbox.now += timedelta(hours=1)
    touch(site.issue("201"), NOW + timedelta(minutes=30), "key", "APP-50")
    census = ISSUES.census(site.client(projects=("OPS",)), {"201", "301"}, page.cursor)
    assert (census.gone, census.cursor["outside"]) == (frozenset(), ["201"])
    pages = list(ISSUES.read(site.client(projects=("OPS",)), census.cursor))
    [moved] = [record for page in pages for record in page.records if record["id"] == "201"]
    assert moved["key"] == "APP-50"
    items = [item for history in moved["changelog"]["histories"] for item in history["items"]]
    assert ("Key", "OPS-1", "APP-50") in [(item["field"], item["fromString"], item["toString"]) for item in items]
    assert pages[-1].cursor["outside"] == ["201"]


def test_an_issue_that_the_index_does_not_show_yet_is_not_gone(site):
    site.behaviour.search_lag = timedelta(minutes=5)
    site.sandbox.program.issues.append(new_issue(301, "OPS-9", "Task", NOW - timedelta(minutes=2)))
    assert gone(site.client(), LIVE | {"301"}) == set()


def test_an_issue_that_the_site_cannot_decide_on_is_not_gone(cloud):
    cloud.behaviour.undecided_issues = {"203"}
    assert gone(cloud.client()) == set()


def test_without_projects_in_the_settings_nothing_is_gone(site, caplog):
    """A project that vanished could not be told from its issues being deleted."""
    assert gone(site.client(projects=())) == set()
    assert "name no projects" in caplog.text


def test_a_project_that_vanishes_during_the_census_takes_nothing_with_it(cloud):
    """The second list of projects no longer has it."""
    body = '{"values": [], "isLast": true, "total": 0}'
    cloud.fail("project/search", after=1, status=200, body=body)
    assert gone(cloud.client()) == set()


@pytest.mark.parametrize("id_page_limit", [1, 5000])
def test_ids_are_listed_over_any_number_of_pages(cloud, id_page_limit):
    cloud.behaviour.id_page_limit = id_page_limit
    assert gone(cloud.client()) == {"203"}


def test_missing_ids_are_looked_up_by_the_hundred(cloud):
    """Hundreds deleted at once still cost a handful of calls."""
    ids = LIVE | {str(number) for number in range(5000, 5250)}
    client = cloud.client()
    assert len(gone(client, ids)) == 250
    assert len([line for line in cloud.sandbox.requests if "issue/bulkfetch" in line]) == 3


def test_a_census_that_fails_says_so(site):
    site.fail("search", times=50, status=500)
    with pytest.raises(SourceError, match="jira 'acme', issues: HTTP 500"):
        gone(site.client())
