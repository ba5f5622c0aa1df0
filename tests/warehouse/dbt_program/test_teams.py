"""Teams: when they work, which skills are short, and how their sprints fit into the program's increments."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

QUICK = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


def team_of(tables, size: int, team: str = "Red") -> None:
    """People p0, p1... of a team, each with a Jira and a GitHub account of their name."""
    everybody = [f"p{number}" for number in range(size)]
    tables.given(
        "intermediate.int_people__gathered",
        *({"person_id": one, "display_name": one, "team": team, "skills": [], "is_listed": True} for one in everybody),
    )
    tables.given(
        "intermediate.int_accounts__identified",
        *(
            {"source": source, "instance": "acme", "account": one, "person_id": one, "method": "login"}
            for one in everybody
            for source in ("jira", "github")
        ),
        {"source": "github", "instance": "acme", "account": "robot", "person_id": None, "method": "bot"},
    )


def changed(account: str, *moments: str) -> list[dict]:
    """Changes of issues at UTC moments, one history each."""
    return [
        {"issue_id": "acme:1", "instance": "acme", "history_key": f"{account}{moment}", "author_account": account, "changed_at": moment}
        for moment in moments
    ]  # fmt: skip


def hours(tables, *changes: dict, commits: list[dict] | None = None) -> list[tuple]:
    """Team, month, members, acts and share."""
    tables.given("staging.stg_jira__issue_changes", *changes)
    tables.given("staging.stg_github__pull_request_commits", *(commits or []))
    tables.make("team_hours_monthly")
    return tables.rows(
        "select team, month_date, member_count, act_count, after_hours_share from marts.team_hours_monthly order by 2"
    )


AT_WORK = "2026-05-06 10:00"  # a Wednesday


@pytest.mark.parametrize(
    ("moment", "is_after_hours"),
    [
        ("2026-05-06 05:00", False),  # 7:00 in Berlin
        ("2026-05-06 04:59", True),
        ("2026-05-06 17:59", False),  # 19:59
        ("2026-05-06 18:00", True),
        ("2026-05-09 10:00", True),  # a Saturday
        ("2026-05-03 21:30", True),  # Sunday, 23:30
        ("2026-05-03 22:30", True),  # Monday, 0:30
    ],
)
def test_hours_are_judged_by_the_local_clock(tables, moment, is_after_hours):
    """At each edge of the working day and of the week."""
    team_of(tables, 5)
    changes = [change for one in range(5) for change in changed(f"p{one}", AT_WORK)]
    assert hours(tables, *changes, *changed("p0", moment)) == [("Red", date(2026, 5, 1), 5, 6, is_after_hours / 6)]


def test_a_holiday_is_outside_working_hours(tables):
    """The seed holidays says which days are."""
    team_of(tables, 5)
    tables.given("rules.holidays", {"holiday_date": "2026-05-06", "name": "Day off"})
    assert hours(tables, *(change for one in range(5) for change in changed(f"p{one}", AT_WORK)))[0][4] == 1


@given(active=st.integers(0, 7))
@QUICK
def test_no_team_is_shown_of_which_fewer_than_five_did_something(tables, active):
    """The team's size does not count, only who could hide in the crowd of that month."""
    team_of(tables, 7)
    found = hours(
        tables, *(change for one in range(active) for change in changed(f"p{one}", AT_WORK, "2026-05-09 10:00"))
    )
    assert found == ([("Red", date(2026, 5, 1), active, 2 * active, 0.5)] if active >= 5 else [])


def test_a_lower_threshold_does_not_show_smaller_teams(tables):
    """Five is the floor, whatever people write into the seed."""
    team_of(tables, 4)
    tables.rule("thresholds", "value = 2 where name = 'group_minimum_people'")
    assert hours(tables, *(change for one in range(4) for change in changed(f"p{one}", AT_WORK))) == []


def test_commits_count_once_and_bots_and_the_present_month_not_at_all(tables):
    """A commit in two pull requests is one; June is not over on the 10th."""
    team_of(tables, 5)
    commit = {"sha": "c1", "author_login": "p0", "authored_at": "2026-05-07 10:00"}
    found = hours(
        tables,
        *(change for one in range(5) for change in changed(f"p{one}", AT_WORK, "2026-06-02 10:00")),
        commits=[
            {**commit, "pull_request_id": "acme:1"},
            {**commit, "pull_request_id": "acme:2"},
            {**commit, "pull_request_id": "acme:1", "sha": "c2", "author_login": "robot"},
        ],
    )
    assert found == [("Red", date(2026, 5, 1), 5, 6, 0)]


