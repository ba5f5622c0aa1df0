"""Which custom fields carry sprints, story points, epics, teams and flags on a site. Not here: their values (staging)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from connectors.stream import Record

_SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"
_EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
_POINTS = "com.pyxis.greenhopper.jira:jsw-story-points"
_FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
_POINT_NAMES = ("story points", "story point estimate")
_TEAMS = ("atlassian-team", "com.atlassian.teams:rm-teams-custom-field-team")
_CHECKBOXES = "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"


ROLES = ("story_points", "sprint", "epic_link", "team", "flagged")
"""What a custom field may be to the hub; the settings may name one's id."""


@dataclass(frozen=True, slots=True)
class CustomFields:
    """Ids such as `customfield_10020`. Several story-point fields often exist: the boards' own come first."""

    sprint: str | None
    story_points: tuple[str, ...]
    epic_link: str | None
    team: str | None
    flagged: str | None


def discover(
    fields: Iterable[Record], boards: Iterable[Record] = (), overrides: Mapping[str, str] | None = None
) -> CustomFields:
    """Finds the fields by the type of their schema; by name only where the type is a general one. An override is taken as it is.

    Names are compared untranslated. `boards` are boards with their configuration, whose estimation fields lead.
    """
    custom = [field for field in fields if isinstance(field.get("schema"), dict) and field["schema"].get("custom")]
    estimating = [_estimation(board) for board in boards]
    points = [field_id for field_id in estimating if field_id.startswith("customfield_")]
    points += [field["id"] for field in custom if _kind(field) == _POINTS]
    points += [field["id"] for field in custom if _kind(field) == _FLOAT and _name(field) in _POINT_NAMES]
    named = overrides or {}
    if "story_points" in named:
        points = [named["story_points"]]
    return CustomFields(
        sprint=named.get("sprint") or _first(custom, lambda field: _kind(field) == _SPRINT),
        story_points=tuple(dict.fromkeys(points)),
        epic_link=named.get("epic_link") or _first(custom, lambda field: _kind(field) == _EPIC_LINK),
        team=named.get("team") or _first(custom, lambda field: _kind(field).endswith(_TEAMS)),
        flagged=named.get("flagged")
        or _first(custom, lambda field: _kind(field) == _CHECKBOXES and _name(field) == "flagged"),
    )


def _kind(field: Record) -> str:
    return str(field["schema"]["custom"])


def _name(field: Record) -> str:
    return str(field.get("untranslatedName") or field.get("name")).lower()


def _estimation(board: Record) -> str:
    """The id of the field that the board estimates by; empty where it counts issues."""
    estimation = board.get("configuration", {}).get("estimation", {})
    return str(estimation.get("field", {}).get("fieldId", ""))


def _first(fields: Iterable[Record], fits: Callable[[Record], bool]) -> str | None:
    return next((field["id"] for field in fields if fits(field)), None)
