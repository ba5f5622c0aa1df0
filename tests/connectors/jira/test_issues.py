"""Issues are read complete, once, and only as far as they changed."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest

from connectors.jira import STREAMS
from connectors.sandbox.jira.histories import histories
from connectors.sandbox.jira.site import Site
from connectors.stream import SourceError
from tests.connectors.jira.small_program import NOW, at, new_issue, touch

ISSUES = next(stream for stream in STREAMS if stream.name == "issues")
ALL = {"101", "102", "103", "104", "201", "202"}
LATER = NOW + timedelta(hours=6)


def read(client, cursor=None):
    """All records of a read by id, and the cursor it ends with."""
    records = {}
    for page in ISSUES.read(client, cursor):
        records |= {ISSUES.key(record): record for record in page.records}
        cursor = json.loads(json.dumps(page.cursor))
    return records, cursor


def first_page(client, cursor=None):
    """The first page of a read that is then broken off."""
    pages = ISSUES.read(client, cursor)
    page = next(pages)
    pages.close()
    return page


def test_a_first_read_brings_every_issue_that_exists(site):
    """Deleted issues are not there any more; a moved one shows under its new key and its old id."""
    records, _ = read(site.client())
    assert {record["id"]: record["key"] for record in records.values()} == {
        "101": "APP-1",
        "102": "APP-2",
        "103": "APP-3",
        "104": "APP-4",
        "201": "OPS-1",
        "202": "APP-5",
    }


def test_records_hold_every_field_as_received(site):
    records, _ = read(site.client())
    story = records["102"]["fields"]
    assert story["summary"] == "Work on APP-2"
    assert story["status"]["statusCategory"]["key"] == "done"
    assert story["labels"] == ["churn"]
    assert story["resolutiondate"] == "2026-01-15T09:00:00.000+0000"
    assert story["comment"]["total"] == 1
    assert ISSUES.updated_at(records["102"]) == at(15)


def test_sprints_are_objects_on_cloud_and_text_on_data_center(cloud, data_center):
    on_cloud = read(cloud.client())[0]["102"]["fields"]["customfield_10020"]
    assert [sprint["id"] for sprint in on_cloud] == [1, 2]
    on_premises = read(data_center.client())[0]["102"]["fields"]["customfield_10104"]
    assert on_premises[0].startswith("com.atlassian.greenhopper.service.sprint.Sprint@")
    assert "[id=1,rapidViewId=1,state=CLOSED,name=Sprint 1," in on_premises[0]


def test_a_record_without_a_readable_time_stamp_still_lands():
    assert ISSUES.updated_at({"id": "1", "fields": {"updated": 17}}) is None
    assert ISSUES.updated_at({"id": "1"}) is None


# Changelogs


def everything_of(site, issue_id):
    """The histories that the site holds of an issue, newest first, as a search would write them."""
    shown = Site(site.sandbox, "Cloud" if site.settings.email else "Server", site.behaviour, root=site.url)
    return histories(shown, site.issue(issue_id), site.sandbox.now)[::-1]


@pytest.mark.parametrize("bulk_histories", [1, 7, 100])
def test_a_truncated_changelog_is_completed(site, bulk_histories):
    """A search shows the newest 40 of 60 histories; one issue's rest may come on many pages, with epoch moments."""
    site.behaviour.bulk_histories = bulk_histories
    records, _ = read(site.client())
    changelog = records["104"]["changelog"]
    assert changelog["total"] == len(changelog["histories"]) == 60
    assert changelog["histories"] == everything_of(site, "104")


def test_complete_changelogs_cost_no_call(cloud):
    cloud.behaviour.changelog_limit = 1000
    read(cloud.client())
    assert not [line for line in cloud.sandbox.requests if "changelog" in line.split("?")[0]]


