"""The small lists are read whole, across pages, and bear projects that vanish and boards that do not have what others have."""

from __future__ import annotations

import re

import pytest

from connectors.jira import STREAMS
from connectors.sandbox.program import Version
from connectors.stream import Deletions, SourceError
from tests.connectors.jira.small_program import at

BY_NAME = {stream.name: stream for stream in STREAMS}


def pages(client, name):
    return list(BY_NAME[name].read(client, None))


def records(client, name):
    """All records of a stream by key."""
    stream = BY_NAME[name]
    return {stream.key(record): record for page in pages(client, name) for record in page.records}


def test_the_streams_are_those_of_the_contract():
    assert {name for name, stream in BY_NAME.items() if stream.deletions is Deletions.CENSUS} == {"issues", "worklogs"}
    assert {name for name, stream in BY_NAME.items() if stream.deletions is Deletions.FULL_READ} == {
        "fields",
        "field_roles",
        "statuses",
        "issue_types",
        "priorities",
        "link_types",
        "projects",
        "versions",
        "boards",
        "sprints",
    }


def test_types_priorities_and_link_types_are_those_of_the_site(site):
    """One call each; a link type says how it reads from either end."""
    client = site.client()
    list(BY_NAME["fields"].read(client, None))
    calls = client.calls
    assert records(client, "issue_types")["10005"]["name"] == "Incident"
    assert records(client, "priorities")["2"]["name"] == "High"
    assert records(client, "link_types")["10000"]["inward"] == "is blocked by"
    assert client.calls == calls + 3


def test_overrides_of_fields_land_as_they_stand_in_the_settings(site):
    """One record per role, so that an override that is removed is a change like any other. It costs no call."""
    client = site.client(fields={"story_points": "customfield_10500"})
    found = records(client, "field_roles")
    assert found["story_points"]["field_id"] == "customfield_10500"
    assert {role for role, record in found.items() if record["field_id"] is None} == {
        "sprint",
        "epic_link",
        "team",
        "flagged",
    }
    assert client.calls == 0


def test_statuses_carry_their_category(site):
    assert records(site.client(), "statuses")["3"]["statusCategory"]["key"] == "indeterminate"


def test_projects_are_those_of_the_settings(site):
    assert {record["key"] for record in records(site.client(projects=("OPS",)), "projects").values()} == {"OPS"}
    assert {record["key"] for record in records(site.client(projects=()), "projects").values()} == {"APP", "OPS"}


def test_versions_are_read_across_pages(site):
    """The list without pages would be cut off by some sites without a word."""
    site.sandbox.program.versions += [
        Version(str(600 + n), "APP", f"2.{n}", "", at(3), None, None, None) for n in range(120)
    ]
    found = records(site.client(), "versions")
    assert len(found) == 122
    assert found["501"]["released"] is True
    assert found["501"]["projectId"] == 10000
    assert found["502"]["released"] is False


def test_boards_carry_their_configuration(site):
    found = records(site.client(), "boards")
    estimation = found["1"]["configuration"]["estimation"]["field"]["fieldId"]
    assert estimation == ("customfield_10026" if site.settings.email else "customfield_10106")
    assert "estimation" not in found["2"]["configuration"]


@pytest.mark.parametrize("status", [403, 404])
def test_a_board_whose_configuration_is_private_is_still_shown(site, status, caplog):
    site.fail("board/2/configuration", status=status)
    found = records(site.client(), "boards")
    assert "configuration" in found["1"]
    assert "configuration" not in found["2"]
    assert "its configuration is not visible" in caplog.text


def test_sprints_come_once_and_a_board_without_them_costs_nothing(site):
    """A kanban board answers 400."""
    found = records(site.client(), "sprints")
    assert {key: record["state"] for key, record in found.items()} == {"1": "closed", "2": "active", "3": "future"}
    assert {record["originBoardId"] for record in found.values()} == {1}


@pytest.mark.parametrize("name", ["boards", "sprints"])
@pytest.mark.parametrize("status", [403, 404])
def test_without_jira_software_there_is_no_page_at_all(site, name, status, caplog):
    """So that what landed before stays."""
    site.fail("agile", times=50, status=status)
    assert pages(site.client(), name) == []
    assert "no Jira Software access" in caplog.text


@pytest.mark.parametrize("name", ["versions", "boards", "sprints"])
def test_a_lost_project_takes_none_of_its_records_with_it(site, name):
    """The read says that it is partial: what is absent from it is not deleted."""
    site.behaviour.hidden_projects = {"OPS"}
    assert [page.is_partial for page in pages(site.client(), name)] == [True]
    site.behaviour.hidden_projects = set()
    assert [page.is_partial for page in pages(site.client(), name)] == [False]


@pytest.mark.parametrize("name", ["boards", "sprints"])
def test_a_server_error_is_an_error_not_an_empty_list(site, name):
    site.fail("agile", times=50, status=500)
    with pytest.raises(SourceError):
        pages(site.client(), name)


def test_boards_and_projects_are_listed_once_for_all_streams(site):
    """At most one pass over each list in a run."""
    client = site.client()
    for name in BY_NAME:
        pages(client, name)
    requests = site.sandbox.requests
    assert len([line for line in requests if line.startswith("GET /rest/agile/1.0/board?")]) == 2
    assert len([line for line in requests if "/project/search" in line or "/project?" in line]) == 1


def claimed(calls: str, counts: dict[str, int]) -> int:
    """How many calls a stream's text comes to: "5: ..." is 5, "1 per project, 1 per board" one for each of both."""
    if total := re.match(r"(\d+):", calls):
        return int(total[1])
    parts = [re.match(r"(\d+)(?: per (\w+))?", part) for part in calls.split(", ")]
    return sum(int(part[1]) * counts.get(part[2], 1) for part in parts)


def test_a_run_without_changes_costs_what_each_stream_says(site):
    """All streams in a row with one client, as a sync reads them."""
    first, second = site.client(), site.client()
    cursors = {name: [page.cursor for page in stream.read(first, None)] for name, stream in BY_NAME.items()}
    made = {}
    for name, stream in BY_NAME.items():
        before = second.calls
        list(stream.read(second, (cursors[name] or [None])[-1]))
        made[name] = second.calls - before
    assert made == {name: claimed(stream.calls, {"project": 2, "board": 2}) for name, stream in BY_NAME.items()}
    assert sum(made.values()) < 20
