"""What `hub check` says of a Jira site: reachability, account, projects, the custom fields found, boards."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.jira import lists
from connectors.jira.client import JiraClient
from connectors.jira.custom_fields import CustomFields, discover
from connectors.jira.failures import FAILURES, source_error
from connectors.jira.window import begin, count
from connectors.stream import Finding, Record, SourceError

_NO_SOFTWARE = (
    "Without Jira Software access there are no sprints and no estimation field: grant it if the program uses boards."
)


def check(client: JiraClient) -> Iterator[Finding]:
    """Findings in the order in which they are looked for; the first failure ends the list."""
    name = f"jira {client.settings.name!r}"
    try:
        yield from _findings(client, name)
    except FAILURES as error:
        failure = source_error(client.settings, "check", error)
        yield Finding("error", name, failure.cause, failure.remedy)
    except SourceError as error:
        yield Finding("error", name, error.cause, error.remedy)


def _findings(client: JiraClient, name: str) -> Iterator[Finding]:
    kind = "Jira Cloud" if client.is_cloud else "Jira Data Center"
    yield Finding("ok", name, f"{client.settings.url} is {kind} {client.server_info.get('version', '')}".rstrip())
    if client.is_cloud and not client.settings.email:
        yield Finding(
            "warning",
            name,
            "a Cloud site without email in the settings",
            "Set email beside token, unless the token is an OAuth one.",
        )
    yield from _account(client, name)
    yield from _projects(client, name)
    if client.projects:
        yield _issues(client, name)
    boards = [record for page in lists.boards(client, None) for record in page.records]
    yield from _overrides(client, name)
    found = discover(client.fields, boards, client.settings.fields)
    yield from _fields(found, name)
    if boards:
        yield Finding(
            "ok", name, f"{len(boards)} boards: " + ", ".join(str(board.get("name")) for board in boards[:10])
        )
    else:
        yield Finding("warning", name, "no board is visible", _NO_SOFTWARE)


def _account(client: JiraClient, name: str) -> Iterator[Finding]:
    account: Record = client.get("myself")
    who = account.get("displayName") or account.get("name") or "an unnamed account"
    yield Finding("ok", name, f"reads as {who}, time zone {account.get('timeZone', 'unknown')}")
    if not account.get("emailAddress"):
        yield Finding(
            "warning",
            name,
            "e-mail addresses are hidden from this account, so people are matched by name and by the sheet tab people",
            "List everybody in the tab people, or let the account see e-mail addresses.",
        )


def _projects(client: JiraClient, name: str) -> Iterator[Finding]:
    seen = ", ".join(project["key"] for project in client.projects)
    if seen:
        yield Finding("ok", name, f"sees the projects {seen}")
    else:
        yield Finding(
            "error", name, "sees none of its projects", "Check projects in the settings and grant Browse Projects."
        )
    if client.missing_projects:
        missing = ", ".join(client.missing_projects)
        yield Finding(
            "error",
            name,
            f"does not see {missing}",
            "Correct the keys in the settings, or grant Browse Projects there.",
        )
    if not client.settings.projects:
        yield Finding(
            "warning",
            name,
            "no projects are named in the settings: all visible ones are read and deleted issues cannot be told from hidden ones",
            "Name the projects.",
        )


def _issues(client: JiraClient, name: str) -> Finding:
    found = count(client, begin(client, None).clauses())
    narrowed = " under the setting jql" if client.settings.jql else ""
    if found:
        return Finding("ok", name, f"about {found:,} issues{narrowed}")
    return Finding("warning", name, f"no issue{narrowed}", "Check jql, and issue security levels of the account.")


def _overrides(client: JiraClient, name: str) -> Iterator[Finding]:
    known = {field["id"] for field in client.fields}
    for role, field_id in client.settings.fields.items():
        if field_id in known:
            yield Finding("ok", name, f"{role} is {field_id} by the settings")
        else:
            text = f"{role} should be {field_id}, which is no field of this site"
            yield Finding("error", name, text, "Correct fields of this instance in the settings.")


def _fields(found: CustomFields, name: str) -> Iterator[Finding]:
    for what, field_id in (
        ("sprint", found.sprint),
        ("epic link", found.epic_link),
        ("team", found.team),
        ("flagged", found.flagged),
    ):
        if field_id:
            yield Finding("ok", name, f"{what} is {field_id}")
        else:
            yield Finding(
                "warning", name, f"no {what} field", f"If the site has one, what depends on {what} stays unknown."
            )
    points = ", ".join(found.story_points)
    if len(found.story_points) == 1:
        yield Finding("ok", name, f"story points are {points}")
    elif points:
        yield Finding(
            "warning",
            name,
            f"several story-point fields, taken in this order: {points}",
            "Keep one per project where you can.",
        )
    else:
        yield Finding("warning", name, "no story-point field", "Points stay unknown; flow metrics count issues.")
