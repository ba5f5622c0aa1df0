"""Risks from the register and risks seen in the data, as parts of reports."""

from __future__ import annotations

from reports import words
from reports.document import Block, Cell, Column, Inline, Item, Items, Table, Value
from reports.evidence import Known
from reports.marts import Marts, Row
from reports.sections import status

REGISTER = """
    select
        risk_id, title, initiative_id, owner_person_id, probability_share, impact, exposure, response, due_date, status,
        is_overdue, is_stale, is_triggered
    from marts.risks
    where is_open
    order by exposure desc nulls last, risk_id
"""
SIGNALS = """
    select signal_id, rule, title, severity, subject, initiative_id, since_at, evidence
    from marts.risk_signals
    order by since_at nulls last, signal_id
"""
SEVERITIES = ("high", "medium", "low")
"""Of a signal, the gravest first. Words, not colours: the limits of signals are not those of a status."""
MOST = 15
"""So many risks stand in the open, on paper too; the whole register has a report of its own."""


def table(marts: Marts, names: dict[str, str], people: dict[str, str]) -> Table:
    """The open rows of the register, the greatest exposure first."""
    rows = marts.rows(REGISTER)
    return Table(
        "The register's greatest risks",
        (
            Column("Risk"),
            Column("Likelihood", is_number=True, is_page_only=True),
            Column("Impact", is_number=True, is_page_only=True),
            Column("Exposure", is_number=True, explain="Likelihood times impact"),
            Column("Owner"),
            Column("Due"),
            Column("Attention"),
        ),
        [_row(row, names, people, currency_of(rows, marts)) for row in rows],
        empty="The risk register holds no open risk. It comes from the risks tab of the program sheet.",
        limit=MOST,
        is_caption_shown=True,
    )


def currency_of(rows: list[Row], marts: Marts) -> str:
    """The currency of impacts; empty where the register scores them from 1 to 5 or 25 instead."""
    return marts.currency if any((row["impact"] or 0) > 25 for row in rows) else ""


def size(value: float | None, currency: str) -> Value:
    """An impact or exposure: money, or a score."""
    return words.amount(value, currency) if currency else Value(words.plain(value))


def needs(row: Row) -> list[str]:
    """What a risk needs attention for."""
    marks = (("triggered", row["is_triggered"]), ("overdue", row["is_overdue"]), ("not reviewed", row["is_stale"]))
    return [name for name, is_so in marks if is_so]


def _row(row: Row, names: dict[str, str], people: dict[str, str], currency: str) -> tuple[Cell, ...]:
    attention = needs(row)
    initiative = names.get(row["initiative_id"]) or row["initiative_id"] or status.PROGRAM
    about = " · ".join(filter(None, (row["risk_id"], initiative)))
    return (
        (Value(row["title"] or row["risk_id"]), Value(about, tone="under")),
        words.share(row["probability_share"]),
        size(row["impact"], currency),
        size(row["exposure"], currency),
        people.get(row["owner_person_id"], row["owner_person_id"]) or Value("nobody", tone="bad"),
        words.day(row["due_date"]),
        Value(", ".join(attention), tone="bad") if attention else "",
    )


def signals(marts: Marts, names: dict[str, str], known: Known, *, most: int = 6) -> Block:
    """What the data itself warns of, the most severe first, so many of them open."""
    rows = sorted(marts.rows(SIGNALS), key=severity_rank)
    return warnings(rows, names, known, marts, "The data shows no risk signal.", most=most)


def warnings(rows: list[Row], names: dict[str, str], known: Known, marts: Marts, empty: str, *, most: int = 6) -> Items:
    """Signals as a list: what, where, since when, and the evidence."""
    return Items([_signal(row, names, known, marts) for row in rows], empty, limit=most)


def severity_rank(row: Row) -> int:
    """Sort key: the gravest first, what has no severity last."""
    return SEVERITIES.index(row["severity"]) if row["severity"] in SEVERITIES else len(SEVERITIES)


def severity(row: Row) -> str:
    """How grave a signal or proposal is, in words: "high severity"."""
    return f"{row['severity']} severity" if row["severity"] in SEVERITIES else "unknown severity"


def _signal(row: Row, names: dict[str, str], known: Known, marts: Marts) -> Item:
    initiative = names.get(row["initiative_id"], row["initiative_id"])
    since = f"since {marts.day(row['since_at']).text}" if row["since_at"] else ""
    where = " · ".join(part for part in (severity(row), initiative, since) if part)
    evidence = known.listed(row["evidence"])
    head = row["title"] or words.sentence(words.label(row["rule"] or "signal")).rstrip(".")
    lines: list[tuple[Inline, ...]] = [(words.sentence(row["subject"]),)] if row["subject"] else []
    if evidence:
        lines.append(("Evidence: ", *evidence))
    return Item((head, Value(f" · {where}", tone="quiet")), tuple(lines))
