"""Risks: the register by exposure and how it moved, what needs attention, and what the data says beyond it."""

from __future__ import annotations

from datetime import timedelta

from reports import evidence, figures, words
from reports.document import (
    Cell,
    Column,
    Document,
    Inline,
    Item,
    Items,
    Section,
    Table,
    Tile,
    Tiles,
    Value,
    note,
)
from reports.marts import Marts, Row
from reports.sections import dimension, register, reserves, risk_matrix, sources, status

NAME = "risks"
TITLE = "Risks"
DESCRIPTION = "The risk register by exposure with its movement, what stands against it, what is overdue, unreviewed or triggered, and warnings from the data that the register does not hold."

RISKS = """
    select
        risk_id, title, initiative_id, owner_person_id, probability_share, impact, exposure, response, contingency_plan,
        residual_exposure, columns('^(contingency_amount|uncovered_exposure)$'), due_date, review_date, status, is_overdue, is_stale, trigger, trigger_title,
        trigger_operator, trigger_bound, trigger_unit, trigger_value, is_triggered
    from marts.risks
    where is_open
    order by exposure desc nulls last, risk_id
"""
MOVED = """
    select subject_id, what, old_value, new_value, seen_at
    from marts.changes
    where subject_kind = 'risk' and seen_at > ?
    order by seen_at
"""
NAMES_OF_MILESTONES = "select milestone_id, name from marts.milestones where name is not null"
MOVEMENT_DAYS = 30
PROPOSALS = """
    select
        proposal_id, rule, initiative_id, title, severity, reason, proposed_trigger, trigger_title, trigger_operator, trigger_bound,
        trigger_unit, since_at, evidence
    from marts.risk_proposals
    order by severity, initiative_id, rule
"""


def compose(marts: Marts) -> Document:
    """The whole report."""
    names, people = marts.initiatives(), marts.names()
    rows, moved = marts.rows(RISKS), movement(marts)
    titles = {row["milestone_id"]: row["name"] for row in marts.rows(NAMES_OF_MILESTONES)}
    known = evidence.known(marts, {**people, **names, **titles})
    signals = marts.rows(register.SIGNALS)
    missing = marts.rows(PROPOSALS)
    currency = register.currency_of(rows, marts)
    empty = "Every warning of the data is watched by an open risk."
    sections = (
        Section("attention", "What needs attention", (_attention(rows, names, people),)),
        Section("register", "The register by exposure", (_register(rows, moved, names, people, currency),)),
        Section("reserves", "What stands against them", reserves.blocks(marts, names, currency)),
        Section("matrix", "Likelihood and impact", risk_matrix.blocks(rows, moved, currency)),
        Section(
            "missing",
            "Should be in the register",
            (
                note(
                    "The data warns of these, and no open risk watches them. Nothing is written into the register: copy what you agree with."
                ),
                _proposals(missing, names, known, empty if signals else "The data shows no risk signal."),
            ),
        ),
        Section("signals", "All warnings from the data", (register.signals(marts, names, known),)),
    )
    return sources.framed(
        marts,
        name=NAME,
        title=TITLE,
        audience="For the risk owners and the program manager",
        verdict=_sentence(rows, currency),
        light=dimension.light(dimension.colours(marts, "risk")),
        sections=(Section("short", "In short", (_tiles(rows, currency),)), *sections) if rows else sections,
        numbers=_numbers(rows, signals, missing),
    )


def movement(marts: Marts) -> dict[str, list[Row]] | None:
    """What changed of each risk in the last 30 days; None where the warehouse keeps no changes."""
    if marts.as_of is None:
        return None
    before = len(marts.missing)
    found: dict[str, list[Row]] = {}
    for row in marts.rows(MOVED, marts.as_of - timedelta(days=MOVEMENT_DAYS)):
        found.setdefault(row["subject_id"] or "", []).append(row)
    return None if len(marts.missing) > before else found


