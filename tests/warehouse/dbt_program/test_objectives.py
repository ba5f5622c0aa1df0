"""Key results: typed by people, or read from a metric of a champion or a value of a mart; and sources that give nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

QUICK = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


def key_result(tables, source: str | None, current: float | None = None) -> dict:
    """The only key result, from 10 to 20, with what the marts offer."""
    tables.sheet(
        "objectives",
        {"_key": "1", "objective_id": "O", "objective": "Less", "key_result": "KR", "baseline": 10, "target": 20, "current": current, "source": source},
    )  # fmt: skip
    tables.given(
        "intermediate.int_models__described", {"model_id": "m", "model_name": "Ranker", "champion_version": "2"}
    )
    tables.given(
        "intermediate.int_model_metrics__compared",
        {"model_id": "m", "version": "1", "metric": "auc", "value": 12},
        {"model_id": "m", "version": "2", "metric": "auc", "value": 15},
    )
    tables.given(
        "marts.earned_value",
        {"scope_id": "A", "initiative_id": "A", "month_date": "2026-04-01", "is_closed": True, "cpi": 11},
        {"scope_id": "A", "initiative_id": "A", "month_date": "2026-05-01", "is_closed": True, "cpi": 12},
        {"scope_id": "A", "initiative_id": "A", "month_date": "2026-06-01", "is_closed": False, "cpi": 13},
        {"scope_id": "*", "month_date": "2026-05-01", "is_closed": True, "cpi": 18},
    )
    tables.given("marts.unit_costs")
    tables.given("marts.initiatives")
    tables.given("marts.milestones", {"milestone_id": "M1", "on_time_share": None})
    tables.given(
        "marts.pull_requests_weekly",
        {"repository": "acme/ml", "week_date": "2026-06-01", "is_full": True, "review_p50_hours": 16},
    )
    tables.given("marts.flow_weekly")
    tables.given("marts.dora_monthly")
    tables.given("marts.model_health")
    tables.make("objectives", "int_sheets__questioned")
    return tables.row("from marts.objectives")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("metric:ranker/auc", 15),  # of the champion, whatever the case
        (" metric : Ranker / auc ", 15),
        ("mart:earned_value/A/cpi", 12),  # of the last closed month
        ("mart:earned_value/program/cpi", 18),
        ("Mart:pull_requests_weekly/acme/ml/review_p50_hours", 16),  # a name with a stroke in it
    ],
)
def test_a_value_is_read_from_where_its_source_says(tables, source, value):
    """A metric of a champion, or the newest complete value of a mart."""
    found = key_result(tables, source)
    assert (found["current_value"], found["value_from"], found["source_fault"]) == (value, source.strip(), None)
    assert found["progress_share"] == pytest.approx((value - 10) / 10)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("metric:ranker/rmse", "nothing is called metric:ranker/rmse"),
        ("mart:earned_value/B/cpi", "nothing is called mart:earned_value/B/cpi"),
        ("mart:people/A/display_name", "nothing is called mart:people/A/display_name"),
        ("Finance report", "nothing is called Finance report"),
        ("mart:milestones/M1/on_time_share", "mart:milestones/M1/on_time_share is unknown now"),
    ],
)
def test_a_source_that_gives_nothing_is_unknown_and_reported(tables, source, fault):
    """Nothing is invented; data_quality names the key result and what is wrong."""
    found = key_result(tables, source)
    assert (found["current_value"], found["progress_share"], found["status"]) == (None, None, "unknown")
    assert found["source_fault"] == fault
    told = tables.row("from intermediate.int_sheets__questioned where check_name = 'key_result_source'")
    assert (told["is_doubted"], told["subject"]) == (True, f'O "KR": {fault}')


def test_what_people_type_goes_before_the_source(tables):
    """A words-only source beside a typed value is a remark; one that should be readable is still reported."""
    assert key_result(tables, "mart:earned_value/A/cpi", 14)["value_from"] == "sheet"
    tables.versions.clear()
    assert key_result(tables, "Finance report", 14)["source_fault"] is None
    tables.versions.clear()
    assert key_result(tables, "metric:ranker/rmse", 14)["source_fault"] == "nothing is called metric:ranker/rmse"


@pytest.mark.parametrize(("value", "status"), [(None, "unknown"), (9.9, "not begun"), (10, "not begun"), (10.1, "on the way"), (19.9, "on the way"), (20, "reached"), (25, "reached")])  # fmt: skip
def test_a_status_follows_the_progress(tables, value, status):
    """At, just under and just over both ends."""
    assert key_result(tables, None, value)["status"] == status


@QUICK
@given(
    ends=st.tuples(st.integers(-99, 99), st.integers(-99, 99)).filter(lambda ends: ends[0] != ends[1]),
    share=st.floats(-1, 2),
)
def test_progress_is_the_way_made_of_the_way_to_go(tables, ends, share):
    """Upwards and downwards alike."""
    baseline, target = ends
    row = {"key_result_id": "1", "objective_id": "O", "baseline_value": baseline, "target_value": target}
    tables.given(
        "intermediate.int_key_results__valued", {**row, "current_value": baseline + share * (target - baseline)}
    )
    tables.make("objectives")
    assert tables.row("from marts.objectives")["progress_share"] == pytest.approx(share, abs=1e-9)
