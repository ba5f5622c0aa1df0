"""The program's colour in one dimension, for the top of the report about it: the light, and which initiatives bring it.

The matrix of all dimensions is status.py's.
"""

from __future__ import annotations

from reports import words
from reports.document import Light, status_of
from reports.marts import Marts

COLOURS = "select initiative_id, status, reason, first_reason from marts.program_status where dimension = ?"


def light(marts: Marts, dimension: str) -> Light | None:
    """The program's colour; None before there is any."""
    return next(
        (Light(status_of(row["status"])) for row in marts.rows(COLOURS, dimension) if row["initiative_id"] is None),
        None,
    )


def because(marts: Marts, dimension: str) -> str:
    """Which initiatives are as red or amber as the program, the first in the roadmap's order with its first reason."""
    rows = marts.rows(COLOURS, dimension)
    program = next((row for row in rows if row["initiative_id"] is None), None)
    if program is None or program["status"] not in ("red", "amber"):
        return ""
    names = marts.initiatives()
    found = {row["initiative_id"]: row for row in rows if row["status"] == program["status"]}
    alike = [one for one in names if one in found]
    if not alike:
        return words.sentence(program["reason"] or "")
    reason = found[alike[0]]["first_reason"] or "no reason was recorded"
    if len(alike) == 1:
        return f"{names[alike[0]]} is {program['status']}: {words.told(reason)}."
    said = words.joined([names[one] for one in alike], most=3)
    return f"{said} are {program['status']}, {names[alike[0]]} because: {words.told(reason)}."