def _sentence(rows: list[Row], currency: str) -> str:
    if not rows:
        return "The risk register holds no open risk. It comes from the risks tab of the program sheet."
    count = words.count(figures.count(rows), "risk is", "risks are")
    worth = register.size(sum(row["exposure"] or 0 for row in rows), currency).text
    marks = [
        f"{figures.count(row for row in rows if name in register.needs(row))} {name}"
        for name in ("triggered", "overdue", "not reviewed")
    ]
    return f"{count} open with an exposure of {worth}: {words.joined(marks)}. The greatest is “{rows[0]['title'] or rows[0]['risk_id']}”."


def _tiles(rows: list[Row], currency: str) -> Tiles:
    unknown = figures.count(row for row in rows if row["exposure"] is None)
    left = [row for row in rows if row["residual_exposure"] is not None]
    held = [row for row in rows if row["contingency_amount"] is not None]
    return Tiles(
        (
            Tile("Open risks", Value(words.count(figures.count(rows))), f"{unknown} without an exposure" if unknown else ""),
            Tile("Exposure", register.size(sum(row["exposure"] or 0 for row in rows), currency), "what they cost on average: likelihood times impact"),
            Tile("Left after the response", register.size(figures.total(row["residual_exposure"] for row in left), currency), f"of {words.count(figures.count(left), 'risk')} that state it"),
            Tile("Contingency set aside", register.size(figures.total(row["contingency_amount"] for row in held), currency), _kept(rows, held)),
            Tile("Triggers fired", Value(words.count(figures.count(row for row in rows if row["is_triggered"] is True))), f"of {words.count(figures.count(row for row in rows if row['trigger']), 'risk')} with a trigger"),
        )
    )  # fmt: skip


def _kept(rows: list[Row], held: list[Row]) -> str:
    """For how many risks something is set aside, of how many it is not known, and how many have none."""
    said = f"named for {figures.count(held)} of {words.count(figures.count(rows), 'risk')}"
    unread = [row for row in rows if reserves.is_missing(row)]
    if not unread:
        return said
    without = figures.count(row for row in rows if row["contingency_amount"] is None and not reserves.is_missing(row))
    others = f", {without} without one" if without else ""
    return f"{said}, {figures.count(unread)} that cannot be read{others}"


def _attention(rows: list[Row], names: dict[str, str], people: dict[str, str]) -> Items:
    """Risks with a fired trigger, past their due date or not reviewed in time: why, and what is planned for them."""
    entries = []
    for row in sorted(rows, key=lambda row: row["is_triggered"] is not True):
        marks = register.needs(row)
        if not marks:
            continue
        lines: list[tuple[Inline, ...]] = []
        if row["is_triggered"]:
            lines.append((f"Its trigger fired: {_trigger(row)}",))
        if row["is_overdue"]:
            lines.append((f"It was due on {words.day(row['due_date']).text}.",))
        if row["is_stale"]:
            lines.append((f"Its review was due on {words.day(row['review_date']).text}.",))
        plan = row["contingency_plan"]
        lines.append(
            (words.sentence(f"Plan: {plan}") if plan else Value("No contingency plan is written down.", tone="bad"),)
        )
        owner = people.get(row["owner_person_id"], row["owner_person_id"]) or "no owner"
        where = " · ".join(part for part in (status.title(row["initiative_id"], names), owner) if part)
        head = (row["title"] or row["risk_id"], Value(f" · {where}", tone="quiet"))
        # Without a colour: the rules of the status judge all risks of an initiative together, none alone.
        entries.append(Item(head, tuple(lines)))
    return Items(entries, "No open risk is triggered, overdue or unreviewed." if rows else "There is no open risk.")


OPERATORS = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "=": "exactly", "<>": "other than"}


def _trigger(row: Row) -> str:
    """What a trigger waits for, and where the measure stands now; as the register has it where it has no words."""
    bound = _bound(row, "the agreed ")
    if not bound:
        return words.sentence(row["trigger"] or "it is not provided")
    now = words.measured(row["trigger_value"], row["trigger_unit"])
    if now is words.UNKNOWN:
        return f"“{row['trigger_title']}” was to be {bound}; it is not known now."
    return f"“{row['trigger_title']}” is {now.text}, {bound}."


def _bound(row: Row, which: str = "") -> str:
    """The limit of a trigger in words: "more than 60 days"; empty where its measure has none."""
    if not row["trigger_title"] or row["trigger_operator"] not in OPERATORS:
        return ""
    return (
        f"{OPERATORS[row['trigger_operator']]} {which}{words.measured(row['trigger_bound'], row['trigger_unit']).text}"
    )


