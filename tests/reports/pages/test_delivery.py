"""The delivery report says what the marts hold."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

import reports
from reports import words
from reports.sections import trends
from tests.reports.believable import AS_OF, program
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write
from tests.reports.reading import Page, tidy


@pytest.fixture(scope="module")
def page(rendered: Render) -> Page:
    """The page over the small program."""
    return Page(rendered("delivery", "believable").html)


def test_its_sentence_counts_what_is_in_progress(page: Page) -> None:
    """Done and deleted issues do not count; a project that slows down is named."""
    assert "4 issues are in progress, 1 blocked and 2 stalled. Cycle time is getting longer in FRAUD." in page.text


def test_each_week_beneath_a_chart_is_the_marts(page: Page, open_file: duckdb.DuckDBPyConnection) -> None:
    """Every full week of both projects, to a tenth; a gap stays a gap."""
    rows = open_file.execute(
        "select project_key, week_date, arrived_count, finished_count, wip_count, cycle_time_p50_hours, cycle_time_p85_hours"
        " from marts.flow_weekly"
    ).fetchall()
    assert len(rows) == 52
    for project, week, arrived, finished, going, middle, upper in rows:
        row = page.tables[f"Issues per week in {project}"].row(tidy(words.day(week).text))
        spans = [tidy(words.span(hours).text) for hours in (middle, upper)]
        assert list(row.values())[1:] == [str(arrived), str(finished), str(going), *spans]


def test_each_dot_is_an_issue_that_finished_lately(page: Page) -> None:
    """Those of before the half year are left out; the lines across are the percentiles that are known."""
    assert [row[:1] + row[2:] for row in page.tables["Issues finished in FRAUD"].rows] == [
        ["FRAUD-209 Done", "2.5 d"],
        ["FRAUD-201 Done", "5.4 d"],
    ]
    assert "half took at most 5 days; 85 in 100 took at most 10 days; 95 in 100 took at most 16 days" in tidy(page.text)
    assert "half took at most 5 days; 85 in 100 took at most 10 days" in tidy(page.text)


def test_work_in_progress_is_held_against_what_took_long(page: Page) -> None:
    """How many are older than 85 in 100 took; the ages are those of the list."""
    text = tidy(page.text)
    assert "FRAUD: 2 of 2 issues in progress older than what 85 in 100 took, 10 days" in text
    assert "SEARCH: none of 2 issues in progress older than what 85 in 100 took, 10 days" in text
    assert page.tables["Issues in progress in FRAUD"].rows == [
        ["FRAUD-212", "31.0 d", "blocked"],
        ["FRAUD-240", "12.0 d", "stalled"],
    ]


def test_the_cumulative_flow_is_the_marts(page: Page, open_file: duckdb.DuckDBPyConnection) -> None:
    """The end of each week that is known and today, the stages from done upwards."""
    rows = page.tables["Cumulative flow of FRAUD"].rows
    found = open_file.execute(
        """pivot (select day_date, stage, issue_count from marts.flow_daily where project_key = 'FRAUD'
        and (isodow(day_date) = 7 or day_date = '2026-11-24')) on stage using first(issue_count) order by day_date desc"""
    ).fetchall()
    assert len(rows) == 10
    assert rows == [[tidy(words.day(day).text), str(done), str(going), str(ready)] for day, done, going, ready in found]
    assert "issues by stage at the end of the week, from below: done, in progress, ready" in page.text


def test_stages_of_pull_requests_show_where_the_time_goes(page: Page) -> None:
    """The last closed month in the title, each closed month beneath."""
    text = tidy(page.text)
    assert (
        "A change took 8.2 days on average from first commit to production in Oct 2026, 3.3 days of them waiting for production"
        in text
    )
    grid = page.tables["Stages of merged pull requests per month"]
    assert grid.rows[0] == ["Oct 2026", "30", "2.1 d", "12.0 h", "1.2 d", "1.0 d", "3.3 d"]
    assert len(grid.rows) == 10


def test_the_fan_of_an_initiative_and_what_would_change_it(page: Page) -> None:
    """The day of eight chances in ten against the target; each scenario in a row."""
    assert "Fraud detection 2.0: done by 10 Feb 2027 with eight chances in ten, 4 weeks late" in tidy(page.text)
    assert page.tables["Open items of Fraud detection 2.0"].rows[:5] == [
        ["10 Jan 2027", "0", "even odds that none is left"],
        ["10 Feb 2027", "0", "eight in ten that none is left"],
        ["10 Mar 2027", "0", "95 in 100 that none is left"],
        ["24 Nov 2026", "36", "as it was"],
        ["17 Nov 2026", "50", "as it was"],
    ]
    assert page.tables["What would change the forecasts"].rows == [
        ["nothing changes Fraud detection 2.0", "41", "10 Jan 2027", "10 Feb 2027", "30%"],
        ["scope frozen Fraud detection 2.0", "36", "3 Jan 2027", "3 Feb 2027", "50%"],
        ["throughput 20% lower Fraud detection 2.0", "41", "20 Jan 2027", "20 Feb 2027", "10%"],
    ]
    assert "Left to do are the open items and those that will have come by then" in page.text


def test_a_charts_title_says_its_message(page: Page) -> None:
    """Up where it went up, steady where it did not; two figures that differ never round to one."""
    assert "FRAUD: cycle time up by 74%: 7.5 days, was 4.3 days" in tidy(page.text)
    assert "SEARCH: cycle time steady at" in tidy(page.text)


def test_the_longest_part_of_the_time_to_merge_is_most_of_it_only_above_half(page: Page) -> None:
    """Coding, draft, wait and review are compared; what comes after the merge is none of it."""
    text = tidy(page.text)
    assert "; in Oct 2026 most of it was coding" in text
    assert "; in Oct 2026 its longest part was the wait for a first review" in text


def test_work_in_progress_is_listed_by_age_with_its_trouble(page: Page) -> None:
    """Blocked and stalled are said in words."""
    grid = page.tables["Work in progress by age"]
    assert [row[0].split()[0] for row in grid.rows] == ["FRAUD-212", "FRAUD-240", "SEARCH-88", "SEARCH-91"]
    assert grid.rows[0][-3:] == ["nobody", "31 days", "blocked for 11 days, stalled"]
    assert grid.rows[1][-3:] == ["Mei Tanaka", "12 days", "stalled"]


def test_sprints_show_what_was_said_and_what_was_done(page: Page) -> None:
    """The newest first."""
    grid = page.tables["Finished sprints, the newest first"]
    assert grid.rows[0] == ["Fraud 40", "20 Nov 2026", "14", "3", "1", "9", "5", "57%"]
    assert len(grid.rows) == 5


def test_sprints_that_ended_together_are_told_together(page: Page, tmp_path: Path) -> None:
    """Of two teams, whose sprints ended in the same minute, neither stands for both."""
    assert "Last sprint kept 57% of what Fraud 40 committed to" in page.text
    marts = program()
    twin = next(row for row in marts["sprints"] if row["name"] == "Fraud 40")
    marts["sprints"].append(twin | {"sprint_id": "acme:99", "name": "Search 23", "say_do_share": 0.81})
    both = Page(reports.render("delivery", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html)
    assert "Last sprints kept 57% to 81% of what Fraud 40 and Search 23 committed to" in both.text


def test_open_pull_requests_of_bots_do_not_wait(page: Page) -> None:
    """Of people's, the oldest first; a draft says so."""
    grid = page.tables["Open pull requests, the oldest first"]
    assert grid.rows == [
        ["#311 Quantise the scoring model", "fraud-model", "Jonas Lindqvist", "16 days, over a week", "no review yet"],
        ["#324 Draft: streaming features", "fraud-model", "Jonas Lindqvist", "9 days, over a week", "draft"],
        ["#330 Cache embeddings between calls", "fraud-model", "Jonas Lindqvist", "2 days", "no review yet"],
    ]


