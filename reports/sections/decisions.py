"""What waits in the log of decisions: who decides by when, between which options, what is recommended and what is forecast."""

from __future__ import annotations

from string import ascii_uppercase

from reports import figures, words
from reports.document import Inline, Value
from reports.marts import Marts, Row
from reports.sections import status

LOG = """
    select
        decision_id, kind, text, initiative_id, owner_person_id, due_date, is_open, is_overdue,
        columns('^(status|options|recommendation)$')
    from marts.decisions
    order by is_open desc, due_date nulls last, decision_id
"""
"""A file that was published before the log named options and recommendations has neither column, and is read all the same."""

SCENARIOS = """
    select scope_id, scenario, p80_date, target_date, on_time_share
    from marts.delivery_forecasts
    where scope_kind = 'initiative' and p80_date is not null and (remaining_count > 0 or remaining_count is null)
    order by scope_id, scenario <> 'base', scenario
"""
SURE = 0.995
"""From this chance on, which reads as 100%, nothing needs to be said of it."""


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


def scenarios(marts: Marts) -> dict[str | None, list[Row]]:
    """The forecasts of each initiative: as the work goes now first, then what would change it."""
    found: dict[str | None, list[Row]] = {}
    for row in marts.rows(SCENARIOS):
        found.setdefault(row["scope_id"], []).append(row)
    return found


def forecast(row: Row, cases: dict[str | None, list[Row]]) -> list[tuple[Inline, ...]]:
    """When the initiative that a decision is about would be done in each case, and the chance of its target."""
    of_it = cases.get(row["initiative_id"], []) if row["initiative_id"] else []
    if not of_it:
        return []
    if all(one["on_time_share"] is not None and one["on_time_share"] >= SURE for one in of_it):
        return []  # whatever is decided, it is in time
    ends = [(one["p80_date"], one["target_date"], one["on_time_share"]) for one in of_it]
    if len(ends) > 1 and all(end == ends[0] for end in ends):
        said = f"in every case {_end(of_it[0])}"
    else:
        said = "; ".join(f"{_case(one)} {_end(one, is_dated=place == 0)}" for place, one in enumerate(of_it))
    return [(Value("Forecast, eight chances in ten: ", tone="strong"), f"{said}.")]


def _end(row: Row, *, is_dated: bool = True) -> str:
    return f"it is done by {words.day(row['p80_date']).text}{_against(row, is_dated=is_dated)}"


def _against(row: Row, *, is_dated: bool) -> str:
    """How far a case is from the target, and its chance where that is not plain; the target's day, for milestones have others."""
    if row["target_date"] is None:
        return ""
    share = row["on_time_share"]
    chance = f" ({words.share(share).text} on time)" if share is not None and 1 - SURE < share < SURE else ""
    apart = words.apart(figures.days_between(row["target_date"], row["p80_date"])).text
    target = f"{'of ' if row['target_date'] == row['p80_date'] else ''}the target"
    day = f" {words.day(row['target_date']).text}" if is_dated else ""
    return f", {apart} {target}{day}{chance}"


def _case(row: Row) -> str:
    """What a scenario supposes: "throughput 20 % lower" is "with the throughput 20% lower"."""
    return (
        "as it goes now" if row["scenario"] == "base" else f"with the {words.told(row['scenario'] or 'rest unknown')}"
    )
