"""Days, months and working hours of the story, all counted from `now`. Nothing here knows what happens in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

TIMEZONE = "Europe/Berlin"
ZONE = ZoneInfo(TIMEZONE)
FIRST_HOUR, LAST_HOUR = 8.5, 17.75
_DAY = LAST_HOUR - FIRST_HOUR
SPRINT = timedelta(days=14)
_SPRINT_ANCHOR = date(2024, 1, 8)  # a Monday on which a sprint began; every second Monday since is another


def utc(day: date, hour: float = 0.0) -> datetime:
    """The instant of a local hour of a local day."""
    local = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(seconds=round(hour * 3600))
    return local.astimezone(UTC)


def local_day(moment: datetime) -> date:
    """The day it is in the program's zone at a moment."""
    return moment.astimezone(ZONE).date()


def add_months(month: date, count: int) -> date:
    """The first day of the month `count` months later."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def at_work(moment: datetime) -> datetime:
    """The moment itself if it is within working hours, else one within those of the working day before."""
    local = moment.astimezone(ZONE)
    day, hour = local.date(), local.hour + local.minute / 60 + local.second / 3600
    if day.weekday() < 5 and FIRST_HOUR <= hour <= LAST_HOUR:
        return moment
    if hour <= LAST_HOUR:
        day -= timedelta(days=1)
    return utc(workday(day), FIRST_HOUR + _DAY * (hour * 7 % 24) / 24)


def between(begin: datetime, end: datetime, share: float) -> datetime:
    """The moment when `share` of the working time from begin to end is over: later shares are later, none is before begin."""
    from_hours, to_hours = _worked(begin), _worked(end)
    if to_hours - from_hours < 1:  # a night's work
        return begin + (end - begin) * share
    moment = _when_worked(from_hours + (to_hours - from_hours) * share)
    return max(begin + (end - begin) * share / 50, min(moment, end))


def _worked(moment: datetime) -> float:
    """Working hours since a Monday long ago."""
    local = moment.astimezone(ZONE)
    weeks, weekday = divmod((local.date() - _SPRINT_ANCHOR).days, 7)
    hour = local.hour + local.minute / 60 + local.second / 3600
    today = min(max(hour - FIRST_HOUR, 0.0), _DAY) if weekday < 5 else 0.0
    return (weeks * 5 + min(weekday, 5)) * _DAY + today


def _when_worked(hours: float) -> datetime:
    """The moment at which so many working hours since that Monday are over."""
    days, rest = divmod(hours, _DAY)
    weeks, weekday = divmod(int(days), 5)
    return utc(_SPRINT_ANCHOR + timedelta(days=weeks * 7 + weekday), FIRST_HOUR + rest)


def workday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


@dataclass(frozen=True)
class Calendar:
    """The story's time line: months and weeks counted from `now`, month 0 being the current, unfinished one."""

    now: datetime

    @property
    def today(self) -> date:
        """The local day of `now`."""
        return local_day(self.now)

    def month(self, offset: int) -> date:
        """The first day of the month `offset` months from the current one."""
        return add_months(self.today.replace(day=1), offset)

    def month_at(self, offset: float) -> datetime:
        """The instant at a possibly broken month offset: -0.5 is the middle of the last closed month."""
        whole = int(offset // 1)
        begin, end = utc(self.month(whole)), utc(self.month(whole + 1))
        return begin + (end - begin) * (offset - whole)

    @property
    def month_passed(self) -> float:
        """The share of the current month that is over."""
        begin, end = utc(self.month(0)), utc(self.month(1))
        return (self.now - begin) / (end - begin)

    def ago(self, *, days: float) -> datetime:
        """The working moment so many days before now."""
        return at_work(self.now - timedelta(days=days))

    def draw(self, random: Random, begin: datetime, end: datetime) -> datetime:
        """A working moment between two instants, never before the first nor after now."""
        last = min(end, self.now - timedelta(minutes=20))
        for _ in range(12):
            moment = at_work(begin + (last - begin) * random.random())
            if begin <= moment <= last:
                return moment
        return begin + (last - begin) * random.random()  # a weekend or a night: no working moment between the two

    def sprint_starts(self) -> list[datetime]:
        """Starts of all sprints from 18 months ago to the one after the active one: Mondays at 10 o'clock."""
        first = self.month(-18)
        day = _SPRINT_ANCHOR + SPRINT * ((first - _SPRINT_ANCHOR) // SPRINT + 1)
        starts = [utc(day, 10)]
        while starts[-1] <= self.now:
            day += SPRINT
            starts.append(utc(day, 10))
        return starts
