"""Reckoning with months, each by its first day. How they are said is words.py's; months that a mart counted stay as they are."""

from __future__ import annotations

from datetime import date


def later(day: date, count: int) -> date:
    """The month that is so many after the one of a day; it keeps the day's origin."""
    place = day.month - 1 + count
    return day + (date(day.year + place // 12, place % 12 + 1, 1) - day)


def between(first: date, last: date) -> int:
    """How many months lie from the month of one day to that of another."""
    return (last.year - first.year) * 12 + last.month - first.month


def through(first: date, last: date) -> list[date]:
    """Every month from that of one day to that of another, without a gap."""
    return [later(first, count) for count in range(between(first, last) + 1)]
