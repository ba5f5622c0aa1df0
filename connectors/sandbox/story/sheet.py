"""One weekly edition of the program spreadsheet: when it was saved and what the tabs need to know. Tabs are in *_tabs.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from connectors.sandbox.program import Cell
from connectors.sandbox.story.earned import Money
from connectors.sandbox.story.initiatives import Initiative
from connectors.sandbox.story.moments import Calendar, add_months, local_day, utc, workday
from connectors.sandbox.story.people import Staff

EDITIONS = 9  # one more than the past weeks that the demo syncs, so that the first sync finds a spreadsheet
TABS = {
    "budget": "Budget", "baselines": "Baselines", "rates": "FX rates", "roadmap": "Roadmap", "risks": "Risk register",
    "allocations": "Allocations", "objectives": "Objectives", "decisions": "Decisions", "models": "Models", "waivers": "Waivers",
    "overrides": "Overrides", "increments": "Increments", "people": "People",
}  # fmt: skip
"""Tab kind of the sheet contract -> the title in the spreadsheet."""

Row = list[Cell]


@dataclass(frozen=True)
class Edition:
    """The spreadsheet's version number 0 to 8, saved a week apart, the last one a day before now."""

    number: int
    calendar: Calendar
    staff: Staff
    money: dict[str, Money]  # by initiative id
    epic_keys: dict[str, list[str]]  # by initiative id, in the order of its themes
    seed: int

    @property
    def at(self) -> datetime:
        """When it was saved."""
        return self.calendar.now - timedelta(days=1 + 7 * (EDITIONS - 1 - self.number))

    @property
    def is_last(self) -> bool:
        """Whether it is the newest."""
        return self.number == EDITIONS - 1

    def random(self, subject: str) -> Random:
        """A generator that gives the same numbers in every edition."""
        return Random(f"{self.seed}/{subject}")

    def is_closed(self, month: date) -> bool:
        """Whether finance had booked a month when this edition was saved: a day and a half after its end at the latest."""
        return utc(add_months(month, 1)) <= self.at + timedelta(hours=36)

    def month_of(self, plan: Initiative, index: int) -> date:
        """The first day of an initiative's month, counted from 0 at its start."""
        return self.calendar.month(index - plan.closed_months)

    def day_of(self, plan: Initiative, months: float) -> date:
        """The working day so many months after an initiative's start."""
        return workday(local_day(self.calendar.month_at(months - plan.closed_months - 0.04)))

    def day(self, days: float) -> date:
        """The working day so many days after now (negative: before)."""
        return workday(local_day(self.calendar.now + timedelta(days=days)))
