"""Earned value: every formula against another implementation, and what the figures must obey whatever the numbers are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import isfinite

import pmcontrols
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.dbt_program.conftest import AS_OF

AMOUNTS = st.floats(min_value=1, max_value=1e6, allow_nan=False).map(lambda amount: round(amount, 2))
COLUMNS = {
    "cv_amount": "cv", "sv_amount": "sv", "cpi": "cpi", "spi": "spi", "eac_amount": "eac_cpi", "eac_budget_rate_amount": "eac_typical",
    "eac_schedule_cost_amount": "eac_cpi_spi", "etc_amount": "etc", "vac_amount": "vac", "tcpi": "tcpi_bac",
    "earned_schedule_months": "es", "sv_t_months": "sv_t", "spi_t": "spi_t", "ieac_t_months": "ieac_t",
}  # fmt: skip
QUICK = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def month(number: int) -> date:
    """The first day of the month with that number, 1 being January 2026."""
    return date(2026 + (number - 1) // 12, (number - 1) % 12 + 1, 1)


def plan(tables, planned: list[float], status_month: int) -> None:
    """The cumulated plan of one initiative as of a month."""
    total = sum(planned)
    tables.given(
        "intermediate.int_plans__cumulated",
        *(
            {
                "moment_at": AS_OF,
                "scope_id": "A",
                "status_month_date": month(status_month),
                "month_date": month(period),
                "period": period,
                "pv_amount": sum(planned[:period]),
                "bac_amount": total,
            }
            for period in range(1, len(planned) + 1)
        ),
    )


def stand(tables, planned: list[float], period: int, earned: float, spent: float) -> None:
    """Where the initiative stands at the end of a month."""
    tables.given(
        "intermediate.int_scopes__valued",
        {
            "moment_at": AS_OF,
            "scope_id": "A",
            "initiative_id": "A",
            "month_date": month(period),
            "status_month_date": month(period),
            "period": period,
            "is_future": False,
            "is_partial": False,
            "is_by_spend": False,
            "bac_amount": sum(planned),
            "pv_amount": sum(planned[:period]),
            "ev_amount": earned,
            "ac_amount": spent,
            "notes": "",
        },
    )


@QUICK
@given(data=st.data())
def test_every_formula_agrees_with_pmcontrols(tables, data):
    """The published package pmcontrols computes the whole family from the same plan and stand."""
    planned = data.draw(st.lists(AMOUNTS, min_size=1, max_size=24))
    period = data.draw(st.integers(1, len(planned)))
    earned = round(sum(planned) * data.draw(st.floats(0.001, 1)), 2)
    spent = data.draw(AMOUNTS)
    earned = min(earned, sum(planned))
    plan(tables, planned, period)
    stand(tables, planned, period, earned, spent)
    tables.make("earned_value")
    ours = tables.row("from marts.earned_value")
    curve = pmcontrols.plan(range(len(planned) + 1), [sum(planned[:count]) for count in range(len(planned) + 1)])
    theirs = pmcontrols.evm(curve, ev=earned, ac=spent, at=period).stats
    for column, name in COLUMNS.items():
        if isfinite(theirs[name]):
            assert ours[column] == pytest.approx(theirs[name], rel=1e-6, abs=1e-6), column
        else:
            assert ours[column] is None, column


@QUICK
@given(data=st.data())
def test_earned_schedule_grows_with_what_is_earned(tables, data):
    """More earned is never an earlier point of the plan, and never past its end."""
    planned = data.draw(st.lists(st.one_of(AMOUNTS, st.just(0.0)), min_size=2, max_size=12).filter(any))
    shares = sorted(data.draw(st.lists(st.floats(0, 1), min_size=2, max_size=4)))
    found = []
    for share in shares:
        plan(tables, planned, 1)
        stand(tables, planned, 1, sum(planned) * share, 1.0)
        tables.make("earned_value")
        found.append(tables.row("from marts.earned_value")["earned_schedule_months"])
    assert found == sorted(found)
    assert found[0] >= 0
    assert found[-1] <= len(planned)


def budget(tables, initiative: str, planned: list[float], actual: list[float | None], **more) -> None:
    """Rows of the budget from January 2026 on."""
    tables.sheet(
        "budget",
        *(
            {
                "_key": f"{initiative}-{number}",
                "line_id": f"B-{initiative}",
                "initiative": initiative,
                "month": f"{month(number):%Y-%m-%d}",
                "planned": amount,
                "actual": actual[number - 1] if number <= len(actual) else None,
                **more,
            }
            for number, amount in enumerate(planned, start=1)
        ),
    )


def work(tables, *issues: tuple[str, float | None, str | None]) -> None:
    """Issues of initiatives (initiative, points, day done) that all exist since December."""
    tables.issues(
        *(
            {
                "issue_id": f"acme:{number}",
                "issue_key": f"P-{number}",
                "initiative_id": initiative,
                "story_points": points,
                "created_at": "2025-12-01",
                "done_at": done,
                "is_work_item": True,
                "is_delivered": True,
                "is_finished": done is not None,
            }
            for number, (initiative, points, done) in enumerate(issues)
        ),
    )


def test_the_program_is_the_sum_of_its_initiatives(tables):
    """Amounts of the program add up; indices come from the sums."""
    budget(tables, "A", [100, 100, 100, 100, 100, 100], [90, 110, 120, 100, 95])
    budget(tables, "B", [50, 50, 80], [60, 70, 80])
    work(tables, ("A", 3, "2026-02-10"), ("A", 5, None), ("B", 8, "2026-03-30"), ("B", 2, None))
    tables.make("earned_value")
    assert not tables.rows(
        """
        select month_date, sum(ev_amount) filter (where initiative_id is not null) as parts, any_value(ev_amount) filter (where initiative_id is null) as whole
        from marts.earned_value where is_closed group by month_date having abs(parts - whole) > 1e-6 and month_date <= '2026-03-01'
        """
    )
    whole = tables.row("from marts.earned_value where initiative_id is null and month_date = '2026-03-01'")
    assert (whole["bac_amount"], whole["pv_amount"], whole["ac_amount"]) == (780, 480, 530)
    assert whole["ev_amount"] == pytest.approx(600 * 3 / 8 + 180 * 8 / 10)
    assert whole["cpi"] == pytest.approx(whole["ev_amount"] / 530)


def test_a_missing_actual_leaves_cost_unknown_from_its_month_on(tables):
    """CPI is null from the hole on and says which cell is missing; the schedule stays known."""
    budget(tables, "A", [100] * 6, [90, None, 120, 100, 95])
    work(tables, ("A", 1, "2026-01-10"), ("A", 1, None))
    tables.make("earned_value")
    found = tables.rows(
        "select ac_amount, cpi is null, spi is null, notes from marts.earned_value where initiative_id = 'A' and is_closed order by month_date"
    )
    assert [row[0] for row in found] == [90, None, None, None, None]
    assert [row[1] for row in found] == [False, True, True, True, True]
    assert not any(row[2] for row in found)
    assert "missing up to this month" in found[1][3]


@pytest.mark.parametrize(
    ("day", "actual", "bad", "status", "told"),
    [
        (10, [100] * 4, None, "green", "by the end of April 2026"),  # the tenth day: May may still be blank
        (11, [100] * 4, None, "white", "1 actual is missing up to this month"),
        (10, [100] * 3, None, "white", "2 actuals are missing up to this month"),  # April should have been in
        (10, [100] * 4, 5, "white", "2 actuals are missing up to this month"),  # what cannot be read is not awaited
        (10, [100] * 5, None, "green", "by the end of May 2026"),
    ],
)
def test_cost_is_told_as_of_the_last_month_in_the_books(tables, *, day, actual, bad, status, told):
    """In the first ten days of a month the actuals of the one before may be blank; the reason says as of when, and what is out."""
    budget(tables, "A", [100] * 8, actual)
    if bad:
        row = {"_key": "bad", "line_id": "bad", "initiative": "A", "month": f"{month(bad):%Y-%m-%d}", "actual": 100}
        tables.sheet("budget", {**row, "_bad": ["actual"]})
    tables.sheet("roadmap", {"_key": "A", "initiative_id": "A", "initiative": "A"})
    work(tables, *(("A", 1, f"2026-0{number}-10") for number in range(1, 6)), *[("A", 1, None)] * 3)
    tables.given("intermediate.int_evidence__located")
    tables.stand_at(datetime(2026, 6, day, 8, tzinfo=UTC))
    tables.make("program_status")
    tables.stand_at(AS_OF)
    for scope in ("A", "*"):
        found = tables.row(f"from marts.program_status where scope_id = '{scope}' and dimension = 'budget'")
        assert found["status"] == status
        assert told.split(" actual")[0] in found["reason"] or scope == "*"
        assert ("the actuals of May 2026 are not in the books yet" in found["reason"]) == (
            status == "green" and len(actual) == 4
        )


def test_an_amount_that_was_never_readable_turns_its_initiative_unknown(tables):
    """A planned cell bad at first sight leaves BAC null, and the program's with it."""
    tables.sheet(
        "budget",
        {"_key": "1", "initiative": "A", "month": "2026-01-01", "planned": 100, "actual": 100, "_bad": ["planned"]},
        {"_key": "2", "initiative": "B", "month": "2026-01-01", "planned": 100, "actual": 100},
    )
    tables.make("earned_value")
    assert tables.rows("select distinct scope_id, bac_amount from marts.earned_value order by 1") == [
        ("*", None),
        ("A", None),
        ("B", 100.0),
    ]


