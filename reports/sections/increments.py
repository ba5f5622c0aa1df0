"""Program increments: whether the teams' sprints fit into them, and how much of the plan was delivered."""

from __future__ import annotations

from reports import words
from reports.document import Bar, Block, Cell, Column, Table, Value, note
from reports.marts import Marts, Row

INCREMENTS = """
    select
        increment_id, team, start_date, end_date, is_over, sprint_count, misaligned_sprint_count, edge_sprint_count, out_of_step_sprint_count,
        planned_value, actual_value, predictability_share
    from marts.increments
    order by start_date desc, increment_id desc, team
"""
SHOWN = 3


def blocks(marts: Marts) -> tuple[Block, ...]:
    """The newest increments by team: predictability, and sprints that do not fit."""
    rows = marts.rows(INCREMENTS)
    newest = list(dict.fromkeys(row["increment_id"] for row in rows))[:SHOWN]
    shown = [row for row in rows if row["increment_id"] in newest]
    table = _table(shown)
    if all(row["predictability_share"] is None for row in shown):
        return (table,)
    key = "Predictability is what was delivered of the business value that was planned; at the upright line all of it was."
    return (table, note(key, is_page_only=True))


def _table(rows: list[Row]) -> Table:
    return Table(
        "Program increments by team, the newest first",
        (
            Column("Increment"),
            Column("Planned", is_number=True, explain="Business value", is_page_only=True),
            Column("Delivered", is_number=True, is_page_only=True),
            Column("Predictability", explain="Delivered of what was planned"),
            Column("Sprints", is_number=True),
            Column("Sprints that do not fit", is_number=True, explain="Sprints across the edge of the increment, or on other days than those of the other boards"),
        ),
        [_row(row) for row in rows],
        empty="No program increment is known. They come from the increments tab of the program sheet.",
        limit=20,
    )  # fmt: skip


def _row(row: Row) -> tuple[Cell, ...]:
    span = f"{words.day(row['start_date']).text} to {words.day(row['end_date']).text}"
    share = row["predictability_share"]
    reasons = (
        (row["edge_sprint_count"], "across its edge"),
        (row["out_of_step_sprint_count"], "on other days than other boards"),
    )
    why = words.joined([f"{words.count(count)} {said}" for count, said in reasons if count])
    return (
        # The team first: on a phone this cell heads the card of the row.
        (Value(" · ".join(filter(None, (row["team"], row["increment_id"])))), Value(span, tone="under")),
        words.number(row["planned_value"], 0),
        Value("not over", tone="quiet") if row["actual_value"] is None and row["is_over"] is False else words.number(row["actual_value"], 0),
        _predictability(share) if share is not None else Value("under way", tone="quiet") if row["is_over"] is False else words.UNKNOWN,
        words.count(row["sprint_count"]) if row["sprint_count"] is not None else words.UNKNOWN,
        _misfits(row, why),
    )  # fmt: skip


def _misfits(row: Row, why: str) -> Value:
    """The sprints that do not fit, and why; without any sprint none can."""
    if row["sprint_count"] is None or row["misaligned_sprint_count"] is None:
        return words.UNKNOWN
    if not row["sprint_count"]:
        return Value("no sprints", tone="quiet")
    return Value(words.count(row["misaligned_sprint_count"]), why)


def _predictability(share: float) -> Bar:
    text = words.share(share)
    return Bar(min(share, 1.25) / 1.25, text.text, limit_share=1 / 1.25, full=text.full)
