"""Writing issues down before ids exist: a draft collects what will be set when, then all are numbered by time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.sandbox.program import Change, Comment, Issue, Person


@dataclass(eq=False)
class Draft:
    """An issue to be. References to other issues (parent, epic, links) are drafts until numbered."""

    project: str
    type: str
    created_at: datetime
    reporter: Person
    initial: dict[str, Any]
    settings: list[tuple[datetime, Person, str, Any]] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    moved_to: tuple[datetime, Person, str] | None = None
    deleted_at: datetime | None = None
    initiative: str | None = None
    is_held: bool = False  # waits for another team
    worker: Person | None = None
    started_at: datetime | None = None
    done_at: datetime | None = None
    id: str = ""
    key: str = ""

    def set(self, at: datetime, author: Person, name: str, value: Any) -> None:
        """A field gets a value at a moment; the order of calls does not matter, the moments do."""
        self.settings.append((max(at, self.created_at), author, name, value))

    def starting_with(self, name: str) -> Any:
        """The value of a field at creation."""
        return self.initial.get(name)

    def points(self) -> float:
        """The last estimate, 0 without one."""
        last = self.initial.get("points")
        for _, _, name, value in sorted(self.settings, key=lambda one: one[0]):
            last = value if name == "points" else last
        return float(last or 0)


FIELDS: dict[str, Any] = {
    "status": "To Do", "assignee": None, "points": None, "sprints": [], "priority": "Medium", "labels": [],
    "components": [], "fix_versions": [], "parent": None, "epic": None, "due_date": None, "flagged": False,
    "summary": "", "resolution": None, "links": [],
}  # fmt: skip


def draft(project: str, kind: str, at: datetime, reporter: Person, summary: str, **fields: Any) -> Draft:
    """A new draft; fields that are not given are empty."""
    return Draft(project, kind, at, reporter, {**FIELDS, "summary": summary, **fields})


def number(drafts: list[Draft]) -> list[Issue]:
    """Issues with ids and keys in the order in which they were created, moves included."""
    counters: dict[str, int] = defaultdict(int)
    new_keys: dict[int, str] = {}
    order = sorted(drafts, key=lambda one: one.created_at)
    births = [(one.created_at, 0, index, one.project) for index, one in enumerate(order)]
    moves = [(one.moved_to[0], 1, index, one.moved_to[2]) for index, one in enumerate(order) if one.moved_to]
    for _, is_move, index, project in sorted(births + moves):
        counters[project] += 1
        key = f"{project}-{counters[project]}"
        if is_move:
            new_keys[index] = key
        else:
            order[index].key, order[index].id = key, str(20_011 + 3 * index)
    return [_issue(one, new_keys.get(index)) for index, one in enumerate(order)]


def _issue(one: Draft, new_key: str | None) -> Issue:
    """The finished issue: each setting becomes a change from what stood there before; empty ones vanish."""
    values = {name: _resolved(value) for name, value in one.initial.items()}
    issue = Issue(
        one.id, one.key, one.project, one.type, one.reporter, one.created_at, dict(values),
        comments=sorted(one.comments, key=lambda comment: comment.at), deleted_at=one.deleted_at,
    )  # fmt: skip
    settings = list(one.settings)
    if one.moved_to and new_key:
        settings.append((one.moved_to[0], one.moved_to[1], "key", new_key))
        values["key"] = one.key
    for at, author, name, value in sorted(settings, key=lambda setting: setting[0]):
        new = _resolved(value)
        if new != values[name]:
            issue.changes.append(Change(at, author, name, values[name], new))
            values[name] = new
    return issue


def _resolved(value: Any) -> Any:
    """A value with drafts replaced by their ids; lists are copied."""
    if isinstance(value, Draft):
        return value.id
    if isinstance(value, list):
        return [tuple(_resolved(part) for part in one) if isinstance(one, tuple) else one for one in value]
    return value
