"""No mart ranks people, and work outside hours is told of groups only: read off the documented columns of all marts, which dbt's contracts hold the tables to.

That a group has five or more people is shown with given rows in dbt_program/test_teams.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
import yaml

from warehouse import build

Marts = Mapping[str, frozenset[str]]

PERSON = re.compile(r"(^|_)(person_id|person|account|login|display_name|sponsor|author|assignee|reporter|e?mail)$")
ORDER = re.compile(
    r"(^|_)(rank|ranking|score|rating|percentile|quartile|decile|quantile|position|place|order|best|worst|top"
    r"|performance|productivity|velocity)(_|$)"
)
OUT_OF_HOURS = re.compile(r"(after|out_of|outside)_(work_|working_)?hours|overtime|night|weekend")
ORDERS_SOMETHING_ELSE = {
    ("identity_suggestions", "score"): "how alike an account and a person are",
    ("initiatives", "wsjf_rank"): "orders initiatives; their owners stand beside them",
}


def told() -> Marts:
    """The columns of every mart."""
    files = (build.PROJECT / "models" / "marts").rglob("*.yml")
    models = [model for file in files for model in yaml.safe_load(file.read_text()).get("models", ())]
    return {model["name"]: frozenset(column["name"] for column in model["columns"]) for model in models}


def ranked(marts: Marts) -> set[tuple[str, str]]:
    """Columns that put something in order, in marts that name persons."""
    return {
        (mart, column)
        for mart, columns in marts.items()
        if any(map(PERSON.search, columns))
        for column in columns
        if ORDER.search(column)
    }


def watched(marts: Marts) -> set[tuple[str, str]]:
    """Columns about work outside hours, but for marts of groups: those say how many they are and name nobody."""
    return {
        (mart, column)
        for mart, columns in marts.items()
        if "member_count" not in columns or any(map(PERSON.search, columns))
        for column in columns
        if OUT_OF_HOURS.search(column)
    }


def test_no_mart_ranks_people() -> None:
    """What orders something beside a person orders something else, each for a reason that still holds."""
    assert ranked(told()) == ORDERS_SOMETHING_ELSE.keys()


def test_work_outside_hours_is_told_of_groups_only() -> None:
    """There is such a figure, and it is of teams."""
    marts = told()
    assert [mart for mart in marts if any(map(OUT_OF_HOURS.search, marts[mart]))] == ["team_hours_monthly"]
    assert watched(marts) == set()


@pytest.mark.parametrize(
    ("mart", "column"),
    [
        ("capacity_monthly", "wip_rank"),
        ("people", "performance_score"),
        ("pull_requests", "author_percentile"),
        ("allocations", "top_person"),
        ("issues", "assignee_velocity"),
    ],
)
def test_a_column_that_ranks_people_is_found(mart: str, column: str) -> None:
    """Planted into a mart as it is, it is one too many."""
    marts = told()
    planted = {**marts, mart: marts[mart] | {column}}
    assert ranked(planted) - ranked(marts) == {(mart, column)}


@pytest.mark.parametrize(
    ("mart", "column"),
    [
        ("capacity_monthly", "after_hours_share"),
        ("pull_requests", "weekend_commit_count"),
        ("issues", "is_overtime"),
        ("skill_gaps", "outside_working_hours_share"),
    ],
)
def test_a_column_that_watches_people_is_found(mart: str, column: str) -> None:
    """Of a person, or of a group that nobody counts."""
    marts = told()
    assert watched({**marts, mart: marts[mart] | {column}}) == {(mart, column)}


def test_a_person_in_the_mart_of_groups_is_found() -> None:
    """Grouped by a person, the figure of a team would be one of that person."""
    marts = told()
    planted = marts["team_hours_monthly"] | {"person_id"}
    assert watched({**marts, "team_hours_monthly": planted}) == {("team_hours_monthly", "after_hours_share")}
