"""A Jira site, its issues with their changelogs and the roadmap that maps them, as they land, and the weeks of which it is asked. Imported by tests only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.warehouse.dbt_program.conftest import INSTANCE, Tables

SUNDAYS = [date(2026, 5, 24), date(2026, 5, 31), date(2026, 6, 7)]
"""The last days of the three full weeks before AS_OF, a Wednesday."""
STATUSES = {"To Do": ("1", "new"), "In Progress": ("2", "indeterminate"), "Done": ("3", "done")}
"""Statuses of the site by name: id and category."""


def end_of(day: date) -> datetime:
    """The last second of a day in Berlin in summer, in UTC, as `hub build --as-of` takes it."""
    return datetime(day.year, day.month, day.day, 21, 59, 59)  # noqa: DTZ001 - as DuckDB holds it


def issue(tables: Tables, number: int, created: str, *changes: tuple[str, str, Any, Any], **now: Any) -> None:
    """Land an issue of component A with its changelog (at, field, from, to): status, points, resolution, assignee, component, labels, epic or key."""
    status = now.get("status", "To Do")
    items = {
        "status": lambda old, new: {
            "field": "status", "fieldId": "status", "from": STATUSES[old][0], "fromString": old,
            "to": STATUSES[new][0], "toString": new,
        },
        "points": lambda old, new: {
            "field": "Story point estimate", "fieldId": "customfield_1", "fromString": old and str(old), "toString": new and str(new),
        },
        "resolution": lambda old, new: {"field": "resolution", "fieldId": "resolution", "fromString": old, "toString": new},
        "assignee": lambda old, new: {"field": "assignee", "fieldId": "assignee", "from": old, "to": new},
        "component": lambda old, new: {"field": "Component", "fieldId": "components", "fromString": old, "toString": new},
        "labels": lambda old, new: {"field": "labels", "fieldId": "labels", "fromString": old, "toString": new},
        "epic": lambda old, new: {
            "field": "IssueParentAssociation", "from": old, "fromString": old and f"P-{old}", "to": new, "toString": new and f"P-{new}",
        },
        "key": lambda old, new: {"field": "Key", "fromString": old, "toString": new},
    }  # fmt: skip
    payload = {
        "key": now.get("key", f"P-{number}"),
        "fields": {
            "project": {"key": now.get("key", "P-1").split("-")[0]}, "summary": f"Item {number}",
            "issuetype": {"name": "Epic" if now.get("is_epic") else "Story", "subtask": False, "hierarchyLevel": int(now.get("is_epic", False))},
            "status": {"id": STATUSES[status][0], "name": status, "statusCategory": {"key": STATUSES[status][1]}},
            "components": [{"name": name} for name in now.get("components", ["A"])], "labels": now.get("labels", []),
            "parent": _parent(now["epic"]) if now.get("epic") else None, "created": f"{created}T08:00:00.000+0000", "updated": f"{created}T08:00:00.000+0000",
            "resolution": now.get("resolution") and {"name": now["resolution"]},
            "assignee": {"accountId": now["assignee"]} if now.get("assignee") else None, "customfield_1": now.get("points"),
        },
        "changelog": {"histories": [
            {"id": str(place), "created": f"{at}T08:00:00.000+0000", "items": [items[field](old, new)]}
            for place, (at, field, old, new) in enumerate(changes, 1)
        ]},
    }  # fmt: skip
    tables.land("jira_issues", str(number), payload, now.get("at", "2026-06-10"))


def _parent(epic: str) -> dict[str, Any]:
    """What an issue says of its epic."""
    return {"id": epic, "key": f"P-{epic}", "fields": {"issuetype": {"name": "Epic", "hierarchyLevel": 1}}}


def roadmap(tables: Tables, at: str = "2026-01-05", **more: Any) -> None:
    """Initiative A, to which the component A belongs; the spreadsheet was read since May."""
    attempt = {"source": "sheets", "instance": INSTANCE, "stream": "roadmap", "is_success": True}
    tables.versions[("hub_sync_attempts", "sheets")] = [("2026-05-11", attempt)]
    row = {"_key": "1", "initiative_id": "A", "initiative": "Alpha", "jira_mapping": ["component:A"], **more}
    tables.sheet("roadmap", row, at=at)


def site(tables: Tables) -> None:
    """The Jira site's statuses and its field for estimates."""
    for name, (number, category) in STATUSES.items():
        tables.land("jira_statuses", number, {"id": number, "name": name, "statusCategory": {"key": category}})
    kind = "com.pyxis.greenhopper.jira:jsw-story-points"
    field = {"id": "customfield_1", "name": "Story point estimate", "custom": True, "schema": {"custom": kind}}
    tables.land("jira_fields", "customfield_1", field)
