"""DORA: what counts as a deployment, a change and an incident, for whom, and that the evidence gives every figure again."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.warehouse.dbt_delivery.proof import figures_of, proved


def test_every_step_of_the_evidence_belongs_to_a_row_of_figures(raw, warehouse):
    """What has steps has figures, also a month in which nothing but an incident was resolved."""
    raw.issue(1, "2026-01-10 00:00", ("2026-02-02 00:00", "status", "To Do", "Done"), kind="Incident")
    raw.pull_request(1, "2026-03-02 00:00", merged="2026-03-02 12:00")
    warehouse.run(raw, "dora_monthly", "dora_evidence")
    assert (
        warehouse.rows(
            """select * from marts.dora_evidence anti join marts.dora_monthly using (scope_kind, scope_id, month_date)"""
        )
        == []
    )
    assert proved(warehouse) == figures_of(warehouse)
    assert figures_of(warehouse)["program", "program", date(2026, 2, 1)]["recovered_count"] == 1


def test_the_four_figures_can_be_proved_step_by_step(raw, warehouse):
    """Two deployments, one followed by a revert within the window, one younger than it."""
    raw.pull_request(1, "2026-03-02 00:00", commits=("2026-03-01 00:00",), merged="2026-03-02 12:00")
    raw.pull_request(2, "2026-03-04 00:00", title='Revert "Change 1"', merged="2026-03-04 01:00")
    raw.pull_request(3, "2026-03-27 00:00", commits=("2026-03-26 00:00",), merged="2026-03-27 12:00")
    raw.deployment(1, "merge-1", ("2026-03-03 00:00", "SUCCESS"))
    raw.deployment(2, "merge-2", ("2026-03-04 02:00", "SUCCESS"))
    raw.deployment(3, "merge-3", ("2026-03-28 00:00", "SUCCESS"))
    warehouse.run(raw, "dora_monthly", "dora_evidence", "incidents")
    figures = warehouse.row("from marts.dora_monthly where scope_kind = 'program'")
    assert (figures["deployment_count"], figures["judged_count"], figures["change_failure_share"]) == (3, 2, 0.5)
    assert (figures["lead_time_for_changes_p50_hours"], figures["change_count"]) == (48, 2)
    assert (figures["recovery_p50_hours"], figures["recovery_band"]) == (2, "high")
    assert warehouse.rows(
        "select metric, step, deployment_id from marts.dora_evidence where scope_kind = 'program' and metric = 'change_failure' order by step_rank"
    ) == [
        ("change_failure", "an incident followed", "acme:DE_1"),
        ("change_failure", "no incident followed", "acme:DE_2"),
        ("change_failure", "left out: younger than the window", "acme:DE_3"),
    ]
    assert proved(warehouse) == figures_of(warehouse)


def test_a_repository_without_deployments_counts_releases_then_merges(raw, warehouse):
    """Each repository counts by one source; a merge that stands for a deployment gives no deploy time."""
    raw.repository(2, "acme/lib")
    raw.pull_request(1, "2026-03-02 00:00", commits=("2026-03-01 00:00",), merged="2026-03-02 12:00")
    raw.pull_request(2, "2026-03-02 00:00", merged="2026-03-02 12:00", repository=2)
    raw.release(1, "merge-2", "2026-03-03 12:00", repository=2)
    warehouse.run(raw, "deployments", "pull_requests", "dora_monthly")
    assert warehouse.rows("select deployment_source, repository_id from marts.deployments order by all") == [
        ("merges", "acme:1"),
        ("releases", "acme:2"),
    ]
    assert warehouse.rows("select number, deploy_hours from marts.pull_requests order by 1") == [(1, None), (2, 24)]


@pytest.mark.parametrize("source", ["deployments", "releases", "merges"])
def test_the_setting_fixes_what_counts_as_a_deployment(raw, warehouse, source):
    """For every repository; deployments to production that do not count are no longer told, those to other places are."""
    raw.pull_request(1, "2026-03-02 00:00", merged="2026-03-02 12:00")
    raw.release(1, "merge-1", "2026-03-03 12:00")
    raw.deployment(1, "merge-1", ("2026-03-03 13:00", "SUCCESS"))
    raw.deployment(2, "merge-1", ("2026-03-03 12:30", "SUCCESS"), environment="staging")
    with warehouse.told(deployment_source=source):
        warehouse.run(raw, "deployments", "dora_monthly")
        assert warehouse.rows("select deployment_source, is_production from marts.deployments order by all") == sorted(
            [("deployments", False), (source, True)]
        )
        query = "select deployment_source, deployment_count from marts.dora_monthly where scope_kind = 'program'"
        assert warehouse.rows(query) == [(source, 1)]


def test_failed_deployments_repeated_commits_and_rollbacks(raw, warehouse):
    """A failed one counts for nothing; one commit deployed twice counts twice, its changes once; a rollback brings no change."""
    raw.pull_request(1, "2026-03-02 00:00", commits=("2026-03-01 00:00",), merged="2026-03-02 01:00")
    raw.pull_request(2, "2026-03-03 00:00", commits=("2026-03-02 00:00",), merged="2026-03-03 01:00")
    raw.deployment(1, "merge-1", ("2026-03-02 02:00", "FAILURE"))
    raw.deployment(2, "merge-1", ("2026-03-02 06:00", "SUCCESS"), environment="prod-eu")
    raw.deployment(3, "merge-1", ("2026-03-02 07:00", "SUCCESS"), environment="prod-us")
    raw.deployment(4, "merge-2", ("2026-03-03 02:00", "SUCCESS"), environment="prod-eu")
    raw.deployment(5, "merge-1", ("2026-03-03 03:00", "SUCCESS"), environment="prod-eu")  # back again
    raw.deployment(6, "merge-2", ("2026-03-30 03:00", "IN_PROGRESS"))
    warehouse.run(raw, "dora_monthly", "dora_evidence")
    assert warehouse.rows(
        """select step, deployment_id from marts.dora_evidence
        where scope_kind = 'repository' and metric = 'deployment_frequency' order by step_rank"""
    ) == [
        ("left out: it failed", "acme:DE_1"),
        ("deployed to production", "acme:DE_2"),
        ("deployed to production", "acme:DE_3"),
        ("deployed to production", "acme:DE_4"),
        ("deployed to production", "acme:DE_5"),
        ("left out: still under way", "acme:DE_6"),
    ]
    assert warehouse.rows(
        """select pull_request_id, deployment_id, hours from marts.dora_evidence
        where scope_kind = 'repository' and metric = 'lead_time_for_changes' order by step_rank"""
    ) == [("acme:PR_1_1", "acme:DE_2", 30), ("acme:PR_1_2", "acme:DE_4", 26)]
    figures = figures_of(warehouse)["repository", "acme/app", date(2026, 3, 1)]
    assert (figures["deployment_count"], figures["deployment_days"], figures["judged_count"]) == (4, 2, 4)
    assert figures["lead_time_for_changes_p50_hours"] == 28
    assert proved(warehouse) == figures_of(warehouse)


def test_incidents_come_from_jira_github_and_reverts_by_the_rules(raw, warehouse):
    """By type, by label and by revert; what was closed as a duplicate or has another label is none."""
    raw.pull_request(1, "2026-03-02 00:00", merged="2026-03-02 01:00")
    raw.deployment(1, "merge-1", ("2026-03-02 02:00", "SUCCESS"))
    raw.issue(1, "2026-03-02 04:00", ("2026-03-02 08:00", "status", "To Do", "Done"), kind="Incident")
    raw.issue(2, "2026-03-02 05:00", kind="Bug", labels=["Incident"], components=[{"name": "app"}])
    raw.issue(3, "2026-03-02 05:00", kind="Bug", labels=["flaky"])
    raw.github_issue(1, "2026-03-02 06:00", "2026-03-02 09:00", "bug", "incident")
    raw.github_issue(2, "2026-03-02 06:00", "2026-03-02 09:00", "incident", stateReason="DUPLICATE")
    raw.github_issue(3, "2026-03-02 06:00", "2026-03-02 09:00", "incident", stateReason="NOT_PLANNED")
    raw.github_issue(4, "2026-03-02 06:00", None, "question")
    raw.github_issue(5, "2026-03-20 06:00", None, "incident")  # long after the deployment
    raw.pull_request(2, "2026-03-02 10:00", headRefName="revert-1-change-1", merged="2026-03-02 11:00")
    warehouse.run(raw, "incidents", "dora_monthly", "dora_evidence")
    assert warehouse.rows(
        "select kind, incident_id, deployment_id, recovery_hours from marts.incidents order by 1, 2"
    ) == [
        ("github issue", "acme:I_1", "acme:DE_1", 3),
        ("github issue", "acme:I_5", None, None),
        ("issue", "acme:P1", None, 4),  # nothing says which repository it is about
        ("issue", "acme:P2", "acme:DE_1", None),
        ("revert", "acme:PR_1_2", "acme:DE_1", 1),
    ]
    assert warehouse.rows(
        """select step, incident_id from marts.dora_evidence
        where scope_kind = 'program' and metric = 'change_failure' order by step_rank"""
    ) == [
        ("an incident followed", "acme:P2"),
        ("left out: no deployment within the window before the incident", "acme:P1"),
        ("left out: no deployment within the window before the incident", "acme:I_5"),
    ]
    assert warehouse.rows(
        """select step, incident_id, hours from marts.dora_evidence
        where scope_kind = 'program' and metric = 'recovery' order by incident_id"""
    ) == [
        ("opened to resolved", "acme:I_1", 3),
        ("left out: still open", "acme:I_5", None),
        ("opened to resolved", "acme:P1", 4),
        ("left out: still open", "acme:P2", None),
        ("opened to resolved", "acme:PR_1_2", 1),
    ]
    # The repository answers for what is held against its deployment alone.
    assert figures_of(warehouse)["repository", "acme/app", date(2026, 3, 1)]["recovered_count"] == 2
    assert proved(warehouse) == figures_of(warehouse)


def test_a_rule_that_is_deleted_counts_no_longer(raw, warehouse):
    """The setting is a row of the seed."""
    raw.github_issue(1, "2026-03-02 06:00", None, "incident")
    with warehouse.otherwise():
        warehouse.connection.execute("delete from rules.incident_rules where kind = 'github_label'")
        warehouse.run(raw, "incidents")
        assert warehouse.rows("from marts.incidents") == []


@pytest.mark.parametrize(
    ("rules", "incidents"),
    [
        ({}, ["acme:I_1", "acme:P1"]),
        ({"github_label": ["Sev-1"]}, ["acme:I_2", "acme:P1"]),
        ({"github_label": [], "issue_type": ["bug"]}, ["acme:P2"]),
    ],
)
def test_a_kind_that_the_settings_name_counts_as_they_say(raw, warehouse, rules, incidents):
    """Of the other kinds the rows of the seed count; what is named in any case counts."""
    raw.github_issue(1, "2026-03-02 06:00", None, "incident")
    raw.github_issue(2, "2026-03-02 06:00", None, "sev-1")
    for number, kind in ((1, "Incident"), (2, "Bug")):
        raw.issue(number, "2026-03-02 06:00", kind=kind)
    with warehouse.told(incident_rules=json.dumps(rules)):
        warehouse.run(raw, "incidents")
        found = warehouse.rows("select incident_id from marts.incidents order by all")
    assert [incident for (incident,) in found] == incidents


def test_teams_answer_for_what_their_people_brought_to_production(raw, warehouse):
    """A deployment counts for each team whose changes it brought; one that brought none, for the team that owns the repository."""
    raw.sheet(
        "people",
        {"name": "Ann", "email": "ann@acme.example", "github": "ann", "team": "Core"},
        {"name": "Bob", "email": "bob@acme.example", "github": "bob", "team": "Data"},
        {"name": "Eve", "email": "eve@acme.example", "team": "Platform"},
    )
    raw.sheet(
        "roadmap",
        {"initiative_id": "I1", "initiative": "Checkout", "owner": "eve@acme.example", "repositories": ["acme/app"]},
    )
    day = "2026-03-0"
    raw.pull_request(1, f"{day}2 00:00", commits=(f"{day}1 00:00",), merged=f"{day}2 01:00", author="ann")
    raw.pull_request(2, f"{day}2 00:00", commits=(f"{day}1 12:00",), merged=f"{day}2 02:00", author="bob")
    raw.pull_request(3, f"{day}3 00:00", commits=(f"{day}2 12:00",), merged=f"{day}3 02:00", author="stranger")
    raw.deployment(1, "merge-2", (f"{day}2 12:00", "SUCCESS"))
    raw.deployment(2, "merge-3", (f"{day}3 12:00", "SUCCESS"))
    raw.deployment(3, "merge-1", (f"{day}4 12:00", "SUCCESS"))  # a rollback
    raw.github_issue(1, f"{day}2 18:00", f"{day}2 20:00", "incident")
    warehouse.run(raw, "dora_monthly", "dora_evidence")
    columns = (
        "deployment_count, lead_time_for_changes_p50_hours, change_count, change_failure_share, recovery_p50_hours"
    )
    assert warehouse.rows(
        f"select scope_id, {columns} from marts.dora_monthly where scope_kind = 'team' order by 1"
    ) == [
        ("Core", 1, 36, 1, 1, 2),
        ("Data", 1, 24, 1, 1, 2),
        ("Platform", 2, 24, 1, 0, None),
    ]
    assert proved(warehouse) == figures_of(warehouse)


def test_every_band_has_its_limits_in_the_seed(warehouse):
    """Each metric's bands cover all values from zero on without a gap or an overlap."""
    gaps = warehouse.rows(
        """select metric, band from (
            select *, lead(from_value) over (partition by metric order by from_value) as next_value,
            row_number() over (partition by metric order by from_value) as place from rules.dora_bands
        ) where next_value is distinct from below_value or (place = 1 and from_value <> 0)"""
    )
    assert gaps == []
    assert warehouse.rows("select metric, count(*) from rules.dora_bands group by 1 having count(*) <> 4") == []
