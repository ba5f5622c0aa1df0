"""What a Jira site has besides issues: types, priorities, link types, resolutions and fields, with their ids.

Not here: the statuses, which the program names (program.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Deployment = Literal["Cloud", "Server"]

ISSUE_TYPES = {
    "Epic": "10000",
    "Story": "10001",
    "Task": "10002",
    "Sub-task": "10003",
    "Bug": "10004",
    "Incident": "10005",
}
HIERARCHY_LEVELS = {"Epic": 1, "Sub-task": -1}
PRIORITIES = {"Highest": "1", "High": "2", "Medium": "3", "Low": "4", "Lowest": "5"}
RESOLUTIONS = {
    "Done": "10000",
    "Won't Do": "10001",
    "Duplicate": "10002",
    "Cannot Reproduce": "10003",
    "Fixed": "10004",
}
LINK_TYPES = {
    # name: (id, inward, outward)
    "Blocks": ("10000", "is blocked by", "blocks"),
    "Cloners": ("10001", "is cloned by", "clones"),
    "Duplicate": ("10002", "is duplicated by", "duplicates"),
    "Relates": ("10003", "relates to", "relates to"),
}
CATEGORIES = {
    # name: (id, key, colour)
    "To Do": (2, "new", "blue-gray"),
    "In Progress": (4, "indeterminate", "yellow"),
    "Done": (3, "done", "green"),
}

_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
_GREENHOPPER = "com.pyxis.greenhopper.jira"


@dataclass(frozen=True, slots=True)
class CustomFields:
    """The ids of custom fields; they differ from site to site."""

    team: str
    epic_link: str
    points_estimate: str | None  # of team-managed projects, Cloud only
    rank: str
    sprint: str
    flagged: str
    points: str


CUSTOM_FIELDS: dict[Deployment, CustomFields] = {
    "Cloud": CustomFields(
        "customfield_10001",
        "customfield_10014",
        "customfield_10016",
        "customfield_10019",
        "customfield_10020",
        "customfield_10021",
        "customfield_10026",
    ),
    "Server": CustomFields(
        "customfield_10300",
        "customfield_10101",
        None,
        "customfield_10105",
        "customfield_10104",
        "customfield_10200",
        "customfield_10106",
    ),
}

_SYSTEM_FIELDS = (
    # id, name, type, items, clause names
    ("statuscategorychangedate", "Status Category Changed", "datetime", None, ("statusCategoryChangedDate",)),
    ("issuetype", "Issue Type", "issuetype", None, ("issuetype", "type")),
    ("parent", "Parent", "issuelink", None, ("parent",)),
    ("project", "Project", "project", None, ("project",)),
    ("fixVersions", "Fix versions", "array", "version", ("fixVersion",)),
    ("resolution", "Resolution", "resolution", None, ("resolution",)),
    ("resolutiondate", "Resolved", "datetime", None, ("resolutiondate", "resolved")),
    ("created", "Created", "datetime", None, ("created", "createdDate")),
    ("priority", "Priority", "priority", None, ("priority",)),
    ("labels", "Labels", "array", "string", ("labels",)),
    ("versions", "Affects versions", "array", "version", ("affectedVersion",)),
    ("issuelinks", "Linked Issues", "array", "issuelinks", ("issueLink",)),
    ("assignee", "Assignee", "user", None, ("assignee",)),
    ("updated", "Updated", "datetime", None, ("updated", "updatedDate")),
    ("status", "Status", "status", None, ("status",)),
    ("components", "Components", "array", "component", ("component",)),
    ("description", "Description", "string", None, ("description",)),
    ("attachment", "Attachment", "array", "attachment", ("attachments",)),
    ("summary", "Summary", "string", None, ("summary",)),
    ("creator", "Creator", "user", None, ("creator",)),
    ("subtasks", "Sub-tasks", "array", "issuelinks", ("subtasks",)),
    ("reporter", "Reporter", "user", None, ("reporter",)),
    ("duedate", "Due date", "date", None, ("due", "duedate")),
    ("comment", "Comment", "comments-page", None, ("comment",)),
    ("worklog", "Log Work", "array", "worklog", ("worklog",)),
)


def _custom_fields(deployment: Deployment) -> list[tuple[str, str, str, str | None, str]]:
    """Id, name, type, items and kind of each custom field."""
    ids = CUSTOM_FIELDS[deployment]
    team = f"{_TYPES}:atlassian-team" if deployment == "Cloud" else "com.atlassian.teams:rm-teams-custom-field-team"
    fields: list[tuple[str, str, str, str | None, str]] = [
        (ids.team, "Team", "team" if deployment == "Cloud" else "any", None, team),
        (ids.epic_link, "Epic Link", "any", None, f"{_GREENHOPPER}:gh-epic-link"),
        (ids.rank, "Rank", "any", None, f"{_GREENHOPPER}:gh-lexo-rank"),
        (ids.sprint, "Sprint", "array", "json" if deployment == "Cloud" else "string", f"{_GREENHOPPER}:gh-sprint"),
        (ids.flagged, "Flagged", "array", "option", f"{_TYPES}:multicheckboxes"),
        (ids.points, "Story Points", "number", None, f"{_TYPES}:float"),
    ]
    if ids.points_estimate:
        fields.append((ids.points_estimate, "Story point estimate", "number", None, f"{_GREENHOPPER}:jsw-story-points"))
    return fields


def fields(deployment: Deployment) -> list[dict[str, Any]]:
    """The reply of /field."""
    found: list[dict[str, Any]] = []
    for field_id, name, kind, items, clauses in _SYSTEM_FIELDS:
        schema: dict[str, Any] = {"type": kind, "system": field_id, **({"items": items} if items else {})}
        found.append(_field(field_id, name, list(clauses), schema, is_custom=False))
    for field_id, name, kind, items, custom in _custom_fields(deployment):
        number = int(field_id.removeprefix("customfield_"))
        schema = {"type": kind, "custom": custom, "customId": number, **({"items": items} if items else {})}
        field = _field(field_id, name, [f"cf[{number}]", name], schema, is_custom=True)
        found.append({**field, "untranslatedName": name})
    return found


def _field(field_id: str, name: str, clauses: list[str], schema: dict[str, Any], *, is_custom: bool) -> dict[str, Any]:
    return {
        "id": field_id,
        "key": field_id,
        "name": name,
        "custom": is_custom,
        "orderable": True,
        "navigable": True,
        "searchable": True,
        "clauseNames": clauses,
        "schema": schema,
    }