def test_a_truncated_changelog_costs_one_call_for_all_issues(cloud):
    cloud.behaviour.changelog_limit = 1
    read(cloud.client())
    assert len([line for line in cloud.sandbox.requests if "changelog/bulkfetch" in line]) == 1


def test_reading_twice_gives_the_same_changelog(site):
    """So that an unchanged issue has an unchanged hash."""
    assert read(site.client())[0] == read(site.client())[0]


def test_a_bulk_reply_that_repeats_its_token_is_completed_issue_by_issue(cloud):
    body = json.dumps({"issueChangeLogs": [], "nextPageToken": "again"})
    cloud.fail("changelog/bulkfetch", times=2, status=200, body=body)
    records, _ = read(cloud.client())
    assert records["104"]["changelog"]["histories"] == everything_of(cloud, "104")


def test_histories_that_cannot_be_had_are_warned_of(cloud, caplog):
    """The total counts histories that nobody may see: what there is lands, and the log says what is missing."""
    cloud.fail("changelog/bulkfetch", status=200, body=json.dumps({"issueChangeLogs": []}))
    cloud.fail("issue/104/changelog", status=404, body="{}")
    records, _ = read(cloud.client())
    assert len(records["104"]["changelog"]["histories"]) == 40
    assert "APP-4: 20 of its changelog's histories cannot be read" in caplog.text


# Incremental reads


def test_the_next_read_brings_what_changed_since_the_last_began(site):
    _, cursor = read(site.client())
    site.sandbox.now = LATER
    touch(site.issue("102"), LATER - timedelta(hours=1), "summary", "Told anew")
    site.sandbox.program.issues.append(new_issue(301, "OPS-9", "Task", LATER - timedelta(hours=2)))
    records, _ = read(site.client(), cursor)
    assert records.keys() == {"102", "301"}
    assert records["102"]["fields"]["summary"] == "Told anew"


def test_a_moved_issue_keeps_its_id(site):
    _, cursor = read(site.client())
    site.sandbox.now = LATER
    touch(site.issue("201"), LATER - timedelta(hours=1), "key", "APP-77")
    records, _ = read(site.client(), cursor)
    assert {key: record["key"] for key, record in records.items()} == {"201": "APP-77"}


def test_the_watermark_is_the_sites_clock_at_the_start_less_ten_minutes(site):
    """Never the newest update seen; and not this machine's clock, which is months away here."""
    client = site.client()
    pages = ISSUES.read(client, None)
    first = next(pages)
    site.sandbox.now = LATER
    cursor = [first, *pages][-1].cursor
    late_by = datetime.fromisoformat(cursor["watermark"]) - (NOW - timedelta(minutes=10))
    assert timedelta(0) <= late_by < timedelta(seconds=30)


def test_a_change_that_the_index_had_not_seen_yet_comes_with_the_next_read(site):
    site.behaviour.search_lag = timedelta(minutes=5)
    _, cursor = read(site.client())
    site.sandbox.now = NOW + timedelta(hours=1)
    touch(site.issue("201"), site.sandbox.now - timedelta(minutes=2), "summary", "Unseen")
    records, cursor = read(site.client(), cursor)
    assert records == {}
    site.sandbox.now += timedelta(hours=1)
    records, _ = read(site.client(), cursor)
    assert records.keys() == {"201"}


def test_a_quiet_read_costs_what_the_stream_says(site):
    _, cursor = read(site.client())
    site.sandbox.now = LATER
    client = site.client()
    records, moved = read(client, cursor)
    assert records == {}
    assert moved["watermark"] > cursor["watermark"]
    assert ISSUES.calls.startswith(f"{client.calls}: ")


@pytest.mark.parametrize("lie", ["takes_epochs", "ignores_epochs"])
def test_a_site_that_does_not_understand_epochs_is_asked_by_the_minute(site, lie):
    """Whether it refuses them or quietly finds nothing; the minutes are those of the account's own zone."""
    _, cursor = read(site.client())
    setattr(site.behaviour, lie, lie == "ignores_epochs")
    site.behaviour.timezone = "America/Los_Angeles"
    site.sandbox.now = LATER
    touch(site.issue("201"), NOW + timedelta(minutes=1), "summary", "Just after")
    assert read(site.client(), cursor)[0].keys() == {"201"}