def test_a_bad_amount_turns_its_own_initiatives_budget_white(tables):
    """Never green on what is not known; the other initiative keeps its colour."""
    for one in ("A", "B"):
        budget(tables, one, [100, 100, 100, 100, 100], [50, 50, 50, 50, 50])
    tables.sheet(
        "budget",
        {"_key": "new", "line_id": "new", "initiative": "B", "month": "2026-04-01", "actual": 1, "_bad": ["actual"]},
    )
    tables.sheet("roadmap", *({"_key": one, "initiative_id": one, "initiative": one} for one in ("A", "B")))
    work(tables, *((one, 5, "2026-02-10") for one in ("A", "B")), *((one, 1, None) for one in ("A", "B")))
    tables.given("intermediate.int_evidence__located")
    tables.make("program_status")
    colours = "select initiative_id, status from marts.program_status where dimension = 'budget' and initiative_id is not null"
    assert tables.rows(f"{colours} order by 1") == [("A", "green"), ("B", "white")]


def test_the_first_landed_plan_stays_the_baseline_when_the_budget_moves(tables):
    """Without a baselines tab a later edit of the plan moves no planned value."""
    budget(tables, "A", [100, 100], [100, 100])
    tables.sheet(
        "budget",
        {"_key": "A-1", "line_id": "B-A", "initiative": "A", "month": "2026-01-01", "planned": 700, "actual": 100},
        at="2026-03-01",
    )
    tables.make("earned_value")
    assert tables.rows("select distinct bac_amount from marts.earned_value where scope_id = 'A'") == [(200.0,)]


