"""The program's colour in one dimension, for the top of the report about it: the light, and which initiatives bring it.

The matrix of all dimensions is status.py's.
"""

from __future__ import annotations

from reports import words
from reports.document import Light, status_of
from reports.marts import Marts, Row

COLOURS = "select initiative_id, status, reason, first_reason from marts.program_status where dimension = ?"


def colours(marts: Marts, dimension: str) -> list[Row]:
    """The colour of each initiative and of the program, and why."""
    return marts.rows(COLOURS, dimension)


def light(rows: list[Row]) -> Light | None:
    """The program's colour; None before there is any."""
    return next((Light(status_of(row["status"])) for row in rows if row["initiative_id"] is None), None)


def because(rows: list[Row], names: dict[str, str]) -> str:
    """Which initiatives are as red or amber as the program, the first in the roadmap's order with its first reason."""
    program = next((row for row in rows if row["initiative_id"] is None), None)
    if program is None or program["status"] not in ("red", "amber"):
        return ""
    found = {row["initiative_id"]: row for row in rows if row["status"] == program["status"]}
    alike = [one for one in names if one in found]
    if not alike:
        return words.sentence(program["reason"] or "")
    reason = found[alike[0]]["first_reason"] or "no reason was recorded"
    if len(alike) == 1:
        return f"{names[alike[0]]} is {program['status']}: {words.told(reason)}."
    said = words.joined([names[one] for one in alike], most=3)
    return f"{said} are {program['status']}, {names[alike[0]]} because: {words.told(reason)}."
