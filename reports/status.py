"""The colours of the program and its initiatives: the matrix, each colour's reason, and what changed in a week."""

from __future__ import annotations

from datetime import timedelta

from reports import words
from reports.document import (
    Block,
    Cell,
    Column,
    Fold,
    Inline,
    Item,
    Items,
    Light,
    Section,
    Table,
    Value,
    note,
    rank_of,
    status_of,
)
from reports.marts import Marts, Row

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

STATUS = """
    select
        initiative_id, dimension, status, rule, value, threshold, reason, turns_green_when, evidence, override_reason,
        override_until_date
    from marts.program_status
"""
WEEKLY = """
    select week_date, initiative_id, dimension, status, reason, basis
    from marts.program_status_weekly
    where week_date <= ?
    order by week_date desc
"""
CHANGES = """
    select subject_kind, subject_id, what, old_value, new_value, seen_at
    from marts.changes
    where seen_at > ?
    order by seen_at desc
    limit 200
"""


def title(initiative: str | None, names: dict[str, str]) -> str:
    """What to call an initiative; None is the whole program."""
    return PROGRAM if initiative is None else names.get(initiative) or initiative


def overall(rows: list[Row]) -> Row | None:
    """The program's own colour."""
    return next((row for row in rows if row["initiative_id"] is None and row["dimension"] == "overall"), None)


def verdict(rows: list[Row], names: dict[str, str]) -> tuple[Light, tuple[Inline, ...]]:
    """The overall colour and why, then which initiatives are in trouble."""
    program = overall(rows)
    light = Light(status_of(program["status"] if program else None))
    if program is None:
        return light, ("No status yet: it appears once a program sheet and a tracker have been read.",)
    reason = words.sentence(program["reason"] or "No reason was recorded for this colour")
    each = [row for row in rows if row["initiative_id"] is not None and row["dimension"] == "overall"]
    counted = []
    for status in ("red", "amber"):
        found = [title(row["initiative_id"], names) for row in each if row["status"] == status]
        if found:
            verb = "is" if len(found) == 1 else "are"
            counted.append(
                f" {len(found)} of {words.count(len(each), 'initiative')} {verb} {status}: {words.joined(found)}."
            )
    return light, (reason, *counted)


def matrix(rows: list[Row], names: dict[str, str]) -> Block:
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
    shown: list[tuple[Cell, ...]] = []
    for initiative in [*([None] if None in cells else []), *initiatives]:
        lights = [_light(cells[initiative].get(dimension)) for dimension in present]
        shown.append((Value(title(initiative, names), tone="strong"), *lights))
    return Table(
        "Status of each initiative by dimension: G green, A amber, R red, ? unknown",
        (Column("Initiative"), *(Column(DIMENSIONS[name]) for name in present)),
        shown,
        empty="No initiative has a status yet. Initiatives come from the roadmap tab of the program sheet.",
        layout="matrix",
        limit=40,
        is_caption_shown=True,
    )


def _light(row: Row | None) -> Cell:
    if row is None:
        return words.UNKNOWN
    light = Light(status_of(row["status"]), is_narrow=True, full=words.sentence(row["reason"] or ""))
    return (light, Value("*", row["override_reason"])) if row["override_reason"] else light


def reasons(rows: list[Row], names: dict[str, str]) -> tuple[Block, ...]:
    """Why each colour is what it is: red and amber in the open, unknown and green folded."""
    order = list(names)
    each = sorted(
        (row for row in rows if row["dimension"] != "overall"),
        key=lambda row: (
            rank_of(row["status"]),
            order.index(row["initiative_id"]) if row["initiative_id"] in names else -1,
            list(DIMENSIONS).index(row["dimension"]) if row["dimension"] in DIMENSIONS else 99,
        ),
    )
    urgent = [_item(row, names) for row in each if row["status"] in ("red", "amber")]
    unknown = [_item(row, names) for row in each if status_of(row["status"]) == "white"]
    green = [_item(row, names) for row in each if row["status"] == "green"]
    blocks: list[Block] = [Items(urgent, "Nothing is red or amber.", limit=15)]
    if unknown:
        summary = f"Unknown: {words.count(len(unknown), 'colour')} without data"
        blocks.append(Fold(summary, (Items(unknown, "", limit=60),), is_in_markdown=False))
    if green:
        summary = f"Green: {words.count(len(green), 'colour')} and why"
        blocks.append(Fold(summary, (Items(green, "", limit=60),), is_in_markdown=False))
    return tuple(blocks)