def _register(
    rows: list[Row], moved: dict[str, list[Row]] | None, names: dict[str, str], people: dict[str, str], currency: str
) -> Table:
    shown: list[tuple[Cell, ...]] = []
    for row in rows:
        marks = register.needs(row)
        shown.append(
            (
                (
                    Value(row["title"] or row["risk_id"]),
                    Value(
                        " · ".join(
                            part
                            for part in (row["risk_id"], status.title(row["initiative_id"], names), row["response"])
                            if part
                        ),
                        tone="under",
                    ),
                ),
                words.share(row["probability_share"]),
                register.size(row["impact"], currency),
                register.size(row["exposure"], currency),
                register.size(row["residual_exposure"], currency),
                _moved(row, moved, currency),
                people.get(row["owner_person_id"], row["owner_person_id"]) or Value("nobody", tone="bad"),
                words.day(row["due_date"]),
                Value(", ".join(marks), tone="bad") if marks else "",
            )
        )
    return Table(
        "Open risks, the greatest exposure first",
        (
            Column("Risk"),
            Column("Likelihood", is_number=True, is_page_only=True),
            Column("Impact", is_number=True, is_page_only=True),
            Column("Exposure", is_number=True, explain="Likelihood times impact"),
            Column("After response", is_number=True, explain="Residual exposure", is_page_only=True),
            Column("Movement", explain=f"What changed in the last {figures.fixed(MOVEMENT_DAYS)} days"),
            Column("Owner"),
            Column("Due"),
            Column("Attention"),
        ),
        shown,
        empty="The risk register holds no open risk. It comes from the risks tab of the program sheet.",
        limit=40,
    )


def _moved(row: Row, moved: dict[str, list[Row]] | None, currency: str) -> Cell:
    if moved is None:
        return words.UNKNOWN
    changes = moved.get(row["risk_id"], [])
    sign = risk_matrix.direction(changes)
    if not changes:
        return Value("unchanged", tone="quiet")
    said = [f"{words.moved(one['what'])} was {_was(one, currency)}" for one in changes[:3]]
    return (Value(f"{sign} " if sign else ""), ", ".join(said))


def _was(change: Row, currency: str) -> str:
    """An old value in the unit of what changed."""
    value = risk_matrix.figure(change["old_value"])
    if value is None:
        return words.told(change["old_value"] or "") or words.UNKNOWN.text
    if (change["what"] or "").endswith("_share"):
        return words.share(value).text
    return register.size(value, currency).text


def _proposals(rows: list[Row], names: dict[str, str], known: evidence.Known, empty: str) -> Items:
    """Risks to write into the register, with the trigger that would watch each."""
    entries = []
    for row in rows:
        lines: list[tuple[Inline, ...]] = [(words.sentence(row["reason"] or "No reason was recorded"),)]
        if row["proposed_trigger"]:
            if bound := _bound(row):
                lines.append((f"A trigger would fire when “{row['trigger_title']}” is {bound}.",))
            lines.append((f"Trigger to write beside it: {row['proposed_trigger']}",))
        if shown := known.listed(row["evidence"]):
            lines.append(("Evidence: ", *shown))
        where = f" · {register.severity(row)} · {status.title(row['initiative_id'], names)}"
        head = (row["title"] or words.label(row["rule"] or "A risk"), Value(where, tone="quiet"))
        entries.append(Item(head, tuple(lines)))
    return Items(entries, empty)


def _numbers(rows: list[Row], signals: list[Row], missing: list[Row]) -> dict[str, float]:
    return {
        "open_risks": float(len(rows)),
        "exposure": float(sum(row["exposure"] or 0 for row in rows)),
        "residual_exposure": float(sum(row["residual_exposure"] or 0 for row in rows)),
        "triggered": float(sum(row["is_triggered"] is True for row in rows)),
        "overdue": float(sum(row["is_overdue"] is True for row in rows)),
        "not_reviewed": float(sum(row["is_stale"] is True for row in rows)),
        "signals": float(len(signals)),
        "not_in_the_register": float(len(missing)),
    }
