"""The small lists of Jira: fields, statuses, types, priorities, projects, versions, boards, sprints. Read whole each time.

No cursor in any of them: renaming a status, closing a sprint or releasing a version moves no issue's time stamp and
none of these lists has one of its own. Not here: issues (issues.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from connectors.jira.client import JiraClient, RefusedError
from connectors.jira.custom_fields import ROLES
from connectors.stream import Cursor, Page, Record

_log = logging.getLogger(__name__)


def fields(client: JiraClient, _cursor: Cursor | None) -> Iterator[Page]:
    """Every field with its type, custom ones too."""
    yield Page(client.fields, {})


def field_roles(client: JiraClient, _cursor: Cursor | None) -> Iterator[Page]:
    """Which custom field the setting `fields` names for each role: one record per role, `field_id` null where none is named.

    The one stream that the site does not know: it carries this instance's overrides to where fields are chosen (staging).
    """
    yield Page([{"id": role, "field_id": client.settings.fields.get(role)} for role in ROLES], {})


def statuses(client: JiraClient, _cursor: Cursor | None) -> Iterator[Page]:
    """Every status with its category."""
    yield Page(client.get("status"), {})


def issue_types(client: JiraClient, _cursor: Cursor | None) -> Iterator[Page]:
    """Every issue type that the account sees, with its level where the site is Cloud."""
    yield Page(client.get("issuetype"), {})


def priorities(client: JiraClient, _cursor: Cursor | None) -> Iterator[Page]:
    """Every priority, in the site's order."""
    yield Page(client.get("priority"), {})


def link_types(client: JiraClient, _cursor: Cursor | None) -> Iterator[Page]:
    """Every type of link between issues, with how it reads from either end."""
    yield Page(client.get("issueLinkType")["issueLinkTypes"], {})


def projects(client: JiraClient, _cursor: Cursor | None) -> Iterator[Page]:
    """The projects of the settings; while the account does not see one of them, none counts as deleted."""
    yield Page(client.projects, {}, is_partial=bool(client.missing_projects))


def versions(client: JiraClient, _cursor: Cursor | None) -> Iterator[Page]:
    """The versions of each project. The list without pages is cut off silently, so the paged one is read."""
    found: list[Record] = []
    for project in client.projects:
        found += client.values(f"project/{project['id']}/version")
    yield Page(found, {}, is_partial=bool(client.missing_projects))


def boards(client: JiraClient, _cursor: Cursor | None) -> Iterator[Page]:
    """The boards of the projects, each with its `configuration`: columns and the field that estimates."""
    found = _boards(client)
    if found is None:
        return
    yield Page([_configured(client, board) for board in found], {}, is_partial=bool(client.missing_projects))


def _configured(client: JiraClient, board: Record) -> Record:
    try:
        return {**board, "configuration": client.get(f"board/{board['id']}/configuration", agile=True)}
    except RefusedError as error:
        if error.status not in (403, 404):
            raise
        # A board's filter may be private to somebody else: the board is shown, its configuration is not.
        _log.warning("board %s (%s): its configuration is not visible", board["id"], board.get("name"))
        return board


def sprints(client: JiraClient, _cursor: Cursor | None) -> Iterator[Page]:
    """The sprints of the boards, each once: one sprint shows on every board whose filter meets its issues."""
    found = _boards(client)
    if found is None:
        return
    records: dict[int, Record] = {}
    for board in found:
        try:
            for sprint in client.values(f"board/{board['id']}/sprint", agile=True):
                records.setdefault(sprint["id"], sprint)
        except RefusedError as error:
            # A board without sprints answers 400, a board of somebody else's 403 or 404.
            if error.status not in (400, 403, 404):
                raise
    yield Page(list(records.values()), {}, is_partial=bool(client.missing_projects))


def _boards(client: JiraClient) -> list[Record] | None:
    """The boards; None on a site or for an account without Jira Software, whose API does not exist."""
    try:
        return client.boards
    except RefusedError as error:
        if error.status not in (403, 404):
            raise
        _log.warning("Jira %r: no boards and sprints: the account has no Jira Software access", client.settings.name)
        return None
