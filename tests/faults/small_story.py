"""The sandbox's program cut down to what a sync reads in a second, and a round of edits. Imported by tests only."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox import edits, story
from connectors.sandbox.program import Issue, Program

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
ISSUES, PULL_REQUESTS = 40, 20


def tell() -> Program:
    """The newest issues with all above them, the newest pull requests, everything that is short anyway."""
    program = story.tell(NOW)
    issues = {issue.id: issue for issue in program.issues}
    kept: dict[str, Issue] = {}
    for issue in program.issues[-ISSUES:]:
        above: Issue | None = issue
        while above is not None and above.id not in kept:
            kept[above.id] = above
            above = issues.get(next((found for found in _values(above, "parent", "epic") if found), ""))
    program.issues = [issue for issue in program.issues if issue.id in kept]
    for issue in program.issues:
        _forget_links(issue, kept)
    program.repositories = program.repositories[:2]
    names = {repository.id for repository in program.repositories}
    program.pull_requests = [one for one in program.pull_requests if one.repository_id in names][-PULL_REQUESTS:]
    program.deployments = [one for one in program.deployments if one.repository_id in names][-10:]
    program.releases = [one for one in program.releases if one.repository_id in names]
    program.workflow_runs = [one for one in program.workflow_runs if one.repository_id in names][-10:]
    program.github_issues = [one for one in program.github_issues if one.repository_id in names]
    program.sprints = program.sprints[-6:]
    return program


def _values(issue: Issue, *fields: str) -> list[Any]:
    """Every value these fields ever had."""
    return [issue.initial.get(field) for field in fields] + [c.new for c in issue.changes if c.field in fields]


def _forget_links(issue: Issue, kept: dict[str, Issue]) -> None:
    def known(links: list[tuple[str, str, str]] | None) -> list[tuple[str, str, str]]:
        return [link for link in links or [] if link[2] in kept]

    issue.initial["links"] = known(issue.initial.get("links"))
    for change in issue.changes:
        if change.field == "links":
            change.old, change.new = known(change.old), known(change.new)
    issue.changes = [change for change in issue.changes if change.field != "sprints"]
    issue.initial["sprints"] = []


def edit(program: Program, at: datetime, draw: random.Random) -> None:
    """What a busy hour brings: issues touched, created, moved, finished, deleted; reviews, a merge, cells."""
    alive = [issue for issue in program.issues if issue.deleted_at is None]
    some = draw.sample(alive, 8)
    for issue in some[:3]:
        edits.touch(program, issue.id, at)
    for issue in some[3:5]:
        edits.edit(program, issue.id, "points", float(draw.randrange(1, 9)), at)
    edits.finish(program, some[5].id, at)
    edits.move(program, some[6].id, draw.choice([one.key for one in program.jira_projects]), at)
    edits.delete(program, some[7].id, at)
    edits.create(program, program.jira_projects[0].key, f"Made at {at}", at)
    names = {repository.id: repository.name for repository in program.repositories}
    still_open = [one for one in program.pull_requests if one.closed_at is None]
    for one in draw.sample(program.pull_requests, 3):
        edits.review(program, names[one.repository_id], one.number, at)
    if still_open:
        edits.merge(program, names[still_open[0].repository_id], still_open[0].number, at)
    for row in range(3, 6):
        edits.set_cell(program, "Risk register", f"C{row}", f"Said at {at:%H:%M}", at)
