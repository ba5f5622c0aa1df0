"""Epics in projects that nobody asked for are read with the issues that hang on them, and kept up to date."""

from __future__ import annotations

from datetime import timedelta

from connectors.jira import STREAMS
from tests.connectors.jira.small_program import NOW, new_issue, touch

ISSUES = next(stream for stream in STREAMS if stream.name == "issues")


def read(site, cursor=None):
    """Only OPS is asked for: the issues of a read by id, and its last cursor."""
    pages = list(ISSUES.read(site.client(projects=("OPS",)), cursor))
    return {one["id"]: one for page in pages for one in page.records}, pages[-1].cursor


def hang(site):
    """OPS-1 hangs on the epic APP-1."""
    touch(site.issue("201"), NOW - timedelta(days=1), "epic", "101")


def test_an_epic_elsewhere_comes_whole_with_its_changelog(site):
    """And nothing else of its project."""
    hang(site)
    touch(site.issue("101"), NOW - timedelta(days=2), "status", "In Progress")
    found, cursor = read(site)
    assert {one["key"] for one in found.values()} == {"OPS-1", "APP-1"}
    assert found["101"]["fields"]["status"]["name"] == "In Progress"
    assert len(found["101"]["changelog"]["histories"]) == 1
    assert cursor["outside"] == ["101"]


def test_it_is_read_again_though_no_issue_inside_changed(site):
    hang(site)
    _, cursor = read(site)
    site.sandbox.now = NOW + timedelta(hours=2)
    touch(site.issue("101"), NOW + timedelta(hours=1), "summary", "Renamed")
    found, cursor = read(site, cursor)
    assert {one: record["fields"]["summary"] for one, record in found.items()} == {"101": "Renamed"}
    assert cursor["outside"] == ["101"]


def test_what_stands_above_it_comes_too(cloud):
    """An initiative in a third project."""
    hang(cloud)
    cloud.sandbox.program.jira_projects.append(type(cloud.sandbox.program.jira_projects[0])(
        "10002", "TOP", "Portfolio", cloud.sandbox.program.people[0], 3, "kanban"))  # fmt: skip
    cloud.sandbox.program.issues.append(new_issue(401, "TOP-1", "Epic", NOW - timedelta(days=30)))
    touch(cloud.issue("101"), NOW - timedelta(days=2), "parent", "401")
    assert set(read(cloud)[0]) == {"201", "101", "401"}


def test_one_that_is_hidden_stays_known_and_is_never_gone(site):
    """Nobody can say whether it was deleted or its project lost."""
    hang(site)
    _, cursor = read(site)
    site.behaviour.hidden_projects = {"APP"}
    found, later = read(site, cursor)
    assert found == {}
    assert later["outside"] == ["101"]
    census = ISSUES.census(
        site.client(projects=("OPS",)), {"101", "201"}, later | {"missed": {"101": "2020-01-01T00:00:00+00:00"}}
    )
    assert census.gone == frozenset()


def test_nothing_is_outside_where_no_project_is_named(site):
    hang(site)
    pages = list(ISSUES.read(site.client(projects=()), None))
    assert "outside" not in pages[-1].cursor


def test_the_count_of_comments_lands_with_the_issue(site):
    """The text of each is there too, as the site sends it."""
    pages = list(ISSUES.read(site.client(), None))
    totals = {one["id"]: one["fields"]["comment"]["total"] for page in pages for one in page.records}
    assert totals["102"] == 1
    assert totals["101"] == 0