def allocations(tables, people: dict[str, str], *rows: tuple[str, float, str | None]) -> dict[str, tuple]:
    """Needed, available and short by skill, from people's skills and June's rows (person, share, skill)."""
    tables.begin_anew()
    tables.sheet("roadmap", {"_key": "A", "initiative_id": "A", "initiative": "Alpha"})
    tables.sheet(
        "people",
        *({"_key": name, "name": name, "email": f"{name}@x.org", "skills": skills} for name, skills in people.items()),
    )
    tables.sheet(
        "allocations",
        *(
            {
                "_key": f"{number}",
                "person": person,
                "initiative": "A",
                "month": "2026-06-01",
                "share": share,
                "skill": skill,
            }
            for number, (person, share, skill) in enumerate(rows)
        ),
    )
    tables.make("skill_gaps")
    return {
        row[0]: row[1:]
        for row in tables.rows(
            "select skill, needed_share, available_share, gap_share, person_count from marts.skill_gaps"
        )
    }


def test_a_skill_is_short_where_those_who_have_it_are_promised_for_something_else(tables):
    """Ann gives 0.4 of her month to dbt; Bo has no SQL but is promised for it; Cy has it and is free."""
    people = {"Ann": "SQL; dbt", "Bo": "Python", "Cy": "sql"}
    found = allocations(tables, people, ("Ann", 0.4, "dbt"), ("Ann", 0.6, "SQL"), ("Bo", 1, "SQL"))
    assert found["SQL"] == (1.6, 1.6, 0, 2)
    assert found["dbt"] == (0.4, 0.4, 0, 1)


def test_a_skill_that_nobody_has_is_short_by_all_that_is_asked(tables):
    """Written down or not, case and accents apart."""
    assert allocations(tables, {"Ann": "SQL"}, ("Ann", 0.3, "Privacy"))["Privacy"] == (0.3, 0, 0.3, 0)


def test_without_any_skill_of_anybody_the_gap_is_unknown(tables):
    """An empty column is not a team that can do nothing."""
    assert allocations(tables, {"Ann": ""}, ("Ann", 0.3, "SQL"))["SQL"] == (0.3, None, None, None)


@QUICK
@given(shares=st.lists(st.sampled_from([0.1, 0.5, 1.0]), min_size=1, max_size=4), learned=st.booleans())
def test_somebody_more_who_has_a_skill_never_makes_it_shorter(tables, shares, learned):
    """Whatever is asked for."""
    rows = [(f"P{number}", share, "SQL") for number, share in enumerate(shares)]
    before = allocations(tables, {"P0": "SQL", "New": "dbt"}, *rows)["SQL"]
    after = allocations(tables, {"P0": "SQL", "New": "SQL" if learned else "dbt"}, *rows)["SQL"]
    assert after[0] == before[0] == pytest.approx(sum(shares))
    assert after[2] == pytest.approx(before[2] - learned)


def sprint(name: str, board: str, start: str, end: str, **more) -> dict:
    """A sprint of a board from a moment to another, UTC."""
    return {"sprint_id": name, "board_id": board, "start_at": start, "end_at": end, **more}


def increments(tables, sprints: list[dict], items: list[tuple[str, str, int]], *rows: dict) -> list[tuple]:
    """Increment, team, sprints, misaligned ones, predictability; items: (team, sprint, how many its only person holds)."""
    tables.begin_anew()
    teams = sorted({team for team, *_ in items})
    tables.given("intermediate.int_people__gathered", *({"person_id": team, "team": team} for team in teams))
    tables.given("staging.stg_jira__sprints", *sprints)
    held = [(f"{team} {name} {number}", team, name) for team, name, count in items for number in range(count)]
    tables.given("marts.issues", *({"issue_id": one, "assignee_person_id": team} for one, team, _ in held))
    tables.given("intermediate.int_sprints__scoped", *({"issue_id": one, "sprint_id": name} for one, _, name in held))
    tables.sheet("increments", *({"_key": f"{number}", **row} for number, row in enumerate(rows)))
    tables.make("increments")
    return tables.rows(
        "select increment_id, team, sprint_count, misaligned_sprint_count, predictability_share from marts.increments order by 1, 2"
    )


