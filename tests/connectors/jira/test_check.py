"""`hub check` tells what a site is, what the account sees of it, and what to do about the rest."""

from __future__ import annotations

import pytest

from connectors.jira import check
from connectors.jira.custom_fields import CustomFields, discover


def by_level(site, level, **changes):
    return " | ".join(finding.message for finding in check(site.client(**changes)) if finding.level == level)


def test_a_good_site_is_described(site):
    told = by_level(site, "ok")
    assert ("Jira Cloud" if site.settings.email else "Jira Data Center 9.12.8") in told
    assert "reads as Ada Byron, time zone Europe/Berlin" in told
    assert "sees the projects APP, OPS" in told
    assert "about 6 issues" in told
    assert "2 boards" in told
    assert by_level(site, "error") == ""


def test_two_story_point_fields_are_warned_of(cloud):
    assert "several story-point fields" in by_level(cloud, "warning")


def test_a_field_that_the_settings_name_is_taken_if_the_site_has_it(cloud):
    """It ends the warning about two story-point fields; a wrong id is an error."""
    assert "story points are customfield_10016" in by_level(cloud, "ok", fields={"story_points": "customfield_10016"})
    assert "several story-point fields" not in by_level(cloud, "warning", fields={"story_points": "customfield_10016"})
    assert by_level(cloud, "error", fields={"sprint": "customfield_1"}) == (
        "sprint should be customfield_1, which is no field of this site"
    )


def test_a_project_that_is_not_visible_is_an_error_with_a_remedy(site):
    findings = [finding for finding in check(site.client(projects=("APP", "NOPE"))) if finding.level == "error"]
    assert [finding.message for finding in findings] == ["does not see NOPE"]
    assert "Browse Projects" in findings[0].remedy


@pytest.mark.parametrize("jql", ["colour = blue", "type = Bug order by rank"])
def test_a_jql_that_cannot_be_used_is_an_error_with_a_remedy(site, jql):
    findings = [finding for finding in check(site.client(jql=jql)) if finding.level == "error"]
    assert len(findings) == 1
    assert findings[0].remedy


def test_a_jql_that_finds_nothing_is_warned_of(site):
    assert "no issue under the setting jql" in by_level(site, "warning", jql="type = Incident")


def test_no_project_in_the_settings_is_warned_of(site):
    assert "deleted issues cannot be told" in by_level(site, "warning", projects=())


def test_hidden_e_mail_addresses_are_warned_of(site):
    site.behaviour.shows_emails = False
    assert "e-mail addresses are hidden" in by_level(site, "warning")


def test_every_warning_and_error_has_a_remedy(site):
    site.behaviour.shows_emails = False
    site.fail("agile", times=50, status=403)
    findings = list(check(site.client(projects=("APP", "NOPE"))))
    assert any("no board is visible" in finding.message for finding in findings)
    assert all(finding.remedy for finding in findings if finding.level != "ok")


def field(number, name, custom, **more):
    return {"id": f"customfield_{number}", "name": name, "schema": {"type": "any", "custom": custom}, **more}


def test_fields_are_found_by_type_whatever_they_are_called():
    """Names are translated; general types are told apart by the untranslated name."""
    fields = [
        {"id": "summary", "name": "Zusammenfassung", "schema": {"type": "string", "system": "summary"}},
        {"id": "thumbnail", "name": "Bilder"},
        field(1, "Sprint (Team)", "com.pyxis.greenhopper.jira:gh-sprint"),
        field(2, "Epos", "com.pyxis.greenhopper.jira:gh-epic-link"),
        field(3, "Punkte", "com.atlassian.jira.plugin.system.customfieldtypes:float", untranslatedName="Story Points"),
        field(4, "Schätzung", "com.pyxis.greenhopper.jira:jsw-story-points"),
        field(5, "Kosten", "com.atlassian.jira.plugin.system.customfieldtypes:float"),
        field(
            6,
            "Markiert",
            "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes",
            untranslatedName="Flagged",
        ),
        field(7, "Team", "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team"),
    ]
    assert discover(fields) == CustomFields(
        sprint="customfield_1",
        story_points=("customfield_4", "customfield_3"),
        epic_link="customfield_2",
        team="customfield_7",
        flagged="customfield_6",
    )


def test_the_field_that_a_board_estimates_in_comes_first():
    fields = [
        field(3, "Story Points", "com.atlassian.jira.plugin.system.customfieldtypes:float"),
        field(4, "Story point estimate", "com.pyxis.greenhopper.jira:jsw-story-points"),
    ]
    boards = [
        {"configuration": {"estimation": {"field": {"fieldId": "customfield_3"}}}},
        {"configuration": {"estimation": {"field": {"fieldId": "timeoriginalestimate"}}}},
        {"configuration": {"estimation": {"type": "issueCount"}}},
        {},
    ]
    assert discover(fields, boards).story_points == ("customfield_3", "customfield_4")


def test_a_site_without_such_fields_has_none():
    assert discover([]) == CustomFields(sprint=None, story_points=(), epic_link=None, team=None, flagged=None)
