"""Risks on the grid of likelihood and impact, with the direction in which each moved."""

from __future__ import annotations

import math

from reports import words
from reports.document import Block, Cell, Column, Inline, Table, Value, note
from reports.figures import RULE, fixed, marked, same
from reports.marts import Row
from reports.sections import register

BANDS = 5
SIZES = ("probability_share", "impact", "exposure")
UP, DOWN = "▲", "▼"


def figure(text: str | None) -> float | None:
    """A changed value as a number; None where it is none."""
    try:
        value = same(float(text or ""), text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def direction(changes: list[Row]) -> str:
    """Whether a risk grew or shrank by the changes of its size: a sign, empty if neither."""
    for what in reversed(SIZES):
        of_it = [row for row in changes if row["what"] == what]
        if of_it:
            before, after = figure(of_it[0]["old_value"]), figure(of_it[-1]["new_value"])
            if before is not None and after is not None and before != after:
                return UP if after > before else DOWN
    return ""


def blocks(rows: list[Row], moved: dict[str, list[Row]] | None, currency: str) -> tuple[Block, ...]:
    """The grid, the gravest corner at the top right; what lacks a likelihood or an impact is named beneath."""
    placed = [row for row in rows if row["probability_share"] is not None and row["impact"] is not None]
    if not placed:
        return (note("No open risk has both a likelihood and an impact, so none can be placed."),)
    step = _step(max(row["impact"] for row in placed))
    shown: list[tuple[Cell, ...]] = []
    for band in reversed(range(BANDS)):
        cells = [
            _cell([row for row in placed if (_band(row["probability_share"], 1 / BANDS), _band(row["impact"], step)) == (band, column)], moved)
            for column in range(BANDS)
        ]  # fmt: skip
        shown.append((f"{fixed(band * 100 // BANDS)}–{fixed((band + 1) * 100 // BANDS)}%", *cells))
    heads = [f"≤{words.SPACE}{_edge(step * (column + 1), currency)}" for column in range(BANDS)]
    found: list[Block] = [
        Table(
            "Open risks by likelihood (rows) and impact (columns), the gravest at the top right",
            (
                Column("Likelihood"),
                *(Column(head) for head in heads),
            ),
            shown,
            empty="",
            layout="scroll",
            is_caption_shown=True,
        )
    ]
    key = (
        "no earlier version of the register is known"
        if moved is None
        else f"{UP} grew, {DOWN} shrank in the last 30 days"
    )
    found.append(
        note(
            "Numbers are those of the register; in bold where a trigger fired. A risk on an edge stands in the lower band. "
            f"Movement: {key}."
        )
    )
    left = [row["risk_id"] for row in rows if row not in placed]
    if left:
        found.append(note(f"Without a likelihood or an impact: {words.joined(left, most=12)}."))
    return tuple(found)


def _edge(value: float, currency: str) -> str:
    """The upper end of a band, which the greatest impact sets."""
    return marked(RULE, register.size(value, currency).text)


def _cell(rows: list[Row], moved: dict[str, list[Row]] | None) -> Cell:
    parts: list[Inline] = []
    for row in rows:
        sign = direction((moved or {}).get(row["risk_id"], []))
        text = f"{row['risk_id']}{sign}"
        parts += [", "] if parts else []
        parts.append(Value(text, row["title"] or "", tone="strong" if row["is_triggered"] else ""))
    return tuple(parts) if parts else ""


def _band(value: float, step: float) -> int:
    """The band a value falls into; a value on an edge belongs to the lower one."""
    return min(BANDS - 1, max(0, math.ceil(value / step - 1e-9) - 1))


def _step(greatest: float) -> float:
    """The width of a band, rounded up to a figure people say: 1, 2, 4 or 5 of a power of ten."""
    if greatest <= 0:
        return 1.0
    wanted = greatest / BANDS
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(factor * power for factor in (1, 2, 4, 5, 6, 8, 10) if factor * power >= wanted - 1e-9)