def test_a_project_added_to_the_settings_is_read_from_its_beginning(site):
    """The others go on from their watermark."""
    _, cursor = read(site.client(projects=("APP",)))
    site.sandbox.now = LATER
    assert read(site.client(projects=("APP", "OPS")), cursor)[0].keys() == {"201"}


def test_a_project_that_becomes_visible_again_is_read_from_its_beginning(site):
    """Its changes in the meantime may be older than the watermark."""
    _, cursor = read(site.client())
    site.behaviour.hidden_projects = {"OPS"}
    pages = ISSUES.read(site.client(), cursor)
    cursor = next(pages).cursor
    with pytest.raises(SourceError, match=r"does not see OPS; nothing of it is deleted here.*\n.*Browse Projects"):
        list(pages)
    site.behaviour.hidden_projects = set()
    site.sandbox.now = LATER
    assert read(site.client(), cursor)[0].keys() == {"201"}


def test_another_jql_reads_everything_anew(site):
    _, cursor = read(site.client(jql="type = Bug"))
    site.sandbox.now = LATER
    assert read(site.client(jql="type in (Bug, Epic)"), cursor)[0].keys() == {"101", "104"}


def test_without_projects_in_the_settings_all_visible_ones_are_read(site):
    assert read(site.client(projects=()))[0].keys() == ALL


def test_a_lost_permission_is_an_error_when_nothing_is_left(site):
    site.behaviour.hidden_projects = {"APP", "OPS"}
    with pytest.raises(SourceError, match="sees none of its projects"):
        read(site.client())


def test_an_order_in_the_setting_jql_is_refused_with_a_remedy(site):
    with pytest.raises(SourceError, match="ORDER BY"):
        read(site.client(jql="type = Bug order by rank"))


def test_a_query_that_the_site_refuses_is_an_error(site):
    with pytest.raises(SourceError, match=r"HTTP 400.*colour"):
        read(site.client(jql="colour = blue"))


def test_warnings_of_the_site_are_logged(cloud, caplog):
    cloud.behaviour.warnings = ["The value 'x' is deprecated"]
    with caplog.at_level(logging.WARNING):
        read(cloud.client())
    assert "The value 'x' is deprecated" in caplog.text


# Interrupted reads and pages that misbehave


def test_short_pages_end_nothing(cloud):
    """Only a missing token ends the list."""
    cloud.behaviour.page_limit, cloud.behaviour.is_short_paged = 3, True
    assert read(cloud.client())[0].keys() == ALL


def test_a_read_that_was_broken_off_is_taken_up_where_it_was(site):
    """By another process, hours later: what had landed does not come again, and the watermark is the first start's."""
    site.behaviour.page_limit = 2
    page = first_page(site.client())
    site.sandbox.now = LATER
    rest, cursor = read(site.client(), json.loads(json.dumps(page.cursor)))
    assert {record["id"] for record in page.records} | rest.keys() == ALL
    assert len(rest) <= len(ALL) - 1
    assert datetime.fromisoformat(cursor["watermark"]) < NOW


def test_an_interrupted_read_of_changes_keeps_its_old_watermark_until_it_ends(site):
    _, cursor = read(site.client())
    site.sandbox.now = LATER
    for issue_id in ("101", "102", "103"):
        touch(site.issue(issue_id), NOW + timedelta(hours=1), "summary", "Changed")
    site.behaviour.page_limit = 2
    page = first_page(site.client(), cursor)
    assert page.cursor["watermark"] == cursor["watermark"]
    rest, _ = read(site.client(), page.cursor)
    assert {record["id"] for record in page.records} | rest.keys() == {"101", "102", "103"}


