"""What waits in the log of decisions: who decides by when, between which options, and what is recommended."""

from __future__ import annotations

from string import ascii_uppercase

from reports import words
from reports.document import Inline, Value
from reports.marts import Row
from reports.sections import status

LOG = """
    select
        decision_id, kind, text, initiative_id, owner_person_id, due_date, is_open, is_overdue,
        columns('^(status|options|recommendation)$')
    from marts.decisions
    order by is_open desc, due_date nulls last, decision_id
"""
"""A file that was published before the log named options and recommendations has neither column, and is read all the same."""


def waiting(log: list[Row], kind: str) -> list[Row]:
    """The open rows of one kind."""
    return [row for row in log if row["kind"] == kind and row["is_open"]]


def who(row: Row, people: dict[str, str]) -> tuple[Inline, ...]:
    """Whose it is, and until when."""
    owner = people.get(row["owner_person_id"], row["owner_person_id"])
    due = words.day(row["due_date"])
    when = f"due {due.text}" if row["due_date"] else "no due date"
    return (
        Value(f"Owner: {owner}" if owner else "No owner", tone="" if owner else "bad"),
        " · ",
        Value(f"overdue, was {when}" if row["is_overdue"] else when, due.full, tone="bad" if row["is_overdue"] else ""),
    )


def asked(row: Row, names: dict[str, str]) -> Value:
    """What is to be decided, with initiatives by their names; as the log words it on hover."""
    return _worded(row["text"] or row["decision_id"], names)


def _worded(text: str, names: dict[str, str]) -> Value:
    said = status.named(text, names)
    return Value(said, text if said != text else "")


def choices(row: Row, names: dict[str, str]) -> list[tuple[Inline, ...]]:
    """The options by letter, then what is recommended; nothing where the log names neither."""
    options = row.get("options") or []
    lines: list[tuple[Inline, ...]] = [
        (Value(f"Option {letter}: ", tone="strong"), _worded(option, names))
        for letter, option in zip(ascii_uppercase, options, strict=False)
    ]
    if row.get("recommendation"):
        lines.append((Value("Recommended: ", tone="strong"), _worded(row["recommendation"], names)))
    return lines
