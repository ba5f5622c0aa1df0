"""Months are reckoned by the calendar, and keep where they were read."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports import figures, months

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS, st.integers(-500, 500))
def test_a_month_so_many_later_lies_as_many_between(day: date, count: int) -> None:
    found = months.later(day, count)
    assert found.day == 1
    assert months.between(day, found) == count


@given(DAYS, DAYS)
def test_months_follow_each_other_from_the_first_to_the_last(one: date, other: date) -> None:
    first, last = sorted((one, other))
    found = months.through(first, last)
    assert (found[0], found[-1]) == (first.replace(day=1), last.replace(day=1))
    assert all(months.between(month, after) == 1 for month, after in pairwise(found))
    assert months.through(first, months.later(first, -1)) == []


def test_a_later_month_names_the_day_it_was_reckoned_from() -> None:
    day = figures.read(date(2026, 11, 24), "milestones", "target_date", 3)
    assert f"{months.later(day, 2):%b}" == figures.marked("milestones.target_date#3 38 days", "Jan")
