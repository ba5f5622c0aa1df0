"""The sandbox evaluates the queries it understands and refuses all others as Jira does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.connectors.jira.small_program import at


def ms(moment):
    return int(moment.timestamp() * 1000)


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = APP order by key", ["APP-1", "APP-2", "APP-3", "APP-4", "APP-5"]),
        ("project = app order by key desc", ["APP-5", "APP-4", "APP-3", "APP-2", "APP-1"]),
        ('project in ("OPS", 10000) and type in (Task, Epic) order by created', ["APP-1", "OPS-1", "APP-5"]),
        ("project != APP", ["OPS-1"]),
        ("project not in (APP)", ["OPS-1"]),
        ("not project = APP", ["OPS-1"]),
        ('status = "In Progress" or status = Done', ["APP-2"]),
        ("labels = churn", ["APP-2"]),
        ("key in (APP-5, OPS-1) order by id", ["OPS-1", "APP-5"]),
        ("id = 202", ["APP-5"]),
        (f"updated >= {ms(at(15))} order by updated", ["APP-2", "APP-5"]),
        (f"created >= {ms(at(4))} and created < {ms(at(10))} order by created asc, key asc", ["APP-3", "APP-4"]),
        ("(project = OPS or type = Bug) and priority_free != x", None),
    ],
)
def test_queries_are_evaluated(site, jql, keys):
    if keys is None:
        name = "search/jql" if site.version == "3" else "search"
        assert "does not exist" in site.ask(name, jql=jql, status=400)["errorMessages"][0]
    else:
        assert site.found(jql) == keys


def test_dates_as_text_are_read_in_the_accounts_zone(site):
    """APP-3 was created at 9:00 UTC: 10:00 in Berlin, 1:00 in Los Angeles."""
    assert site.found('project = APP and created >= "2026-01-04 10:00" and created <= "2026-01-04 10:00"') == ["APP-3"]
    site.behaviour.timezone = "America/Los_Angeles"
    assert site.found('project = APP and created >= "2026-01-04 01:00" and created <= "2026-01-04 01:00"') == ["APP-3"]


@pytest.mark.parametrize(
    ("jql", "says"),
    [
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'"),
        ("colour = blue", "Field 'colour' does not exist"),
        ("assignee = currentUser()", "function 'currentUser'"),
        ("project = APP order by rank", "Not able to sort"),
        ("project = APP and", "end of the query"),
        ("project = APP)", "Expecting end of query"),
        ("project in (APP", "Expecting ')'"),
        ("project ~ APP", "operator '~'"),
        ("updated >= tomorrow", "Date value 'tomorrow'"),
        ("project = APP ordered", "Expecting end of query"),
        ("project = ! APP", "reserved JQL character"),
    ],
)
def test_everything_else_is_refused(site, jql, says):
    name = "search/jql" if site.version == "3" else "search"
    assert says in site.ask(name, jql=jql, status=400)["errorMessages"][0]


def test_cloud_refuses_a_query_without_a_restriction(cloud, data_center):
    assert "Unbounded" in cloud.ask("search/jql", jql="order by created", status=400)["errorMessages"][0]
    assert len(data_center.found("order by created")) == 6


def test_a_hidden_project_does_not_exist_for_queries(site):
    site.behaviour.hidden_projects = {"OPS"}
    name = "search/jql" if site.version == "3" else "search"
    assert "'OPS' does not exist" in site.ask(name, jql="project = OPS", status=400)["errorMessages"][0]


def test_the_index_lags_behind(site):
    """An issue created within the lag is not found, though it can be had by id."""
    site.behaviour.search_lag = timedelta(minutes=5)
    site.sandbox.now = at(7) + timedelta(minutes=2)
    assert "APP-4" not in site.found("project = APP")
    assert site.ask("issue/104")["key"] == "APP-4"
    site.sandbox.now += timedelta(minutes=5)
    assert "APP-4" in site.found("project = APP")
