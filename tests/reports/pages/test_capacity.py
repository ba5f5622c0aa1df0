"""The capacity report: promises against time, by name and never ranked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import reports
from tests.reports.believable_plan import program
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write
from tests.reports.reading import Page


@pytest.fixture(scope="module")
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("capacity", "believable").html)


def test_it_opens_with_this_month(page: Page) -> None:
    """Promised against available, and how many people are promised twice."""
    assert "In Nov 2026, 2.7 of 1.5 full-time people are promised to initiatives; 1 person is promised" in page.text


def test_one_who_is_over_promised_takes_no_free_time_of_others(tmp_path: Path) -> None:
    """And the headline names the work that hangs on one person, which may be what makes the colour."""
    month = {"month_date": date(2026, 11, 1), "capacity_share": 1.0}
    marts = {
        "capacity_monthly": [
            {**month, "person_id": "p1", "allocated_share": 1.3, "is_over_allocated": True},
            {**month, "person_id": "p2", "allocated_share": 0.4, "is_over_allocated": False},
        ],
        "initiatives": [{"initiative_id": "i", "name": "Fraud"}],
        "risk_signals": [{"signal_id": "s", "rule": "concentration", "initiative_id": "i", "severity": "high"}],
    }
    text = Page(reports.render("capacity", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html).text
    assert "Free 0.6 and 0.3 over-promised" in text
    assert (
        "1 person is promised for more time than they have. Most of the open work of Fraud hangs on one person." in text
    )


def test_an_over_promised_person_is_named_with_the_initiatives(page: Page) -> None:
    """From this month on; past months cannot be changed any more."""
    assert "Ada Wiśniewska Nov 2026 to Dec 2026: 130% promised, 100% available. Fraud detection 2.0 80% and Search ranking 50%." in page.text  # fmt: skip


@pytest.mark.parametrize(
    ("december", "title"),
    [(0.5, "No month is tighter than another: 0.5 promised"), (0.9, "Dec 2026 is the tightest month: 0.9 promised")],
)
def test_a_month_is_called_the_tightest_only_if_it_is(december: float, title: str, tmp_path: Path) -> None:
    """Of the months from now on."""
    marts = program()
    marts["capacity_monthly"] = [
        {"person_id": "p1", "month_date": date(2026, month, 1), "allocated_share": promised, "capacity_share": 1.0}
        for month, promised in ((10, 1.0), (11, 0.5), (12, december))
    ]
    text = Page(reports.render("capacity", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html).text
    assert f"{title}, 1.0 available" in text


def test_people_are_listed_by_name_not_by_load(page: Page) -> None:
    """The one with most work in progress does not come first."""
    grid = page.tables["Allocation, capacity and work in progress in Nov 2026, by name"]
    assert [row[0] for row in grid.rows] == ["Ada Wiśniewska Fraud", "Jonas Lindqvist Fraud", "Mei Tanaka Fraud"]
    assert [row[-1] for row in grid.rows] == ["2", "1", "4"]
    assert grid.rows[2][3] == "–"


def test_initiatives_show_people_promised_by_month(page: Page) -> None:
    """This month and what is planned after it."""
    grid = page.tables["Full-time people promised to each initiative"]
    assert grid.headings == ["Initiative", "Nov 2026", "Dec 2026"]
    assert grid.row("Fraud detection 2.0")["Nov 2026"] == "1.2"


def test_hours_of_teams_and_missing_skills_are_shown(page: Page) -> None:
    """The last month with the one before it; skills that are not short are left out."""
    hours = page.tables["Commits, reviews and changes outside working hours by team, last known month"]
    assert hours.rows == [["Fraud", "Oct 2026", "6", "14%", "9%"]]
    skills = page.tables["Skills of which more is promised than the people who have them can give"]
    assert skills.rows == [["ranking", "1.5", "0.9", "0.6"]]


def test_without_allocations_it_says_where_they_come_from(rendered: Render) -> None:
    """Before the first sync."""
    text = Page(rendered("capacity", "empty").html).text
    assert "No allocation is known. It comes from the allocations tab of the program sheet." in text


def test_increments_show_predictability_and_sprints_that_do_not_fit(page: Page) -> None:
    """The newest first; one under way has no predictability yet."""
    grid = page.tables["Program increments by team, the newest first"]
    assert grid.rows == [
        ["Fraud · PI 2026-4 1 Oct 2026 to 31 Dec 2026", "45", "not over", "under way", "6", "3"],
        ["Fraud · PI 2026-3 1 Jul 2026 to 30 Sep 2026", "40", "30", "75%", "6", "1"],
        ["Search · PI 2026-3 1 Jul 2026 to 30 Sep 2026", "50", "55", "110%", "6", "0"],
    ]
