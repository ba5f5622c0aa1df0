"""What changed between two moments: one row each, nothing for what the first look shows or a cell nobody can read."""

from __future__ import annotations

from typing import Any

from tests.warehouse.dbt_program.conftest import Tables


def changed(tables: Tables, *kinds: str) -> list[tuple[Any, ...]]:
    """Subject, what, old and new value and the day it was seen, of these kinds, in order of time."""
    tables.make("changes")
    return tables.rows(
        "select subject_id, what, old_value, new_value, strftime(seen_at, '%m-%d') from marts.changes"
        f" where subject_kind in ({', '.join(repr(kind) for kind in kinds)}) order by seen_at, subject_id, what"
    )


def milestone(tables: Tables, at: str, **cells: Any) -> None:
    """A version of a milestone's row."""
    tables.sheet(
        "roadmap",
        {"_key": "1", "initiative_id": "A", "initiative": "Alpha", "milestone_id": "M1", "milestone": "First", **cells},
        at=at,
    )


def test_a_moved_milestone_is_one_row_per_date(tables):
    """What the first look shows was there before it; an unreadable cell keeps its value and moves nothing."""
    milestone(tables, "2026-03-01", target="2026-06-01")
    milestone(tables, "2026-03-08", target="2026-07-01", done=None)
    milestone(tables, "2026-03-15", target="?", _bad=["target"])
    milestone(tables, "2026-03-22", target="2026-07-01", done="2026-03-20")
    assert changed(tables, "milestone") == [
        ("M1", "target_date", "2026-06-01", "2026-07-01", "03-08"),
        ("M1", "done_date", None, "2026-03-20", "03-22"),
    ]


def test_a_row_that_comes_or_goes_is_one_change(tables):
    """Not one per cell; a row that comes back is told as well."""
    milestone(tables, "2026-03-01", target="2026-06-01")
    for key, at in (("R1", "2026-03-01"), ("R2", "2026-03-08")):
        tables.sheet("risks", {"_key": key, "risk_id": key, "title": key, "probability": 0.5, "impact": 10}, at=at)
    tables.land("sheets_risks", "R1", None, "2026-03-15")
    tables.sheet(
        "risks", {"_key": "R1", "risk_id": "R1", "title": "R1", "probability": 0.7, "impact": 10}, at="2026-03-22"
    )
    tables.sheet(
        "risks", {"_key": "R2", "risk_id": "R2", "title": "R2", "probability": 0.25, "impact": 10}, at="2026-03-22"
    )
    assert changed(tables, "risk") == [
        ("R2", "row", None, "there", "03-08"),
        ("R1", "row", "there", None, "03-15"),
        ("R1", "row", None, "there", "03-22"),
        ("R2", "probability_share", "0.5", "0.25", "03-22"),
    ]


def test_a_champion_that_moves_is_told_with_both_versions(tables):
    """The alias that stood when the registry was first read is no change."""
    tables.model("ranker", at="2026-03-01", aliases={"champion": "1"})
    tables.model("ranker", at="2026-03-08", aliases={"champion": "2"})
    assert changed(tables, "model") == [("acme:ranker", "alias champion", "1", "2", "03-08")]


def test_an_alias_that_is_taken_away_and_set_again_is_told_each_time(tables):
    """Between the two it pointed nowhere."""
    for at, aliases in (
        ("2026-03-01", {"champion": "1"}),
        ("2026-03-08", {}),
        ("2026-03-15", {"champion": "1"}),
        ("2026-03-22", {}),
    ):
        tables.model("ranker", at=at, aliases=aliases)
    assert changed(tables, "model") == [
        ("acme:ranker", "alias champion", "1", None, "03-08"),
        ("acme:ranker", "alias champion", None, "1", "03-15"),
        ("acme:ranker", "alias champion", "1", None, "03-22"),
    ]


def baseline(tables: Tables, version: str, amounts: dict[str, float | None], at: str, **cells: Any) -> None:
    """Landed rows of a baseline's version, planned amounts by month; null takes the month's row out."""
    for month, amount in amounts.items():
        if amount is None:
            tables.land("sheets_baselines", f"{version} {month}", None, at)
        else:
            row = {"initiative": "Alpha", "version": version, "month": month, "planned": amount, **cells}
            tables.sheet("baselines", {"_key": f"{version} {month}", **row}, at=at)


def test_a_new_baseline_is_one_change_and_so_is_each_part_that_is_edited_later(tables):
    """Not one per month; an unreadable amount moves nothing."""
    milestone(tables, "2026-03-01")
    baseline(tables, "1", {"2026-01-01": 100, "2026-02-01": 100}, "2026-03-01", approved_date="2026-01-05")
    baseline(tables, "2", {"2026-01-01": 100, "2026-02-01": 150}, "2026-03-08", approved_date="2026-03-05")
    baseline(tables, "2", {"2026-02-01": 180}, "2026-03-15", approved_date="2026-03-12")
    baseline(tables, "2", {"2026-02-01": 0}, "2026-03-22", approved_date="2026-03-12", _bad=["planned"])
    baseline(tables, "2", {"2026-01-01": None}, "2026-03-29")
    baseline(tables, "1", {"2026-01-01": None, "2026-02-01": None}, "2026-04-05")
    assert changed(tables, "baseline") == [
        ("A / 2", "row", None, "there", "03-08"),
        ("A / 2", "approved_date", "2026-03-05", "2026-03-12", "03-15"),
        ("A / 2", "planned_amount", "250.0", "280.0", "03-15"),
        ("A / 2", "planned_amount", "280.0", "180.0", "03-29"),
        ("A / 1", "row", "there", None, "04-05"),
    ]


