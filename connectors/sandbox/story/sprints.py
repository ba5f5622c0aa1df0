"""Sprints of the two scrum boards, two weeks each, and the releases of the Jira projects."""

from __future__ import annotations

from datetime import timedelta

from connectors.sandbox.program import JiraProject, Sprint, Version
from connectors.sandbox.story.moments import SPRINT, Calendar, local_day
from connectors.sandbox.story.people import Staff

DEM_FIRST_MONTH = -10  # the project and its board opened with INI-1

_GOALS: dict[str, tuple[str, ...]] = {
    "DEM": (
        "Clean history for the next market",
        "Forecast run without manual steps",
        "Planners see what drives the forecast",
        "Order proposals for two more categories",
    ),
    "CUS": (
        "Ranking experiment ready for review",
        "Fewer searches without a result",
        "Score answers within the checkout's time limit",
        "Review desk trusts the reasons shown",
    ),
}

# project, name, description, months from the current one: start, release; is released
_VERSIONS = (
    ("DEM", "Forecast 1.0", "Weekly forecast for pilot stores", -10.0, -6.0, True),
    ("DEM", "Forecast 1.5", "Promotions, prices and weather", -6.0, -1.6, True),
    ("DEM", "Forecast 2.0", "Replenishment in all markets", -2.0, 2.0, False),
    ("CUS", "Search 24", "Filters and facets", -17.0, -11.0, True),
    ("CUS", "Ranking 1", "Learned ranking behind an experiment", -8.0, -4.2, True),
    ("CUS", "Ranking 2", "Query understanding and semantic retrieval", -4.0, 2.5, False),
    ("CUS", "Fraud 2.0", "Score at the review desk", -7.0, -2.9, True),
    ("CUS", "Fraud 3.0", "Score within the checkout", -3.0, 1.4, False),
    ("PLT", "Platform 5", "Second region", -9.0, -2.1, True),
)


def projects(staff: Staff) -> list[JiraProject]:
    """Two scrum projects and a kanban one."""
    return [
        JiraProject("10101", "DEM", "Demand forecasting", staff.lead("Forecasting"), 11, "scrum"),
        JiraProject("10102", "CUS", "Search and fraud", staff.lead("Search"), 12, "scrum"),
        JiraProject("10103", "PLT", "ML platform", staff.lead("Platform"), 13, "kanban"),
    ]


def sprints(calendar: Calendar) -> dict[str, list[Sprint]]:
    """Sprints by project, oldest first: closed ones, one active, one future. One in ten was closed two days late."""
    boards: dict[str, list[Sprint]] = {"DEM": [], "CUS": []}
    opened = calendar.month_at(DEM_FIRST_MONTH)
    for count, start in enumerate(calendar.sprint_starts()):
        for project, board_id in (("DEM", 11), ("CUS", 12)):
            if project == "DEM" and start < opened:
                continue
            end = start + SPRINT - timedelta(hours=2)
            closed = end + (timedelta(days=2) if count % 10 == 4 and project == "CUS" else timedelta(minutes=25))
            row = boards[project]
            row.append(
                Sprint(
                    id=len(row) + (300 if project == "DEM" else 200),
                    board_id=board_id,
                    name=f"{project} sprint {len(row) + 1}",
                    goal=_GOALS[project][count % 4],
                    created_at=min(start - timedelta(days=11), calendar.now - timedelta(days=2)),
                    start_at=start,
                    end_at=end,
                    activated_at=start + timedelta(minutes=4) if start + timedelta(minutes=4) <= calendar.now else None,
                    completed_at=closed if closed <= calendar.now else None,
                )
            )
    return boards


def versions(calendar: Calendar) -> list[Version]:
    """Releases, past and planned."""
    return [
        Version(
            id=str(10300 + index),
            project=project,
            name=name,
            description=text,
            created_at=calendar.month_at(start) - timedelta(days=3),
            start_date=local_day(calendar.month_at(start)),
            release_date=local_day(calendar.month_at(release)),
            released_at=calendar.month_at(release) + timedelta(hours=10) if is_released else None,
        )
        for index, (project, name, text, start, release, is_released) in enumerate(_VERSIONS)
    ]
