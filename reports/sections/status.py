"""The colours of the program and its initiatives: the matrix, each colour's reason, and what changed in a week."""

from __future__ import annotations

import re

from reports import figures, words
from reports.document import (
    Block,
    Cell,
    Column,
    Fold,
    Inline,
    Item,
    Items,
    Light,
    Matrix,
    Table,
    Value,
    rank_of,
    status_of,
)
from reports.evidence import Known
from reports.marts import Row

PROGRAM = "The program"
DIMENSIONS = {
    "overall": "Overall",
    "schedule": "Schedule",
    "budget": "Budget",
    "scope": "Scope",
    "delivery": "Delivery",
    "model_health": "Models",
    "risk": "Risk",
    "resources": "People",
    "compliance": "Compliance",
}

CAUSES = ("compliance", "budget", "schedule", "scope", "model_health", "delivery", "risk", "resources")
"""Of several dimensions that bring one colour the first is told: what a committee must act on before the rest."""

STATUS = """
    select
        initiative_id, dimension, status, rule, value, threshold, unit, reason, turns_green_when, evidence, override_status,
        override_reason, override_until_date, list_transform(evidence_links, lambda one: one.place) as evidence_places, evidence_chain_ids
    from marts.program_status
"""


def title(initiative: str | None, names: dict[str, str]) -> str:
    """What to call an initiative; None is the whole program."""
    return PROGRAM if initiative is None else names.get(initiative) or initiative


def named(text: str, names: dict[str, str]) -> str:
    """A text with the ids of initiatives as their names: nobody on a committee knows INI-3 by heart.

    An id that is an ordinary word stays: it may be meant as one.
    """
    known = [re.escape(one) for one in sorted(names, key=len, reverse=True) if not one.isalpha()]
    if not known:
        return text
    return re.sub(rf"(?<![\w-])(?:{'|'.join(known)})(?![\w-])", lambda found: names[found[0]], text)


def overall(rows: list[Row]) -> Row | None:
    """The program's own colour."""
    return next((row for row in rows if row["initiative_id"] is None and row["dimension"] == "overall"), None)


def verdict(rows: list[Row], names: dict[str, str]) -> tuple[Light, tuple[Inline, ...]]:
    """The overall colour and why, then which initiatives are in trouble."""
    program = overall(rows)
    light = Light(status_of(program["status"] if program else None))
    if program is None:
        return light, ("No status yet: it appears once a program sheet and a tracker have been read.",)
    each = [row for row in rows if row["initiative_id"] is not None and row["dimension"] == "overall"]
    troubled = {status: [row for row in each if row["status"] == status] for status in ("red", "amber")}
    for status, found in troubled.items():
        if found:
            named = [_troubled(row, rows, names) for row in sorted(found, key=lambda row: _place(row, names))]
            verb = "is" if len(found) == 1 else "are"
            said = f"{figures.count(found)} of {words.count(figures.count(each), 'initiative')} {verb} {status}: {words.joined(named, most=3)}"
            milder = figures.count(troubled["amber"]) if status == "red" else 0
            return light, (f"{said}{f'; {milder} more {_be(milder)} amber' if milder else ''}.",)
    return light, (words.sentence(program["reason"] or "No reason was recorded for this colour"),)


def _troubled(row: Row, rows: list[Row], names: dict[str, str]) -> str:
    """An initiative with the one dimension that weighs most of those that brought its colour."""
    cause = main_cause(row, rows)
    why = f" ({DIMENSIONS[cause['dimension']].lower()})" if cause else ""
    return title(row["initiative_id"], names) + why


def main_cause(row: Row, rows: list[Row]) -> Row | None:
    """The dimension that weighs most of those that brought an initiative's overall colour."""
    causes = [one for one in rows if (one["initiative_id"], one["status"]) == (row["initiative_id"], row["status"])]
    return next((one for name in CAUSES for one in causes if one["dimension"] == name), None)


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


def _place(row: Row, names: dict[str, str]) -> int:
    """The place of a row's initiative in the roadmap's order."""
    return list(names).index(row["initiative_id"]) if row["initiative_id"] in names else -1


def matrix(rows: list[Row], names: dict[str, str]) -> Matrix:
    """Initiatives by dimension, the worst first; only dimensions that any row speaks of."""
    cells: dict[str | None, dict[str, Row]] = {}
    for row in rows:
        cells.setdefault(row["initiative_id"], {})[row["dimension"]] = row
    present = [name for name in DIMENSIONS if any(name in found for found in cells.values())]
    order = list(names)
    initiatives = sorted(
        (initiative for initiative in cells if initiative is not None),
        key=lambda one: (
            rank_of(cells[one].get("overall", {}).get("status")),
            order.index(one) if one in names else len(order),
            one,
        ),
    )
    shown = [
        (title(initiative, names), tuple(_light(cells[initiative].get(dimension)) for dimension in present))
        for initiative in [*([None] if None in cells else []), *initiatives]
    ]
    return Matrix(
        "Status of each initiative by dimension: G green, A amber, R red, ? unknown, * called otherwise by hand",
        "Initiative",
        tuple(DIMENSIONS[name] for name in present),
        shown,
        empty="No initiative has a status yet. Initiatives come from the roadmap tab of the program sheet.",
    )