MAY = {"increment": "PI 1", "start": "2026-05-04", "end": "2026-05-31"}
JUNE = {"increment": "PI 2", "start": "2026-06-01", "end": "2026-06-28"}


def test_a_sprint_counts_where_most_of_its_days_are_and_not_fitting_is_told(tables):
    """s3 begins in May and has most days in June: it is of June and across its edge."""
    sprints = [
        sprint("s1", "b", "2026-05-04 08:00", "2026-05-17 20:00"),
        sprint("s2", "b", "2026-05-18 08:00", "2026-05-28 20:00"),
        sprint("s3", "b", "2026-05-29 08:00", "2026-06-14 20:00"),
    ]
    rows = [
        {**MAY, "team": "Red", "planned_value": 40, "actual_value": 30},
        {**JUNE, "team": "Red", "planned_value": 50, "actual_value": None},
    ]
    assert increments(tables, sprints, [("Red", "s1", 3)], *rows) == [
        ("PI 1", "Red", 2, 0, 0.75),
        ("PI 2", "Red", 1, 1, None),
    ]


def test_sprints_on_other_days_than_those_of_other_boards_are_out_of_step(tables):
    """Both boards fit into the increment; only the first sprints begin and end together."""
    sprints = [
        sprint("a1", "a", "2026-05-04 08:00", "2026-05-17 20:00"),
        sprint("a2", "a", "2026-05-18 08:00", "2026-05-31 20:00"),
        sprint("b1", "b", "2026-05-04 06:00", "2026-05-17 16:00"),
        sprint("b2", "b", "2026-05-19 08:00", "2026-05-31 20:00"),
    ]
    rows = [{**MAY, "team": team} for team in ("Red", "Blue", "Kanban")]
    items = [("Red", "a1", 2), ("Blue", "b1", 2), ("Kanban", "a1", 0)]
    assert increments(tables, sprints, items, *rows) == [
        ("PI 1", "Blue", 2, 1, None), ("PI 1", "Kanban", 0, 0, None), ("PI 1", "Red", 2, 1, None),
    ]  # fmt: skip


def test_a_team_works_on_a_board_that_holds_a_fifth_of_its_sprint_items(tables):
    """One item of six is a favour, one of five is a board of theirs."""
    sprints = [
        sprint("a1", "a", "2026-05-04 08:00", "2026-05-17 20:00"),
        sprint("b1", "b", "2026-05-04 08:00", "2026-05-17 20:00"),
    ]
    rows = [{**MAY, "team": "Red"}, {**MAY, "team": "Blue"}]
    items = [("Red", "a1", 5), ("Red", "b1", 1), ("Blue", "a1", 4), ("Blue", "b1", 1)]
    assert [row[:3] for row in increments(tables, sprints, items, *rows)] == [("PI 1", "Blue", 2), ("PI 1", "Red", 1)]


def test_an_increment_without_a_team_has_all_sprints(tables):
    """And a sprint that ends at midnight of the last day is inside."""
    sprints = [
        sprint("a1", "a", "2026-05-04 08:00", "2026-05-31 22:00"),
        sprint("gone", "a", "2026-05-04", "2026-05-20", deleted_at="2026-05-05"),
    ]
    assert increments(tables, sprints, [], MAY) == [("PI 1", "all teams", 1, 0, None)]


@QUICK
@given(starts=st.lists(st.integers(0, 70), min_size=1, max_size=6, unique=True), length=st.integers(5, 21))
def test_each_sprint_counts_in_one_increment_at_most(tables, starts, length):
    """Whatever their days, increments share no sprint, and of those in one never more are misaligned than there are."""
    base = date(2026, 4, 20).toordinal()
    days = [(date.fromordinal(base + start), date.fromordinal(base + start + length)) for start in starts]
    sprints = [sprint(f"s{number}", "a", f"{start} 08:00", f"{end} 16:00") for number, (start, end) in enumerate(days)]
    found = increments(tables, sprints, [], MAY, JUNE)
    assert sum(row[2] for row in found) <= len(starts)
    assert all(row[3] <= row[2] for row in found)
    touching = sum(end >= date(2026, 5, 4) and start <= date(2026, 6, 28) for start, end in days)
    assert sum(row[2] for row in found) == touching
