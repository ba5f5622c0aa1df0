"""What each tab of a program spreadsheet must and may hold. The columns are a table that people edit: contract.csv.

A header is matched by its text, never by its position: case, accents, units in brackets and punctuation do not count.
Headers that match no column are kept as extra ones. How cells are read is in cells.py.

contract.csv: `presence` is "value needed" (a row without it is bad), "column needed" (the tab is not read without the
column) or "optional"; `low` and `high` are inclusive; `choices` are parted by "|", each with its other spellings behind
"="; `aliases` are the headers that stand for the column beside its own name; `example` is what the template shows.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path


class Kind(Enum):
    """What a cell holds; the value is how a fault calls it."""

    TEXT = "a text"
    AMOUNT = "an amount"
    NUMBER = "a number"
    SHARE = "a share"
    INTEGER = "a whole number"
    DATE = "a date"
    MONTH = "a month"
    LIST = "a list of texts"
    CHOICE = "one of the choices"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `is_required`: the tab is not read without it; `is_needed`: a row without a value in it is bad."""

    name: str
    kind: Kind = Kind.TEXT
    is_required: bool = False
    is_needed: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[tuple[str, ...], ...] = ()  # the word used from here on, then its other spellings
    aliases: tuple[str, ...] = ()
    example: str = ""

    @property
    def expected(self) -> str:
        """What a cell of it must be, in the words of a fault."""
        if self.choices:
            return "one of " + ", ".join(choice[0] for choice in self.choices)
        if self.low is not None and self.high is not None:
            return f"{self.kind.value} from {self.low:g} to {self.high:g}"
        return self.kind.value if self.low is None else f"{self.kind.value} of at least {self.low:g}"


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its columns, the columns whose values name a row, and those that may spread over months."""

    kind: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    own_key: tuple[str, ...] = ()  # names a row instead of `key` where its first column has a value
    monthly: tuple[str, ...] = ()  # may stand in one column per month; the first is meant where only months are named

    @property
    def has_currency(self) -> bool:
        """Whether its amounts may be in different currencies."""
        return any(column.name == "currency" for column in self.columns) and any(
            column.kind is Kind.AMOUNT for column in self.columns
        )

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


KINDS = (
    "budget",
    "baselines",
    "rates",
    "roadmap",
    "risks",
    "allocations",
    "objectives",
    "decisions",
    "models",
    "waivers",
    "overrides",
    "increments",
    "people",
)

_KEYS = {
    "budget": ("initiative", "category", "month"),
    "baselines": ("initiative", "version", "month"),
    "rates": ("currency", "month"),
    "roadmap": ("initiative_id", "milestone_id"),
    "risks": ("risk_id",),
    "allocations": ("person", "initiative", "month"),
    "objectives": ("objective_id", "key_result"),
    "decisions": ("id",),
    "models": ("model", "objective_metric"),
    "waivers": ("model", "gate"),
    "overrides": ("initiative", "dimension"),
    "increments": ("increment", "team"),
    "people": ("name",),
}
_OWN_KEYS = {"budget": ("line_id", "month"), "people": ("email",)}
_MONTHLY = {
    "budget": ("planned", "actual", "forecast"),
    "baselines": ("planned",),
    "rates": ("rate",),
    "allocations": ("share",),
}


@cache
def contracts() -> dict[str, Tab]:
    """The contract of each tab by its kind, as contract.csv says it."""
    with Path(__file__).with_name("contract.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        kind: Tab(
            kind,
            tuple(_column(row) for row in rows if row["tab"] == kind),
            _KEYS[kind],
            _OWN_KEYS.get(kind, ()),
            _MONTHLY.get(kind, ()),
        )
        for kind in KINDS
    }


def _column(row: dict[str, str]) -> Column:
    choices = tuple(tuple(choice.split("=")) for choice in row["choices"].split("|") if choice)
    return Column(
        row["column"],
        Kind[row["kind"].upper()],
        is_required=row["presence"] != "optional",
        is_needed=row["presence"] == "value needed",
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        choices=choices,
        aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
        example=row["example"],
    )