def _item(row: Row, names: dict[str, str]) -> Item:
    head = (
        Value(title(row["initiative_id"], names)),
        " · ",
        DIMENSIONS.get(row["dimension"], words.label(row["dimension"])),
    )
    lines: list[tuple[Inline, ...]] = [(words.sentence(row["reason"] or "No reason was recorded"),)]
    measured = []
    if row["value"] is not None:
        measured.append(f"Measured {words.plain(row['value'])}")
    if row["threshold"] is not None:
        measured.append(f"limit {words.plain(row['threshold'])}")
    if measured:
        rule = f" ({words.label(row['rule'])})" if row["rule"] else ""
        lines.append((f"{', '.join(measured)}{rule}.",))
    if row["turns_green_when"] and row["status"] != "green":
        lines.append((f"Turns green when {row['turns_green_when'].removeprefix('when ').rstrip('.')}.",))
    if row["override_reason"]:
        until = f" until {words.day(row['override_until_date']).text}" if row["override_until_date"] else ""
        lines.append(
            (f"Overridden by hand{until}: {words.sentence(row['override_reason'])} The computed colour stands.",)
        )
    return Item(head, tuple(lines), Light(status_of(row["status"])))


def week(marts: Marts, rows: list[Row], names: dict[str, str]) -> Section:
    """What changed since last week: colours that turned, then what else moved."""
    blocks: list[Block] = [_turned(marts, rows, names)]
    since = marts.as_of - timedelta(days=7) if marts.as_of else None
    moved = marts.rows(CHANGES, since) if since else []
    if moved:
        titles = {
            **names,
            **{
                row["milestone_id"]: row["name"]
                for row in marts.rows("select milestone_id, name from marts.milestones")
            },
        }
        table = Table(
            "What else moved in seven days",
            (Column("What"), Column("Was"), Column("Is"), Column("Seen")),
            [
                (
                    (
                        Value(titles.get(row["subject_id"]) or row["subject_id"] or ""),
                        Value(f" {words.label(row['what'] or '')}", tone="quiet"),
                    ),
                    row["old_value"] or words.UNKNOWN,
                    row["new_value"] or words.UNKNOWN,
                    marts.day(row["seen_at"]),
                )
                for row in moved
            ],
            empty="",
            limit=8,
        )
        blocks.append(table)
    return Section("week", "What changed since last week", tuple(blocks))


def _turned(marts: Marts, rows: list[Row], names: dict[str, str]) -> Block:
    past = marts.rows(WEEKLY, marts.today - timedelta(days=5)) if marts.today else []
    if not past:
        return note("No earlier week is known yet, so nothing can be compared.")
    week_date = past[0]["week_date"]
    before = {(row["initiative_id"], row["dimension"]): row["status"] for row in past if row["week_date"] == week_date}
    turned = []
    for row in sorted(rows, key=lambda row: (rank_of(row["status"]), row["initiative_id"] or "")):
        old = before.get((row["initiative_id"], row["dimension"]))
        if old is None or old == row["status"]:
            continue
        head = (
            Value(title(row["initiative_id"], names)),
            f" · {DIMENSIONS.get(row['dimension'], row['dimension'])}: ",
            Light(status_of(old)),
            " → ",
            Light(status_of(row["status"])),
        )
        turned.append(Item(head, ((words.sentence(row["reason"] or "No reason was recorded"),),)))
    return Items(turned, f"No colour turned since the week of {words.day(week_date).text}.")
