"""The sandbox's Jira shows the program as it was at its clock's moment, in Jira's own forms."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from connectors.sandbox import jira
from connectors.sandbox.jira.histories import histories
from connectors.sandbox.jira.issue_documents import issue
from connectors.sandbox.jira.site import Site
from connectors.sandbox.server import Sandbox
from connectors.sandbox.story import tell
from tests.connectors.jira.small_program import NOW, at, touch


def status_of(site, key):
    return site.ask(f"issue/{key}")["fields"]["status"]["name"]


def test_an_issue_is_shown_as_it_was(site):
    site.sandbox.now = at(5)
    assert status_of(site, "APP-2") == "To Do"
    site.sandbox.now = at(6)
    assert status_of(site, "APP-2") == "In Progress"
    assert site.ask("issue/APP-2")["fields"]["resolutiondate"] is None
    site.sandbox.now = NOW
    assert status_of(site, "APP-2") == "Done"
    assert site.ask("issue/APP-2")["fields"]["resolutiondate"] == "2026-01-15T09:00:00.000+0000"


def test_what_does_not_exist_yet_or_any_more_is_not_found(site):
    site.ask("issue/203", status=404)
    site.sandbox.now = at(24)
    assert site.ask("issue/203")["key"] == "OPS-3"
    site.sandbox.now = at(1)
    site.ask("issue/101", status=404)
    assert site.found("project in (APP, OPS)") == []


def test_a_moved_issue_answers_to_both_keys(site):
    assert site.ask("issue/OPS-2")["key"] == "APP-5"
    assert site.ask("issue/APP-5")["fields"]["project"]["key"] == "APP"
    site.sandbox.now = at(19)
    assert site.ask("issue/202")["key"] == "OPS-2"


def test_updated_is_the_last_change_so_far(site):
    site.sandbox.now = at(12, 11)
    assert site.ask("issue/APP-2")["fields"]["updated"] == "2026-01-12T09:00:00.000+0000"


def test_relations_are_shown_from_both_ends(site):
    bug, task = (site.ask(f"issue/{key}")["fields"]["issuelinks"][0] for key in ("APP-4", "OPS-1"))
    assert bug["inwardIssue"]["key"] == "OPS-1"
    assert task["outwardIssue"]["key"] == "APP-4"
    assert bug["id"] == task["id"]
    assert site.ask("issue/APP-2")["fields"]["subtasks"][0]["key"] == "APP-3"
    assert site.ask("issue/APP-3")["fields"]["parent"]["key"] == "APP-2"


def test_an_epic_is_a_parent_on_cloud_and_a_link_on_data_center(cloud, data_center):
    assert cloud.ask("issue/APP-2")["fields"]["parent"]["key"] == "APP-1"
    fields = data_center.ask("issue/APP-2")["fields"]
    assert "parent" not in fields
    assert fields["customfield_10101"] == "APP-1"


def items(site, key):
    """(field, from, fromString, to, toString) of each change of an issue, oldest first."""
    found = site.ask(f"issue/{key}", expand="changelog")["changelog"]["histories"]
    return [
        (item["field"], item["from"], item["fromString"], item["to"], item["toString"])
        for history in reversed(found)
        for item in history["items"]
    ]


def test_changes_carry_ids_and_texts(cloud):
    assert items(cloud, "APP-2") == [
        ("Sprint", "", "", "1", "Sprint 1"),
        ("status", "10000", "To Do", "3", "In Progress"),
        ("assignee", None, None, "acc-ben", "Ben Okri"),
        ("Sprint", "1", "Sprint 1", "1, 2", "Sprint 1, Sprint 2"),
        ("Story Points", None, "3", None, "5"),
        ("status", "3", "In Progress", "10002", "Done"),
        ("resolution", None, None, "10000", "Done"),
    ]
    assert items(cloud, "APP-5") == [
        ("project", "10001", "Operations", "10000", "Application"),
        ("Key", None, "OPS-2", None, "APP-5"),
    ]
    assert items(cloud, "APP-4")[:2] == [
        ("Link", None, None, "OPS-1", "This issue is blocked by OPS-1"),
        ("Flagged", "", "", "[10019]", "Impediment"),
    ]


def test_changes_saved_together_are_one_history(site):
    """Same author, same instant."""
    histories = site.ask("issue/APP-2", expand="changelog")["changelog"]["histories"]
    assert [len(history["items"]) for history in histories] == [2, 1, 1, 2, 1]


def test_lists_change_one_value_at_a_time(cloud):
    touch(cloud.issue("104"), at(28), "components", ["Training"])
    touch(cloud.issue("104"), at(29), "fix_versions", ["1.0", "1.1"])
    told = [item[::2] for item in items(cloud, "APP-4")[-3:]]
    assert [(field, old, new) for field, old, new in told] == [
        ("Component", "Serving", None),
        ("Component", None, "Training"),
        ("Fix Version", None, "1.1"),
    ]


def test_field_ids_of_changes_are_cloud_only(cloud, data_center):
    first = cloud.ask("issue/APP-2", expand="changelog")["changelog"]["histories"][0]["items"][0]
    assert first["fieldId"] == "status"
    assert "fieldId" not in data_center.ask("issue/APP-2", expand="changelog")["changelog"]["histories"][0]["items"][0]


def test_a_search_shows_the_newest_forty_histories_and_the_true_total(site):
    name = "search/jql" if site.version == "3" else "search"
    page = site.ask(name, jql="id = 104", fields="*all", expand="changelog")
    changelog = page["issues"][0]["changelog"]
    assert (len(changelog["histories"]), changelog["total"]) == (40, 60)
    assert changelog["histories"][0]["items"][0]["toString"] == "Bug, version 57"


def test_bulk_changelogs_have_epoch_moments_and_split_issues(cloud):
    cloud.behaviour.bulk_histories = 50
    first = cloud.ask("changelog/bulkfetch", body={"issueIdsOrKeys": ["104", "102"]})
    second = cloud.ask(
        "changelog/bulkfetch", body={"issueIdsOrKeys": ["104", "102"], "nextPageToken": first["nextPageToken"]}
    )
    assert [log["issueId"] for log in first["issueChangeLogs"]] == ["104"]
    assert [log["issueId"] for log in second["issueChangeLogs"]] == ["104", "102"]
    assert first["issueChangeLogs"][0]["changeHistories"][0]["created"] == int(at(8).timestamp() * 1000)
    assert "nextPageToken" not in second


def test_removed_and_foreign_addresses(cloud, data_center):
    """Cloud removed the old search; Data Center never had the new one nor anything in bulk."""
    assert (
        "migrate to the /rest/api/3/search/jql"
        in cloud.ask("search", jql="project = APP", status=410)["errorMessages"][0]
    )
    data_center.ask("search/jql", jql="project = APP", status=404)
    data_center.ask("issue/bulkfetch", body={"issueIdsOrKeys": ["101"]}, status=404)
    data_center.ask("changelog/bulkfetch", body={"issueIdsOrKeys": ["101"]}, status=404)
    data_center.ask("project/search", status=404)
    cloud.ask("nonsense", status=404)


def test_each_site_answers_in_its_own_versions_alone(cloud, data_center):
    """Cloud has 2 and 3, Data Center 2 and what it calls the latest."""
    for site, present in ((cloud, {"2", "3"}), (data_center, {"2", "latest"})):
        for site.version in ("1", "2", "3", "latest"):
            site.ask("field", status=200 if site.version in present else 404)


def test_only_the_token_is_let_in(site):
    site.headers = {}
    site.ask("field", status=401)
    site.headers = {"Authorization": "Bearer wrong"}
    assert "authenticated" in site.ask("field", status=401)["errorMessages"][0]
    site.headers = {"Authorization": "Basic nonsense"}
    site.ask("field", status=401)


def test_any_token_is_let_in_where_none_is_set(site):
    site.behaviour.token = None
    site.headers = {"Authorization": "Bearer anything"}
    site.ask("field")
    site.headers = {"Authorization": "Bearer "}
    site.ask("field", status=401)


def test_basic_authentication_is_for_cloud(cloud, data_center):
    data_center.headers = cloud.headers
    data_center.ask("field", status=401)


def test_a_page_token_belongs_to_its_query(cloud):
    cloud.behaviour.page_limit = 2
    token = cloud.ask("search/jql", jql="project = APP", fields="*all")["nextPageToken"]
    cloud.ask("search/jql", jql="project = OPS", fields="*all", nextPageToken=token, status=400)
    cloud.ask("search/jql", jql="project = APP", fields="*all", nextPageToken="rubbish", status=400)
    cloud.behaviour.expired_tokens.add(token)
    cloud.ask("search/jql", jql="project = APP", fields="*all", nextPageToken=token, status=400)


def test_cloud_returns_ids_alone_unless_asked_for_more(cloud):
    assert cloud.ask("search/jql", jql="id = 101")["issues"] == [{"id": "101"}]
    issue = cloud.ask("search/jql", body={"jql": "id = 101", "fields": ["summary", "status"]})["issues"][0]
    assert set(issue["fields"]) == {"summary", "status"}
    issue = cloud.ask("search/jql", body={"jql": "id = 101", "fields": ["*all", "-comment"]})["issues"][0]
    assert "comment" not in issue["fields"]
    assert "customfield_10020" in issue["fields"]


def test_sprints_pass_through_their_states(site):
    def states():
        return [sprint["state"] for sprint in site.ask("agile/1.0/board/1/sprint")["values"]]

    site.sandbox.now = at(4)
    assert states() == ["future"]
    site.sandbox.now = at(11)
    assert states() == ["active", "future"]
    site.sandbox.now = NOW
    assert states() == ["closed", "active", "future"]
    assert site.ask("agile/1.0/board/2/sprint", status=400)["errorMessages"] == ["The board does not support sprints"]


def test_a_version_is_released_when_it_is(site):
    def released():
        return {version["name"]: version["released"] for version in site.ask("project/APP/version")["values"]}

    site.sandbox.now = at(29)
    assert released() == {"1.0": False, "1.1": False}
    site.sandbox.now = NOW
    assert released() == {"1.0": True, "1.1": False}


def test_worklogs_show_in_their_feeds_by_id_and_in_their_issue(site):
    """A deleted one is in the feed of deletions alone; what was logged within the last minute is in neither yet."""
    assert [value["worklogId"] for value in site.ask("worklog/updated", since=5)["values"]] == [901, 902]
    assert [value["worklogId"] for value in site.ask("worklog/deleted", since=5)["values"]] == [903]
    assert [log["timeSpentSeconds"] for log in site.ask("worklog/list", body={"ids": [901, 903]})] == [7200]
    assert site.ask("issue/APP-2")["fields"]["worklog"]["total"] == 2
    site.sandbox.now = at(14)
    assert site.ask("worklog/updated", since=5)["values"] == [
        {"worklogId": 903, "updatedTime": 1767949200000, "properties": []}
    ]
    assert site.ask("worklog/deleted", since=5)["values"] == []


@pytest.mark.parametrize("deployment", ["Cloud", "Server"])
def test_every_changelog_of_the_story_is_a_chain(deployment):
    """What a field is changed from is what it was changed to before, and the last value is the one shown."""
    program = tell(datetime(2026, 11, 24, 6, tzinfo=UTC))
    sandbox = Sandbox(program, program.now)
    site = Site(sandbox, deployment, jira.Behaviour(), root="http://jira.example")
    view = site.now()
    for shown in view.by_id.values():
        standing = defaultdict(lambda: None)
        for history in histories(site, shown.issue, shown.at):
            for item in history["items"]:
                if item["field"] in ("status", "assignee", "Sprint", "priority", "resolution"):
                    before = standing[item["field"]]
                    assert before is None or before == item["from"]
                    standing[item["field"]] = item["to"]
        if standing["status"]:
            assert standing["status"] == site_status(site, view, shown)


def site_status(site, view, shown):
    """The id of the status that the issue itself shows."""
    return issue(site, view, shown, fields=["status"])["fields"]["status"]["id"]


def test_edits_at_the_present_moment_are_shown_at_once(site):
    touch(site.issue("101"), NOW, "summary", "Just now")
    assert site.ask("issue/101")["fields"]["summary"] == "Just now"
    touch(site.issue("101"), NOW + timedelta(hours=1), "summary", "Not yet")
    assert site.ask("issue/101")["fields"]["summary"] == "Just now"