def test_a_new_baseline_holds_from_its_approval_on(tables):
    """Months before the approval keep the baseline that was in force then."""
    for version, approved, amount in (("v1", "2025-12-15", 100), ("v2", "2026-03-20", 150)):
        tables.sheet(
            "baselines",
            *(
                {"_key": f"{version}-{number}", "initiative": "A", "version": version, "approved_date": approved,
                 "month": f"{month(number):%Y-%m-%d}", "planned": amount}
                for number in range(1, 5)
            ),
        )  # fmt: skip
    budget(tables, "A", [100] * 4, [100] * 4)
    tables.make("earned_value")
    assert tables.rows(
        "select month(month_date), baseline_version, bac_amount, pv_amount from marts.earned_value "
        "where scope_id = 'A' and month_date between '2026-02-01' and '2026-04-01' order by 1"
    ) == [(2, "v1", 400.0, 200.0), (3, "v2", 600.0, 450.0), (4, "v2", 600.0, 600.0)]


def test_progress_goes_by_count_where_too_few_issues_have_points(tables):
    """With points on half of the issues progress is counted, and the note says so."""
    budget(tables, "A", [100] * 4, [100] * 4)
    work(tables, ("A", 13, "2026-01-10"), ("A", None, None), ("A", 1, None), ("A", None, None))
    tables.make("earned_value")
    found = tables.row("from marts.earned_value where scope_id = 'A' and month_date = '2026-02-01'")
    assert found["percent_complete_share"] == 0.25
    assert "only 2 of 4 issues have points" in found["notes"]


