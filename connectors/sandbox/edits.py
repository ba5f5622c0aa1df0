"""Edits of the program at a moment, for tests and for showing incremental sync: each changes the Program in place.

Issues are named by id or by any key they ever had, pull requests by repository name and number, runs by their key,
cells by tab title and address ("Budget", "F17"). Edits must come in order of time per thing edited.
"""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import datetime
from hashlib import sha1
from typing import Any, Literal

from connectors.sandbox.program import (
    Cell,
    Change,
    Comment,
    Issue,
    Person,
    Program,
    PullRequest,
    RegisteredModel,
    RegistryChange,
    Review,
    Run,
    SheetVersion,
)

_FIELDS: dict[str, Any] = {
    "status": "To Do", "assignee": None, "points": None, "sprints": [], "priority": "Medium", "labels": [], "components": [],
    "fix_versions": [], "parent": None, "epic": None, "due_date": None, "flagged": False, "resolution": None, "links": [],
}  # fmt: skip


def issue(program: Program, name: str) -> Issue:
    """The issue of that id or key, old keys of moved issues included. LookupError if there is none."""
    for one in program.issues:
        if name in (one.id, one.key) or any(change.field == "key" and change.new == name for change in one.changes):
            return one
    raise LookupError(f"no issue {name!r}")


def pull_request(program: Program, repository: str, number: int) -> PullRequest:
    """The pull request of a repository's name and number. LookupError if there is none."""
    ids = {one.id for one in program.repositories if one.name == repository}
    for one in program.pull_requests:
        if one.repository_id in ids and one.number == number:
            return one
    raise LookupError(f"no pull request {repository}#{number}")


def model(program: Program, name: str) -> RegisteredModel:
    """The registered model of that name. LookupError if there is none."""
    for one in program.registered_models:
        if one.name == name:
            return one
    raise LookupError(f"no registered model {name!r}")


def run(program: Program, key: str) -> Run:
    """The run of that key. LookupError if there is none."""
    for one in program.runs:
        if one.key == key:
            return one
    raise LookupError(f"no run {key!r}")


def _author(program: Program, author: Person | None) -> Person:
    """The author given, else the first person with a Jira account."""
    return author or next(person for person in program.people if person.jira_account_id and not person.is_bot)


def touch(program: Program, name: str, at: datetime, *, author: Person | None = None) -> None:
    """A comment on an issue: it counts as updated, nothing else changes."""
    issue(program, name).comments.append(Comment(at, _author(program, author), "Looked at it again, still valid."))


def edit(program: Program, name: str, field: str, value: Any, at: datetime, *, author: Person | None = None) -> None:
    """A field of an issue gets another value; fields and values as in program.Issue."""
    one = issue(program, name)
    one.changes.append(Change(at, _author(program, author), field, one.value(field, at), value))


def create(
    program: Program,
    project: str,
    summary: str,
    at: datetime,
    *,
    kind: str = "Task",
    author: Person | None = None,
    **fields: Any,
) -> Issue:
    """A new issue at the end of its project."""
    issue_id = str(max(int(one.id) for one in program.issues) + 3)
    one = Issue(
        issue_id, _next_key(program, project), project, kind, _author(program, author), at, {**_FIELDS, "summary": summary, **fields}
    )  # fmt: skip
    program.issues.append(one)
    return one


def delete(program: Program, name: str, at: datetime) -> None:
    """An issue is deleted: the server knows it no longer."""
    issue(program, name).deleted_at = at


def move(program: Program, name: str, project: str, at: datetime, *, author: Person | None = None) -> str:
    """An issue moves to another project; the key it gets there. Its id stays."""
    key = _next_key(program, project)
    edit(program, name, "key", key, at, author=author)
    return key


def _next_key(program: Program, project: str) -> str:
    """The key after the last ever given in a project."""
    keys = [one.key for one in program.issues]
    keys += [change.new for one in program.issues for change in one.changes if change.field == "key"]
    numbers = [int(key.rsplit("-", 1)[1]) for key in keys if key.rsplit("-", 1)[0] == project]
    return f"{project}-{max(numbers, default=0) + 1}"


def finish(program: Program, name: str, at: datetime, *, author: Person | None = None) -> None:
    """An issue becomes Done with the resolution Done."""
    edit(program, name, "status", "Done", at, author=author)
    edit(program, name, "resolution", "Done", at, author=author)


def reopen(program: Program, name: str, at: datetime, *, author: Person | None = None) -> None:
    """A finished issue goes back to In Progress and loses its resolution."""
    edit(program, name, "status", "In Progress", at, author=author)
    edit(program, name, "resolution", None, at, author=author)


def review(
    program: Program,
    repository: str,
    number: int,
    at: datetime,
    *,
    state: Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED"] = "APPROVED",
    author: Person | None = None,
) -> Review:
    """A review of a pull request, by the first person who is not its author unless said otherwise."""
    one = pull_request(program, repository, number)
    others = [
        person for person in program.people if person.github_login and not person.is_bot and person is not one.author
    ]
    review_id = max((given.id for request in program.pull_requests for given in request.reviews), default=0) + 3
    given = Review(review_id, at, author or others[0], state, "")
    one.reviews.append(given)
    return given


def merge(program: Program, repository: str, number: int, at: datetime) -> str:
    """A pull request is merged; the sha of the merge commit."""
    one = pull_request(program, repository, number)
    one.merged_at = one.closed_at = at
    one.merged_by = one.author
    one.merge_sha = sha1(f"{repository}/{number}/merge".encode(), usedforsecurity=False).hexdigest()
    return one.merge_sha


def set_cell(program: Program, title: str, address: str, value: Cell, at: datetime) -> None:
    """A cell of the spreadsheet gets another value: a new version of the whole, as of `at`."""
    found = re.fullmatch(r"([A-Z]+)(\d+)", address)
    if not found:
        raise ValueError(f"{address!r} is no cell address such as F17")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    tabs = deepcopy(program.spreadsheet_versions[-1].tabs)
    rows = next(tab.rows for tab in tabs if tab.title == title)
    rows.extend([] for _ in range(row - len(rows)))
    rows[row - 1].extend([None] * (column - len(rows[row - 1])))
    rows[row - 1][column - 1] = value
    program.spreadsheet_versions.append(SheetVersion(at, tabs))


def set_alias(program: Program, name: str, alias: str, version: int | None, at: datetime) -> None:
    """An alias of a registered model points to another version, or to none."""
    model(program, name).changes.append(RegistryChange(at, "alias", alias, version))


def set_tag(
    program: Program, name: str, tag: str, value: str | None, at: datetime, *, version: int | None = None
) -> None:
    """A tag of a registered model, or of one of its versions, gets another value; None removes it."""
    kind: Literal["tag", "version_tag"] = "tag" if version is None else "version_tag"
    model(program, name).changes.append(RegistryChange(at, kind, tag, value, version))


def end_run(
    program: Program, key: str, at: datetime, *, status: Literal["FINISHED", "FAILED", "KILLED"] = "FINISHED"
) -> None:
    """A run that was still running ends."""
    one = run(program, key)
    one.ended_at, one.status = at, status


def log_metric(program: Program, key: str, metric: str, value: float, at: datetime, *, step: int = 0) -> None:
    """A metric of a run is logged, be the run long over."""
    run(program, key).metrics.append((metric, value, step, at))


def delete_run(program: Program, key: str, at: datetime) -> None:
    """A run is deleted, as MLflow's trash does it."""
    run(program, key).deleted_at = at
