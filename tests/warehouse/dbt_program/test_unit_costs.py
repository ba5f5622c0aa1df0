"""What a story point, a shipped model version and an hour of experiments cost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

QUICK = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


def spent(tables, *months: tuple[int, float | None], category: str = "People", **more) -> None:
    """Actuals of initiative A by month of 2026."""
    tables.given(
        "intermediate.int_budget_lines__converted",
        *(
            {
                "row_id": f"{category}{month}",
                "budget_line_id": category,
                "initiative_id": "A",
                "category": category,
                "month_date": f"2026-{month:02}-01",
                "planned_value": 100,
                "actual_value": actual,
                "actual_amount": actual,
                "faulty_columns": [],
                "is_reserve": False,
                "is_in_force": True,
                **more,
            }
            for month, actual in months
        ),
    )


def done(tables, *items: tuple[str, float | None]) -> None:
    """Finished items of A (UTC moment, points)."""
    tables.given(
        "marts.issues",
        *(
            {"issue_id": str(number), "initiative_id": "A", "is_work_item": True, "is_finished": True, "done_at": moment, "story_points": points}
            for number, (moment, points) in enumerate(items)
        ),
    )  # fmt: skip


def costs(tables, unit: str = "story_point") -> list[tuple]:
    """Month, amount, units, cost of one, cost of one to date, notes."""
    tables.make("unit_costs")
    return tables.rows(
        "select month(month_date), amount, unit_count, amount_per_unit, amount_per_unit_to_date, notes from marts.unit_costs "
        f"where unit = '{unit}' order by month_date"
    )


def test_a_point_costs_what_the_month_cost_for_those_that_were_finished(tables):
    """A month without one has no cost of one; the sum to date carries it. June is not over on the 10th."""
    spent(tables, (3, 300), (4, 200), (5, 100), (6, 50))
    done(tables, ("2026-03-10", 2), ("2026-03-31 22:30", 8), ("2026-05-05", 2), ("2026-06-02", 5))
    assert costs(tables) == [
        (3, 300, 2, 150, 150, None),
        (4, 200, 8, 25, 50, None),  # half past midnight in Berlin
        (5, 100, 2, 50, 50, None),
    ]


def test_a_month_in_which_nothing_was_finished_has_no_cost_of_one(tables):
    """But its cost counts in the sum to date."""
    spent(tables, (4, 200), (5, 100))
    done(tables, ("2026-05-05", 2))
    assert costs(tables) == [(4, 200, 0, None, None, "none in this month"), (5, 100, 2, 50, 150, None)]


def test_a_missing_actual_leaves_its_month_unknown(tables):
    """Blank where something was planned; the sum to date leaves that month's points out too."""
    spent(tables, (4, None), (5, 100))
    done(tables, ("2026-04-05", 8), ("2026-05-05", 2))
    found = costs(tables)
    assert (found[0][1], found[0][3]) == (None, None)
    assert found[0][5].startswith("the cost is unknown: an actual is missing")
    assert found[1][3:5] == (50, 50)


def test_items_without_points_are_told(tables):
    """Of an item without points nobody knows how many it had."""
    spent(tables, (4, 100), (5, 100))
    done(tables, ("2026-04-05", 4), ("2026-04-06", None), ("2026-05-05", None))
    assert costs(tables) == [
        (4, 100, 4, 25, 25, "1 of 2 finished items have no points"),
        (5, 100, None, None, 25, "1 of 1 finished items have no points"),
    ]


def test_a_reserve_is_no_cost(tables):
    """It is set aside, not spent on the work."""
    spent(tables, (5, 100), is_reserve=True)
    done(tables, ("2026-05-05", 2))
    assert costs(tables) == []


def test_an_hour_of_experiments_is_held_against_the_cost_of_computing(tables):
    """Only categories of that kind count; what a run's children took is theirs; what never ended has none."""
    tables.given("marts.mlflow_runs", *(
        {"mlflow_run_id": run, "initiative_id": "A", "own_hours": hours, "ended_at": "2026-05-05"}
        for run, hours in (("p", 1), ("c", 3), ("d", 4), ("x", None))
    ))  # fmt: skip
    spent(tables, (5, 400), category="GPU cloud")
    assert costs(tables, "experiment_hour") == [(5, 400, 8, 50, 50, None)]
    spent(tables, (5, 400), category="People")
    assert costs(tables, "experiment_hour")[0][1:4] == (None, 8, None)


def looked(tables, *moments: str) -> None:
    """Reads of the registry that succeeded."""
    tables.given(
        "staging.stg_hub__sync_attempts",
        *({"source": "mlflow", "instance": "acme", "stream": "registered_models", "attempted_at": one, "is_success": True} for one in moments),
    )  # fmt: skip


def stays(tables, *rows: tuple[str, str, str, bool]) -> None:
    """Stays of roles on versions of model m of A: role, version, seen at, whether it stood at the first look."""
    tables.given("intermediate.int_models__described", {"model_id": "m", "initiative_id": "A", "champion_version": "1"})
    tables.given(
        "intermediate.int_model_roles__spanned",
        *(
            {"model_id": "m", "role": role, "version": version, "seen_at": seen, "is_since_first_sync": first}
            for role, version, seen, first in rows
        ),
    )


def test_a_version_is_shipped_when_it_first_becomes_champion(tables):
    """Not what already was at the first look, nor a challenger, nor one that comes back; months before the look are unknown."""
    spent(tables, (3, 100), (4, 100), (5, 100))
    looked(tables, "2026-03-15")
    stays(
        tables,
        ("champion", "1", "2026-03-15", True),
        ("champion", "2", "2026-04-02", False),
        ("champion", "2", "2026-05-02", False),
        ("challenger", "3", "2026-04-05", False),
        ("champion", "1", "2026-04-20", False),
        ("champion", "4", "2026-05-30", False),
    )
    assert costs(tables, "model_version") == [
        (3, 100, None, None, None, "the hub did not see the registry then"),
        (4, 100, 1, 100, 100, None),
        (5, 100, 1, 100, 100, None),
    ]


def test_a_champion_without_a_trail_is_not_counted_as_none(tables):
    """When it was shipped is unknown."""
    spent(tables, (5, 100))
    looked(tables, "2026-01-15")
    stays(tables)
    assert costs(tables, "model_version")[0][2:4] == (None, None)


@QUICK
@given(months=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 20)), min_size=1, max_size=5))
def test_the_cost_to_date_is_all_cost_over_all_points(tables, months):
    """With everything known it does not depend on how cost and points fall into months."""
    spent(tables, *((number, float(amount)) for number, (amount, _) in enumerate(months, start=1)))
    done(tables, *((f"2026-{number:02}-10", float(points)) for number, (_, points) in enumerate(months, start=1)))
    last = costs(tables)[-1]
    amount, points = sum(one for one, _ in months), sum(one for _, one in months)
    assert last[4] == (pytest.approx(amount / points) if points else None)