def test_work_counts_as_it_was_at_each_month_end(tables):
    """Done later is not done then; what was deleted or dropped later was still scope then."""
    budget(tables, "A", [100] * 4, [100] * 4)
    row = {"is_work_item": True, "initiative_id": "A", "story_points": 1}
    tables.issues(
        {**row, "issue_id": "1", "created_at": "2025-12-01", "done_at": "2026-02-10"},
        {**row, "issue_id": "2", "created_at": "2025-12-01", "deleted_at": "2026-03-15"},
        {**row, "issue_id": "3", "created_at": "2025-12-01"},
        {**row, "issue_id": "4", "created_at": "2026-03-02"},
    )
    tables.given("intermediate.int_issues__discarded", {"issue_id": "3", "stay_rank": 1, "from_at": "2026-02-20"})
    tables.make("earned_value")
    shares = tables.rows(
        "select percent_complete_share from marts.earned_value where scope_id = 'A' and month_date < '2026-05-01' order by month_date"
    )
    assert [share for (share,) in shares] == [0, 1 / 2, 1 / 2, 1 / 2]


def burn(tables, scope: str) -> tuple:
    """What a scope spends a month, what is left, and how long that lasts."""
    tables.make("budget_burn")
    columns = "run_rate_amount, planned_rate_amount, remaining_amount, runway_months, runs_out_month_date"
    (found,) = tables.rows(f"select {columns} from marts.budget_burn where scope_id = '{scope}'")
    return found


def test_the_rest_of_a_budget_lasts_as_long_as_the_last_three_months_cost(tables):
    """May is the last closed month; the reserve is not there to be spent; the program is the sum."""
    tables.sheet("roadmap", *({"_key": one, "initiative_id": one, "initiative": one} for one in "AB"))
    budget(tables, "A", [100] * 12, [50, 50, 80, 100, 120])
    reserve = {"_key": "R", "initiative": "A", "month": "2026-02-01", "planned": 900, "actual": None, "reserve": "yes"}
    tables.sheet("budget", reserve)
    budget(tables, "B", [100] * 6, [100] * 4 + [200])
    assert burn(tables, "A") == (100, 100, 800, 8, month(13))
    assert burn(tables, "B") == (400 / 3, 100, 0, 0, month(5))
    assert burn(tables, "*")[2] == 800


def test_a_missing_actual_counts_at_its_plan_and_its_month_in_no_rate(tables):
    """Blank is no saving, and one blank cell hides neither the rate of the other months nor how long the rest lasts."""
    tables.sheet("roadmap", {"_key": "A", "initiative_id": "A", "initiative": "A"})
    budget(tables, "A", [100] * 12, [50, 50, 80, None, 110])
    assert burn(tables, "A") == (80, 100, 810, 810 / 80, month(16))
    assert tables.rows(
        "select spent_amount, run_rate_month_count, notes from marts.budget_burn where scope_id = 'A'"
    ) == [(None, 3, "one actual is missing: it counts at its plan, its month is not in the rate")]


def test_a_budget_without_a_rate_says_why(tables):
    """No month has all its actuals (May is not in the books yet), or nothing was spent."""
    tables.sheet("roadmap", *({"_key": one, "initiative_id": one, "initiative": one} for one in "AB"))
    budget(tables, "A", [100] * 12, [None] * 5)
    budget(tables, "B", [100] * 12, [0] * 5)
    assert burn(tables, "A") == (None, None, 800, None, None)
    assert burn(tables, "B") == (0, 100, 1200, None, None)
    assert tables.rows("select notes from marts.budget_burn where scope_id <> '*' order by scope_id") == [
        (
            "4 actuals are missing: each counts at its plan, its month is not in the rate; no closed month has all its actuals, so there is no rate",
        ),
        ("nothing was spent in these months",),
    ]


def test_months_that_are_not_in_the_books_yet_are_not_closed(tables):
    """In the first days of June the actual of May may be blank."""
    tables.sheet("roadmap", {"_key": "A", "initiative_id": "A", "initiative": "A"})
    budget(tables, "A", [100] * 12, [50, 50, 80, 110])
    assert burn(tables, "A") == (80, 100, 910, 910 / 80, month(16))