def test_releases_show_the_last_closed_month(page: Page) -> None:
    """November is not over; what is unknown is a dash."""
    grid = page.tables["How often is released, how fast, and how safely, in the last closed month"]
    assert grid.rows == [
        [
            "The program",
            "Oct 2026",
            "14",
            "2.5 high performer",
            "2.2 d high performer",
            "14%",
            "no incident resolved",
            "deployments",
        ]
    ]


def test_a_missing_forecast_gives_its_reason(page: Page) -> None:
    """Never a date without history behind it; beside each forecast how often such forecasts have held."""
    grid = page.tables["Forecasts from each team's own pace of the last twelve weeks"]
    assert grid.rows == [
        ["General availability milestone", "41", "30 Dec 2026", "8 Jan 2027", "18 Dec 2026", "12%", "75%"],
        [
            "Privacy review passed milestone",
            "12",
            "Only 3 full weeks of finished work, 6 are needed.",
            "–",
            "1 Mar 2027",
            "–",
            "–",
        ],
        ["Fraud detection 2.0 initiative", "41", "10 Jan 2027", "10 Feb 2027", "15 Jan 2027", "30%", "75%"],
    ]


def test_forecasts_show_how_well_they_held(page: Page) -> None:
    """Of all back-tests whose end is known, for each of the three dates."""
    assert (
        "of 4 such forecasts made at past month ends, 75% were met by the date with eight chances in ten (80% were to be expected), "
        "50% by that of even odds and 100% by that of 95 in 100." in tidy(page.text)
    )


def test_epics_do_not_age(page: Page) -> None:
    """They are no work items: neither in the list nor among the dots."""
    assert "FRAUD-3" not in page.text


def test_keys_become_links_where_the_addresses_are_known(believable: Path) -> None:
    """To the issue and the pull request; an address that is no web address is not used."""
    links = {"jira/acme": "https://jira.example/", "github/acme": "javascript:alert(1)//"}
    page = Page(reports.render("delivery", believable, links=links).html)
    targets = [value for _, key, value in page.attributes if key == "href"]
    assert "https://jira.example/browse/FRAUD-212" in targets
    assert not [target for target in targets if "javascript" in target]