def test_an_amount_nobody_can_convert_is_no_fall_of_the_plan(tables):
    """Without its rate a part of the sum is unknown: it did not fall, and what is known next is held against what was known last."""
    milestone(tables, "2026-03-01")
    baseline(tables, "1", {"2026-01-01": 100, "2026-02-01": 100}, "2026-03-01")
    baseline(tables, "1", {"2026-02-01": 100}, "2026-03-08", currency="USD")
    baseline(tables, "1", {"2026-02-01": 130}, "2026-03-15", currency="EUR")
    assert changed(tables, "baseline") == [("A / 1", "planned_amount", "200.0", "230.0", "03-15")]


def test_a_baselines_tab_that_is_added_later_is_a_change(tables):
    """Until then the first landed plan was the baseline."""
    milestone(tables, "2026-03-01")
    baseline(tables, "1", {"2026-01-01": 100}, "2026-03-08")
    assert changed(tables, "baseline") == [("A / 1", "row", None, "there", "03-08")]


def test_each_removal_of_a_budget_line_is_told(tables):
    """A line that was deleted, came back and was deleted again lost its amounts twice."""
    line = {"_key": "1", "line_id": "L1", "initiative": "A", "month": "2026-04-01", "planned": 100}
    tables.sheet("budget", line, {**line, "_key": "2", "line_id": "L2"}, at="2026-03-01")
    tables.land("sheets_budget", "1", None, "2026-03-08")
    tables.sheet("budget", line, at="2026-03-15")
    tables.land("sheets_budget", "1", None, "2026-03-22")
    assert changed(tables, "budget_line") == [
        ("acme:L1", "planned 2026-04", "100.0", None, "03-08"),
        ("acme:L1", "planned 2026-04", None, "100.0", "03-15"),
        ("acme:L1", "planned 2026-04", "100.0", None, "03-22"),
    ]


def test_each_time_an_issue_is_dropped_and_taken_up_again_is_told(tables):
    """From one reason for dropping it to another it stays out; deleted while it is dropped, it was out already."""
    row = {"is_work_item": True, "initiative_id": "A", "issue_key": "P-1", "summary": "one", "issue_id": "1"}
    tables.issues({**row, "created_at": "2026-03-01", "deleted_at": "2026-05-20"})
    tables.given(
        "intermediate.int_issues__discarded",
        *(
            {"issue_id": "1", "stay_rank": rank, "from_at": begin, "to_at": end}
            for rank, (begin, end) in enumerate(
                (("2026-04-01", "2026-04-05"), ("2026-04-05", "2026-04-10"), ("2026-05-01", None)), start=1
            )
        ),
    )
    assert changed(tables, "issue") == [
        ("1", "scope_in", None, "A", "03-01"),
        ("1", "scope_out", "A", None, "04-01"),
        ("1", "scope_in", None, "A", "04-10"),
        ("1", "scope_out", "A", None, "05-01"),
    ]


def test_scope_that_comes_and_goes_is_told_per_issue(tables):
    """Created is in, deleted or closed without delivering is out, at the time of the issue's own history."""
    row = {"is_work_item": True, "initiative_id": "A", "issue_key": "P-1", "summary": "one"}
    tables.issues(
        {**row, "issue_id": "1", "created_at": "2026-03-01"},
        {**row, "issue_id": "2", "created_at": "2026-03-02"},
        {**row, "issue_id": "3", "created_at": "2026-03-03", "is_work_item": False},
    )
    tables.given("intermediate.int_issues__discarded", {"issue_id": "2", "stay_rank": 1, "from_at": "2026-04-01"})
    assert changed(tables, "issue") == [
        ("1", "scope_in", None, "A", "03-01"),
        ("2", "scope_in", None, "A", "03-02"),
        ("2", "scope_out", "A", None, "04-01"),
    ]


def test_a_colour_turns_only_from_what_was_known(tables):
    """Week by week, from the rows the status itself is made of."""
    weeks = [
        ("2026-05-17", "white"),
        ("2026-05-24", "green"),
        ("2026-05-31", "white"),
        ("2026-06-07", "red"),
        ("2026-06-10", "red"),
    ]
    tables.given(
        "intermediate.int_statuses__combined",
        *({"moment_at": f"{at} 06:00:00", "initiative_id": "A", "dimension": "risk", "status": status} for at, status in weeks),
    )  # fmt: skip
    assert changed(tables, "status") == [
        ("A", "risk", "green", "white", "05-31"),
        ("A", "risk", "white", "red", "06-07"),
    ]
