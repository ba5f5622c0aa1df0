"""What the open risks may still cost after the responses, and what stands against that: contingency and reserves."""

from __future__ import annotations

from reports import figures, words
from reports.document import Block, Cell, Column, Prose, Table, Value, note
from reports.marts import Marts, Row
from reports.sections import status

RESERVES = """
    select
        scope_id, initiative_id, open_risk_count, residual_exposure, contingency_amount, reserve_amount, drawn_amount,
        uncovered_exposure, reserve_left_amount
    from marts.risk_reserves
    order by uncovered_exposure desc nulls first, scope_id
"""
HELD = """
    select initiative_id, residual_exposure, columns('^(contingency_amount|uncovered_exposure)$')
    from marts.risks
    where is_open
"""
"""A file that was published before risks told what is not covered is read all the same."""

WHOLE = "*"
"""The scope that is the whole program."""
AMOUNTS = {
    "residual_exposure": "what its risks may still cost after the response",
    "contingency_amount": "the contingency of its risks",
    "reserve_amount": "its reserve",
    "drawn_amount": "how much of its reserve was spent",
}
"""What a scope needs to be judged."""


def blocks(marts: Marts, names: dict[str, str], currency: str) -> tuple[Block, ...]:
    """The program and each initiative, then what it means in a sentence; scores have no reserve to be held against."""
    if not currency:
        return (
            note("The register scores impacts instead of stating amounts, so no reserve can be held against them."),
        )
    rows = sorted(marts.rows(RESERVES), key=lambda row: row["scope_id"] != WHOLE)
    held = marts.rows(HELD)
    said = _sentence(rows, held, names, currency)
    # Beneath, so that on slides it stays with its table.
    return (_table(rows, held, names, currency), *((Prose((said,)),) if said else ()))


def _sentence(rows: list[Row], held: list[Row], names: dict[str, str], currency: str) -> str:
    """Whether the program's reserve covers what contingency leaves open; what is unknown says so."""
    whole = next((row for row in rows if row["scope_id"] == WHOLE), None)
    if whole is None or not (whole["open_risk_count"] or whole["reserve_amount"]):
        return ""
    beyond, left = whole["uncovered_exposure"], whole["reserve_left_amount"]
    if beyond is not None and beyond < 0.5:
        return "The contingency covers what the open risks may still cost."
    if beyond is None or left is None:
        return f"Whether the reserve covers the risks is not known. {_missing(rows, held, names)}".strip()
    said = f"Contingency leaves {words.amount(beyond, currency).text} of the risks open"
    if left <= -0.5 and whole["reserve_amount"] == 0:
        return f"{said}, and there is no reserve to bear them."
    if left <= -0.5:
        return f"{said}, {words.amount(-left, currency).text} more than the reserve can bear."
    return f"{said}; after that {words.amount(left, currency).text} of the reserve would be left."


def _missing(rows: list[Row], held: list[Row], names: dict[str, str]) -> str:
    """Whose amounts are missing, and where to write them."""
    parts = []
    for row in rows:
        lacking = [_lacking(row, column, held) for column in AMOUNTS if row[column] is None]
        if lacking and row["scope_id"] != WHOLE:
            parts.append(f"Of {_name(row, names)} we do not know {words.joined(lacking)}.")
    return " ".join([*parts, "Write it into the register and the budget."]) if parts else ""


def _lacking(row: Row, column: str, held: list[Row]) -> str:
    """What of an initiative is missing; of contingencies for how many of its risks."""
    of_it = _risks_of(row, held)
    missing = [one for one in of_it if is_missing(one)]
    if column != "contingency_amount" or not missing:
        return AMOUNTS[column]
    return f"the contingency of {figures.count(missing)} of its {words.count(figures.count(of_it), 'open risk')}"


def is_missing(row: Row) -> bool:
    """Whether a risk's contingency is not known; one that names none has none, and what it leaves open is known."""
    is_unknown = row["contingency_amount"] is None and row["residual_exposure"] is not None
    return is_unknown and row.get("uncovered_exposure") is None


def _risks_of(row: Row, held: list[Row]) -> list[Row]:
    """The open risks of an initiative, or of the whole program."""
    return [one for one in held if row["scope_id"] == WHOLE or one["initiative_id"] == row["initiative_id"]]


def _contingency(row: Row, held: list[Row], currency: str) -> Value:
    """What was set aside; where some risks do not say, what the others do and how many are missing."""
    of_it = _risks_of(row, held)
    known = [one["contingency_amount"] for one in of_it if one["contingency_amount"] is not None]
    missing = figures.count(one for one in of_it if is_missing(one))
    if row["contingency_amount"] is not None or not known or not missing:
        return words.amount(row["contingency_amount"], currency)
    said = words.amount(figures.total(known), currency)
    return Value(f"{said.text}, {missing}{words.SPACE}missing", f"{said.full}, {missing} missing")


def _table(rows: list[Row], held: list[Row], names: dict[str, str], currency: str) -> Table:
    """The program first, then each initiative by what its contingency leaves uncovered."""
    return Table(
        "Risks after the responses, against contingency and reserves",
        (
            Column("Initiative"),
            Column("Open risks", is_number=True, is_page_only=True),
            Column("After response", is_number=True, explain="Likelihood times impact that is left after the responses"),
            Column("Contingency", is_number=True, explain="Set aside in the register for these risks"),
            Column("Not covered", is_number=True, explain="What is left of the risks beyond the contingency"),
            Column("Reserve", is_number=True, explain="Reserve lines of the budget", is_page_only=True),
            Column("Reserve drawn", is_number=True, explain="What of the reserve was spent", is_page_only=True),
            Column("Reserve left", is_number=True, explain="Reserve less what was drawn and what is not covered; below zero it does not cover what may come"),
        ),
        [_row(row, held, names, currency) for row in rows],
        empty="No open risk and no reserve is known.",
        limit=20,
    )  # fmt: skip


def _name(row: Row, names: dict[str, str]) -> str:
    if row["scope_id"] == WHOLE:
        return status.PROGRAM
    return names.get(row["initiative_id"]) or row["initiative_id"] or "Risks of the program itself"


def _row(row: Row, held: list[Row], names: dict[str, str], currency: str) -> tuple[Cell, ...]:
    is_whole = row["scope_id"] == WHOLE
    return (
        Value(_name(row, names), tone="strong" if is_whole else ""),
        words.count(row["open_risk_count"]),
        words.amount(row["residual_exposure"], currency),
        _contingency(row, held, currency),
        *(words.amount(row[column], currency) for column in ("uncovered_exposure", "reserve_amount", "drawn_amount")),
        _left(row, currency),
    )  # fmt: skip


def _left(row: Row, currency: str) -> Value:
    """What is left of the reserve; of none nothing can be left, but what it would have had to bear is said."""
    left = words.amount(row["reserve_left_amount"], currency)
    if row["reserve_left_amount"] is None or row["reserve_left_amount"] > -0.5:
        return left
    if row["reserve_amount"] == 0:
        return Value(
            f"none,{words.SPACE}{words.amount(-row['reserve_left_amount'], currency).text}{words.SPACE}short",
            left.full,
            tone="bad",
        )
    return Value(left.text, left.full, tone="bad")
