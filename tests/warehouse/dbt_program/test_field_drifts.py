"""Which payloads are looked into for fields that have drifted. That a drift is told: tests/faults/test_drift_is_told.py."""

from __future__ import annotations

import pytest

from tests.warehouse.dbt_program.conftest import Tables


@pytest.mark.parametrize(("newest", "fields"), [(1, {"new"}), (2, {"new", "old"})])
def test_as_many_of_the_newest_payloads_are_looked_into_as_the_seed_says(
    tables: Tables, newest: int, fields: set[str]
) -> None:
    """By when they landed; of each stream and instance."""
    tables.rule("thresholds", "value = ? where name = 'newest_payloads'", newest)
    tables.land("jira_boards", "1", {"old": 1}, at="2026-05-01")
    tables.land("jira_boards", "2", {"new": 1}, at="2026-05-02")
    tables.land("jira_sprints", "1", {"other": 1}, at="2026-04-01")
    tables.make("stg_hub__payload_fields")
    found = tables.rows("select stream, field from staging.stg_hub__payload_fields where field <> ''")
    assert set(found) == {("sprints", "other"), *(("boards", field) for field in fields)}
