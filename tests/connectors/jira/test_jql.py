"""Moments in query texts: exact as epoch milliseconds, never later than asked as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from connectors.jira.jql import both, either, in_projects, not_before

ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"]


def test_epochs_are_exact():
    moment = datetime(2024, 11, 29, 10, 31, 31, 123000, tzinfo=UTC)
    assert not_before("updated", moment, dates="epoch", zone="UTC") == "updated >= 1732876291123"


def test_text_is_in_the_zone_given():
    moment = datetime(2026, 7, 1, 22, 30, 59, tzinfo=UTC)
    assert not_before("updated", moment, dates="text", zone="Europe/Berlin") == 'updated >= "2026-07-02 00:30"'


def test_an_hour_that_comes_twice_is_begun_before_both():
    """On 25 October 2026 the clocks of Berlin show 2:30 twice."""
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert not_before("updated", second, dates="text", zone="Europe/Berlin") == 'updated >= "2026-10-25 01:30"'


@given(
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis adds the zone
    zone=st.sampled_from(ZONES),
    fold=st.sampled_from([0, 1]),
)
def test_text_is_never_later_than_asked_and_at_most_two_hours_earlier(moment, zone, fold):
    """Whichever of two equal readings of the clock the site takes."""
    clause = not_before("updated", moment, dates="text", zone=zone)
    text = clause.removeprefix('updated >= "').removesuffix('"')
    read = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone), fold=fold)
    assert timedelta(0) <= moment - read.astimezone(UTC) <= timedelta(hours=2, minutes=1)


def test_clauses_combine_without_empty_ones():
    assert in_projects(["AND", "B"]) == 'project in ("AND", "B")'
    assert in_projects([]) == ""
    assert both("a = 1 or b = 2", "", "c = 3") == "(a = 1 or b = 2) and (c = 3)"
    assert either("", "a = 1") == "(a = 1)"