def test_its_numbers_are_the_marts(rendered: Render) -> None:
    """What Dagster plots."""
    numbers = rendered("delivery", "believable").numbers
    assert numbers["in_progress"] == 4
    assert numbers["pull_requests_waiting_over_a_week"] == 2
    assert numbers["say_do_share"] == pytest.approx(0.57)
    assert {"cycle_time_p50_days_FRAUD", "cycle_time_p50_days_SEARCH"} <= set(numbers)


def test_without_any_row_it_says_that_nothing_is_known(rendered: Render) -> None:
    """An installation before its first sync."""
    text = Page(rendered("delivery", "empty").html).text
    assert "Nothing is known about delivery yet: no tracker and no repository has been read." in text
    assert "There is no forecast yet: it needs at least six full weeks of finished work." in text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "pace: not enough data yet"),
        ([None, None], "pace: not enough data yet"),
        ([5.0], "pace: 5 in the last week known"),
        ([4.0] * 12, "pace steady at 4"),
        ([4.0] * 8 + [8.0] * 4, "pace doubled: 8, was 4"),
        ([4.0] * 8 + [6.0] * 4, "pace up by 50%: 6, was 4"),
        ([8.0] * 8 + [4.0] * 4, "pace halved: 4, was 8"),
        ([1.0] * 8 + [5.0] * 4, "pace is 5 times as high: 5, was 1"),
        ([0.0] * 8 + [3.0] * 4, "pace up to 3 from 0"),
        ([0.0] * 12, "pace steady at 0"),
        ([5.0] * 8 + [0.0] * 4, "pace down by 100%: 0, was 5"),
        ([4.0] * 8 + [None, None, None, 9.0], "pace: 9 in the last week known"),
    ],
)
def test_a_series_is_told_by_its_last_four_weeks(values: list[float | None], said: str) -> None:
    """The median of four weeks against the eight before, where there is enough to compare."""
    assert trends.message("pace", values, lambda value: f"{value:g}") == said


@pytest.mark.parametrize(
    ("now", "values", "said"),
    [
        (14, [4.0] * 12 + [5.0], "in progress is 4 times as high: 14, was 4"),
        (4, [None, 4.0, 4.0, 4.5], "in progress steady at 4"),
        (2, [4.0, 4.0], "in progress: 2"),
        (3, [0.0] * 12, "in progress up to 3"),
    ],
)
def test_a_stock_is_told_by_what_there_is_now(now: float, values: list[float | None], said: str) -> None:
    """Against the middle week of the last twelve; fewer than three are no comparison."""
    assert trends.stock("in progress", now, values, lambda value: f"{value:g}") == said


@pytest.mark.parametrize(
    ("now", "values", "has_grown"), [(6, [4.0] * 12, True), (4.5, [4.0] * 12, False), (9, [4.0, 4.0], False)]
)
def test_a_stock_has_grown_beyond_what_is_steady(now: float, values: list[float | None], has_grown: bool) -> None:
    assert trends.has_grown(now, values) is has_grown


@pytest.mark.parametrize(
    ("hours", "said"), [(0.5, "30 minutes"), (47.0, "47 hours"), (17.9 * 24, "17 days"), (143.7 * 24, "143 days")]
)
def test_what_is_open_is_as_old_as_the_days_that_have_passed(hours: float, said: str) -> None:
    """The marts' reasons say whole days that have passed; so does every list."""
    assert tidy(words.open_for(hours).text) == said


def test_its_colour_is_the_programs_and_names_who_brings_it(tmp_path: Path) -> None:
    """With its first reason, whole also where a title in it is two sentences; a project whose work in progress grew is named."""
    delivery = {"dimension": "delivery"}
    first = 'F-1 "Late; needs a retry" is blocked for 17 days'
    marts = {
        "initiatives": [{"initiative_id": one, "name": one.title()} for one in ("care", "fraud")],
        "program_status": [
            {**delivery, "status": "red", "reason": "Fraud is red"},
            {**delivery, "initiative_id": "care", "status": "green", "reason": "Nothing is blocked"},
            {**delivery, "initiative_id": "fraud", "status": "red", "reason": f"{first}; more", "first_reason": first},
        ],
        "flow_weekly": [
            {
                "project_key": "F",
                "week_date": AS_OF.date() - timedelta(days=8 + 7 * ago),
                "wip_count": 4,
                "finished_count": 2 if ago < 4 else 4,
            }
            for ago in range(8)
        ],
        "flow_recent": [{"scope_kind": "project", "scope_id": "F", "wip_count": 9}],
    }
    page = Page(reports.render("delivery", write(tmp_path / "w.duckdb", marts, ABOUT)).html)
    assert (
        "Fraud is red: F-1 “Late; needs a retry” is blocked for 17 days. "
        "Work in progress has grown in F; fewer issues are finished per week in F." in page.text
    )
    assert "Red" in page.text


def test_what_waits_for_another_team_is_shown(rendered: Render) -> None:
    """The same table as in the committee's pack."""
    page = Page(rendered("delivery", "believable").html)
    assert page.tables["Open dependencies, late ones first"].rows[0][-1] == "19 days late"