def _light(row: Row | None) -> Light | None:
    if row is None:
        return None
    reason = words.sentence(row["reason"] or "")
    return Light(status_of(row["status"]), is_narrow=True, full=reason, is_overridden=bool(row["override_reason"]))


def reasons(rows: list[Row], names: dict[str, str], known: Known) -> tuple[Block, ...]:
    """Why each colour is what it is: red and amber in the open, unknown and green folded.

    `known` says what to call the people, milestones and initiatives that stand in the evidence.
    """
    rows = [{**row, "evidence": known.listed(row["evidence"])} for row in rows]
    each = sorted(
        (row for row in rows if row["dimension"] != "overall" and row["initiative_id"] is not None),
        key=lambda row: (
            rank_of(row["status"]),
            _place(row, names),
            list(DIMENSIONS).index(row["dimension"]) if row["dimension"] in DIMENSIONS else len(DIMENSIONS),
        ),
    )
    urgent = [row for row in each if row["status"] in ("red", "amber")]
    unknown = [row for row in each if status_of(row["status"]) == "white"]
    green = [row for row in each if row["status"] == "green"]
    empty = "Nothing is red or amber." if each else "There is no colour to explain yet."
    blocks: list[Block] = [_why(urgent, names, "Red and amber, and what would turn them green", empty)]
    program = [row for row in rows if row["initiative_id"] is None and row["dimension"] != "overall"]
    if program:
        summary = "The program's own colours: the worst of its initiatives, and what belongs to none"
        shown = _why(sorted(program, key=lambda row: rank_of(row["status"])), names, "Colours of the program")
        blocks.append(Fold(summary, (shown,), is_in_markdown=False))
    if unknown:
        summary = f"{words.count(figures.count(unknown), 'colour')} unknown: what is missing"
        blocks.append(Fold(summary, (_why(unknown, names, "Unknown colours"),), is_in_markdown=False))
    if green:
        summary = f"{words.count(figures.count(green), 'colour')} green: how far from the limit"
        blocks.append(Fold(summary, (_why(green, names, "Green colours"),), is_in_markdown=False))
    return tuple(blocks)


def _why(rows: list[Row], names: dict[str, str], caption: str, empty: str = "") -> Table:
    return Table(
        caption,
        (
            Column("What"),
            Column("Status"),
            Column("Why"),
            Column("Measured", is_number=True, explain="The value, and the limit it is held against"),
            Column("Turns green when"),
        ),
        [
            (
                (
                    Value(DIMENSIONS.get(row["dimension"]) or words.label(row["dimension"])),
                    Value(title(row["initiative_id"], names), tone="under"),
                ),
                Light(status_of(row["status"])),
                (words.sentence(row["reason"] or "No reason was recorded"), *_behind(row)),
                _measured(row),
                words.sentence((row["turns_green_when"] or "").removeprefix("when ")),
            )
            for row in rows
        ],
        empty=empty,
        limit=15,
    )


def _measured(row: Row) -> Cell:
    """The value and its limit, in their unit; a rank, or a number of things that the reason names, says nothing to people."""
    if row["unit"] in ("rank", "count") or row["dimension"] == "overall":
        return ""
    value = words.measured(row["value"], row["unit"])
    if value is words.UNKNOWN or row["threshold"] is None:
        return value
    return (value, Value(f"limit {words.measured(row['threshold'], row['unit']).text}", tone="under"))


def _behind(row: Row) -> tuple[Inline, ...]:
    """The evidence of a colour, and an override with its end; the computed colour stands beside it."""
    parts: list[Inline] = []
    if row["evidence"]:
        parts += [Value(" Evidence: ", tone="quiet"), *row["evidence"]]
    if row["override_reason"]:
        parts.append(Value(f"{_called(row)} The computed colour stands.", tone="under"))
    return tuple(parts)


def _called(row: Row) -> str:
    """What a colour was called by hand, until when and why."""
    until = f" until {words.day(row['override_until_date']).text}" if row["override_until_date"] else ""
    return f"Called {row['override_status'] or 'different'} by hand{until}: {words.sentence(row['override_reason'])}"


def overrides(rows: list[Row], names: dict[str, str]) -> tuple[Block, ...]:
    """Every colour of the matrix with a star: what it was called by hand, by whose reason, and what is computed."""
    starred = [row for row in rows if row["override_reason"]]
    shown = [
        Item(
            (f"* {title(row['initiative_id'], names)} · {DIMENSIONS.get(row['dimension'], row['dimension'])}",),
            ((_called(row), " Computed: ", Light(status_of(row["status"])), "."),),
        )
        for row in sorted(starred, key=lambda row: (_place(row, names), row["dimension"]))
    ]
    return (Items(shown, ""),) if shown else ()
