"""Objectives and their key results: where each stands on the way from its baseline to its target."""

from __future__ import annotations

import re

from reports import words
from reports.document import Bar, Cell, Column, Table, Value
from reports.marts import Marts, Row

KEY_RESULTS = """
    select
        objective_id, objective, key_result, baseline_value, target_value, current_value, value_source, value_from, source_fault,
        progress_share, status
    from marts.objectives
    order by objective_id, key_result
"""


_ADDRESS = re.compile(r"\b(?:metric|mart):(\S+)")


def table(marts: Marts) -> Table:
    """Every key result under its objective; one without a value says why."""
    return Table(
        "Key results by objective",
        (
            Column("Key result"),
            Column("From", is_number=True, is_page_only=True),
            Column("Now", is_number=True, explain="Typed in the sheet, or read from the source it names"),
            Column("To", is_number=True),
            Column("Progress", explain="Way made of the way to go"),
        ),
        [_row(row) for row in marts.rows(KEY_RESULTS)],
        empty="No objective is known. They come from the objectives tab of the program sheet.",
        limit=20,
    )


def _row(row: Row) -> tuple[Cell, ...]:
    source = "" if row["value_from"] in (None, "sheet") else f" · {_source(row['value_from'])}"
    return (
        (
            Value(row["key_result"] or row["objective_id"] or ""),
            Value(f"{row['objective'] or ''}{source}", tone="under"),
        ),
        Value(words.plain(row["baseline_value"])),
        Value(words.plain(row["current_value"])),
        Value(words.plain(row["target_value"])),
        _progress(row),
    )


def _source(address: str) -> str:
    """Where a value is read: "metric:churn/auc" is the metric auc of churn, "mart:initiatives/A/done_share" a figure of the hub."""
    kind, _, path = address.partition(":")
    first, _, rest = path.partition("/")
    if kind == "metric":
        return f"measured: {words.label(rest)} of {first}"
    return f"computed by the hub: {words.label(path.rpartition('/')[2])}"


def _fault(text: str) -> str:
    """What is wrong with a source, and what to do; of its address only what people typed after the kind."""
    said = _ADDRESS.sub(lambda found: f"“{found[1]}”", text)
    return f"{words.sentence(said)} Correct the source in the objectives tab, or type the value."


def _progress(row: Row) -> Cell:
    share = row["progress_share"]
    if share is None:
        why = _fault(row["source_fault"]) if row["source_fault"] else "A value is missing."
        return (words.UNKNOWN, Value(why, tone="under"))
    said = f"{row['status'] or ''}, {words.share(share).text}".lstrip(", ")
    return Bar(min(max(share, 0.0), 1.0), said, full=words.share(share).full)
