"""Objectives and their key results: where each stands on the way from its baseline to its target."""

from __future__ import annotations

import math

from reports import figures, words
from reports.document import Bar, Cell, Column, Table, Value
from reports.marts import Marts, Row

KEY_RESULTS = """
    select
        objective_id, objective, key_result, baseline_value, target_value, current_value, value_source, value_from, source_fault,
        progress_share, status
    from marts.objectives
    order by objective_id, key_result
"""


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
        is_caption_shown=True,
    )


def _row(row: Row) -> tuple[Cell, ...]:
    source = "" if row["value_from"] in (None, "sheet") else f" · {_source(row['value_from'])}"
    return (
        (
            Value(row["key_result"] or row["objective_id"] or ""),
            Value(f"{row['objective'] or ''}{source}", tone="under"),
        ),
        *_values(row),
        _progress(row),
    )


def _source(address: str) -> str:
    """Where a value is read: "metric:churn/auc" is the metric auc of churn, "mart:initiatives/A/done_share" a figure of the hub."""
    kind, _, path = address.partition(":")
    first, _, rest = path.partition("/")
    if kind == "metric":
        return f"measured: {words.label(rest)} of {first}"
    return f"computed by the hub: {words.label(path.rpartition('/')[2])}"


def _values(row: Row) -> tuple[Value, ...]:
    """Baseline, current value and target, with as many digits as tell those apart that are not the same."""
    values = [row[f"{name}_value"] for name in ("baseline", "current", "target")]
    is_share = (row["value_from"] or "").endswith("_share")
    texts: list[str] = []
    for more in range(3):
        texts = [_figure(value, more, is_share=is_share) for value in values]
        if len(set(map(figures.plain, texts))) == len({None if value is None else float(value) for value in values}):
            break
    return tuple(Value(text) for text in texts)


def _figure(value: float | None, more: int, *, is_share: bool) -> str:
    """A value with so many digits more than it is usually said with; what the hub reckons as a share in percent."""
    if value is None or not math.isfinite(value):
        return words.UNKNOWN.text
    if is_share:
        return f"{value * 100:.{more}f}%".replace("-", words.MINUS)
    said = words.plain(value)
    digits = len(figures.plain(said).partition(".")[2]) + more
    return f"{value:,.{digits}f}".replace("-", words.MINUS) if more else said


def _progress(row: Row) -> Cell:
    share = row["progress_share"]
    if share is None:
        # The fault names a source by its address: that is for whoever keeps the sheet, and Data trust has it.
        why = (
            "Its value could not be read; the report Data trust says why."
            if row["source_fault"]
            else "A value is missing."
        )
        return (words.UNKNOWN, Value(why, tone="under"))
    said = f"{row['status'] or ''}, {words.share(share).text}".lstrip(", ")
    return Bar(min(max(share, 0.0), 1.0), said, full=words.share(share).full)
