"""How the work of an initiative flows: what is blocked, since when, in words."""

from datetime import timedelta

import pytest

from tests.warehouse.dbt_program.conftest import ALWAYS, INSTANCE, PRESENT

NOW = PRESENT["moment_at"]


@pytest.mark.parametrize(
    ("blocked", "days", "said"),
    [
        ({}, 0, "Nothing is blocked"),
        ({"A-1": 6.5}, 6.5, 'The oldest open blocker stands for 6 days: A-1 "Do A-1"'),
        ({"A-1": 1.5, "A-2": 7}, 7, 'The oldest open blocker stands for 7 days: A-2 "Do A-2", and 1 more blocked'),
        ({"A-3": 1, "A-1": 0.5}, 1, "The oldest open blocker stands for 1 day: A-3, and 1 more blocked"),
    ],
)
def test_the_oldest_blocker_is_named_with_its_age(tables, blocked: dict[str, float], days: float, said: str) -> None:
    """An issue without a summary by its key alone."""
    keys = {"A-1": "Do A-1", "A-2": "Do A-2", "A-3": None}
    tables.look()
    tables.given(
        "intermediate.int_work_items__known",
        *(
            {"instance": INSTANCE, "issue_id": key, "issue_key": key, "summary": summary, "initiative_id": "A", "is_work_item": True, "is_done": False, **ALWAYS}
            for key, summary in keys.items()
        ),
    )  # fmt: skip
    tables.given(
        "intermediate.int_issues__blocked",
        *({"issue_id": key, "from_at": NOW - timedelta(days=since)} for key, since in blocked.items()),
    )
    tables.make("int_deliveries__measured")
    assert tables.row(
        "select value, detail from intermediate.int_deliveries__measured where measure = 'blocker_age_days'"
    ) == {"value": pytest.approx(days), "detail": said}
