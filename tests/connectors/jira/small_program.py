"""A Jira program small enough to count on one's fingers: two projects, seven issues, three sprints, two versions.

APP-1 epic                      APP-2 story in APP-1, moved through To Do, In Progress, Done, in sprints 1 and 2
APP-3 sub-task of APP-2         APP-4 bug, flagged, blocked by OPS-1, edited 60 times: its changelog is long
OPS-1 task                      OPS-2 task, moved to APP on January 20, where it is APP-5
OPS-3 task, deleted on January 25
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.sandbox.program import (
    Change,
    Comment,
    Issue,
    JiraProject,
    Person,
    Program,
    Sprint,
    Version,
    Worklog,
)

TOKEN = "sandbox-token"
NOW = datetime(2026, 2, 2, 8, 0, tzinfo=UTC)
ADA = Person("Ada Byron", "ada@example.com", "acc-ada", "ada", "ada", "Models")
BEN = Person("Ben Okri", None, "acc-ben", "ben", None, "Models")
ROBOT = Person("Release Robot", None, "acc-robot", None, None, None, is_bot=True)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment in January 2026."""
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


def new_issue(issue_id: int, key: str, kind: str, created_at: datetime, **values: Any) -> Issue:
    """An issue in To Do unless told otherwise."""
    initial = {"status": "To Do", "priority": "Medium", "summary": f"Work on {key}", **values}
    return Issue(str(issue_id), key, key.split("-", maxsplit=1)[0], kind, ADA, created_at, initial)


def touch(issue: Issue, moment: datetime, field: str, new: Any, author: Person = ADA) -> None:
    """Changes a field of an issue at a moment."""
    issue.changes.append(Change(moment, author, field, issue.value(field, moment), new))


def build() -> Program:
    """A fresh program: tests edit it."""
    epic = new_issue(101, "APP-1", "Epic", at(2))
    story = new_issue(102, "APP-2", "Story", at(3), epic="101", points=3.0, labels=["churn"], sprints=[], links=[])
    touch(story, at(5), "sprints", [1])
    touch(story, at(6), "status", "In Progress", BEN)
    touch(story, at(6), "assignee", BEN, BEN)
    touch(story, at(12), "sprints", [1, 2])
    touch(story, at(13), "points", 5.0)
    touch(story, at(15), "status", "Done", BEN)
    touch(story, at(15), "resolution", "Done", BEN)
    story.comments.append(Comment(at(14), BEN, "Nearly there"))
    part = new_issue(103, "APP-3", "Sub-task", at(4), parent="102", due_date=date(2026, 1, 31))
    bug = new_issue(104, "APP-4", "Bug", at(7), priority="High", components=["Serving"], fix_versions=["1.0"], links=[])
    touch(bug, at(8), "links", [("Blocks", "inward", "201")])
    touch(bug, at(8, 10), "flagged", True)
    for number in range(58):
        touch(bug, at(9) + timedelta(hours=number), "summary", f"Bug, version {number}")
    story.worklogs += [Worklog(901, at(14), BEN, 7200, "Half of it"), Worklog(902, at(15), BEN, 3600)]
    bug.worklogs.append(Worklog(903, at(9), ADA, 1800, deleted_at=at(16)))
    task = new_issue(201, "OPS-1", "Task", at(3), links=[("Blocks", "outward", "104")])
    moved = new_issue(202, "OPS-2", "Task", at(10))
    touch(moved, at(20), "key", "APP-5")
    doomed = new_issue(203, "OPS-3", "Task", at(11))
    doomed.deleted_at = at(25)
    return Program(
        now=NOW,
        people=[ADA, BEN, ROBOT],
        jira_projects=[
            JiraProject("10000", "APP", "Application", ADA, 1, "scrum"),
            JiraProject("10001", "OPS", "Operations", BEN, 2, "kanban"),
        ],
        issues=[epic, story, part, bug, task, moved, doomed],
        sprints=[
            Sprint(1, 1, "Sprint 1", "Start", at(4), at(5), at(12), at(5), at(12)),
            Sprint(2, 1, "Sprint 2", "Go on", at(11), at(12), at(26), at(12, 10), None),
            Sprint(3, 1, "Sprint 3", "", at(20), at(26), datetime(2026, 2, 9, 9, tzinfo=UTC), None, None),
        ],
        versions=[
            Version("501", "APP", "1.0", "First", at(2), date(2026, 1, 5), date(2026, 1, 30), at(30)),
            Version("502", "APP", "1.1", "Second", at(20), None, date(2026, 3, 31), None),
        ],
        repositories=[],
        pull_requests=[],
        deployments=[],
        releases=[],
        experiments=[],
        runs=[],
        registered_models=[],
        spreadsheet_id="",
        spreadsheet_title="",
        spreadsheet_timezone="UTC",
        spreadsheet_versions=[],
    )