def test_an_interrupted_read_begins_anew_when_the_settings_changed(site):
    site.behaviour.page_limit = 2
    page = first_page(site.client(projects=("APP",)))
    assert read(site.client(), page.cursor)[0].keys() == ALL


def test_no_page_token_outlives_its_run(cloud):
    """What was deleted in between may have moved the rows: a new query begins at the last issue read."""
    cloud.behaviour.page_limit = 2
    page = first_page(cloud.client())
    cloud.behaviour.expired_tokens.update(cloud.behaviour.issued_tokens)
    cloud.issue("101").deleted_at = NOW
    rest, _ = read(cloud.client(), page.cursor)
    assert {record["id"] for record in page.records} | rest.keys() == ALL
    assert "101" not in rest


def test_a_token_that_expires_during_the_read_restarts_it_too(cloud):
    cloud.behaviour.page_limit = 2
    pages = ISSUES.read(cloud.client(), None)
    page = next(pages)
    cloud.behaviour.expired_tokens.update(cloud.behaviour.issued_tokens)
    found = {record["id"] for page in [page, *pages] for record in page.records}
    assert found == ALL


def test_a_repeated_token_loses_nothing_and_ends(cloud, caplog):
    cloud.behaviour.page_limit = 2
    pages = ISSUES.read(cloud.client(), None)
    page = next(pages)
    cloud.behaviour.repeats_token = cloud.behaviour.issued_tokens[-1]
    found = {record["id"] for page in [page, *pages] for record in page.records}
    assert found == ALL
    assert "repeated a page token" in caplog.text


def test_a_site_that_never_gets_on_is_an_error_not_a_loop(cloud):
    cloud.fail("search/jql", times=50, status=200, body=json.dumps({"issues": [], "nextPageToken": "again"}))
    with pytest.raises(SourceError, match="does not get past"):
        read(cloud.client())


def test_rows_that_move_between_pages_are_noticed(data_center):
    """An issue that is deleted during the read moves all later rows one to the left."""
    data_center.behaviour.page_limit = 2
    pages = ISSUES.read(data_center.client(), None)
    found = {record["id"] for record in next(pages).records}
    data_center.issue("101").deleted_at = NOW
    found |= {record["id"] for page in pages for record in page.records}
    assert found == ALL


def test_issues_that_only_the_index_still_knows_hide_no_others(site):
    """They count as rows, but are not shown."""
    site.behaviour.page_limit = 2
    site.behaviour.search_lag = timedelta(minutes=1)
    site.issue("101").deleted_at = site.issue("201").deleted_at = NOW
    assert read(site.client())[0].keys() == ALL - {"101", "201"}


def test_many_issues_of_one_instant_are_all_read(site):
    """An import creates hundreds at once: order by creation alone would not tell them apart."""
    site.behaviour.page_limit = 3
    site.sandbox.program.issues += [new_issue(400 + n, f"OPS-{100 + n}", "Task", at(16)) for n in range(20)]
    assert len(read(site.client())[0]) == len(ALL) + 20


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_page_that_the_site_cannot_produce_is_asked_for_in_halves(site, status):
    """And the size that worked is remembered for the next run."""
    site.fail(r"api/./search(/jql|\?)", status=status, times=6)
    records, cursor = read(site.client())
    assert records.keys() == ALL
    assert cursor["page_size"] == 50


def test_progress_can_be_shown(site):
    """Each page says how many issues the whole read is expected to bring."""
    site.behaviour.page_limit = 2
    assert {page.total for page in ISSUES.read(site.client(), None)} == {len(ALL)}


def test_the_clock_of_this_machine_does_not_matter(site):
    """The sandbox shows February 2026, whatever day it is here."""
    client = site.client()
    assert abs(client.server_now() - NOW) < timedelta(seconds=30)
    assert client.server_now().tzinfo is UTC
