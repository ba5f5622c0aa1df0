"""A vendor drops or retypes a field of its records: staging loses the columns that read it and no other, and never fails.

Which columns read a field is not written down here: they are those that change when it is left out or says something else.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.warehouse.dbt_delivery.records import Raw

STAGED = {
    "jira_issues": "stg_jira__issues",
    "jira_sprints": "stg_jira__sprints",
    "jira_statuses": "stg_jira__statuses",
    "jira_fields": "stg_jira__fields",
    "github_repositories": "stg_github__repositories",
    "github_pull_requests": "stg_github__pull_requests",
    "github_deployments": "stg_github__deployments",
    "github_releases": "stg_github__releases",
    "github_issues": "stg_github__issues",
}
"""SQL models with one row per landed record."""

ODD = ("seventeen", 17, {"value": None}, ["?"], None)
"""What may stand where something else used to."""


@pytest.fixture
def told(raw: Raw) -> Raw:
    """One record of each kind, beside the site's fields and statuses."""
    raw.sprint(1, "2026-03-02 09:00", "2026-03-16 09:00")
    raw.issue(1, "2026-03-03 09:00", ("2026-03-04 09:00", "status", "To Do", "Doing"))
    raw.pull_request(1, "2026-03-05 09:00")
    raw.deployment(1, "a" * 40, ("2026-03-06 09:00", "SUCCESS"))
    raw.release(1, "a" * 40, "2026-03-06 09:00")
    raw.github_issue(1, "2026-03-07 09:00")
    return raw


def fields(part: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The way to every field of a record that says something, down to the third level."""
    if isinstance(part, dict) and len(path) < 3:
        for name, value in part.items():
            if value is not None:
                yield (*path, name)
                yield from fields(value, (*path, name))


def another(value: Any) -> Any:
    """A value of the same type that says something else."""
    return not value if isinstance(value, bool) else value + 1 if isinstance(value, int | float) else f"{value}x"


def drifted(raw: Raw, table: str, path: tuple[str, ...], *value: Any) -> Raw:
    """The same records, with a field of the table's first one replaced, or left out."""
    changed = Raw(copy.deepcopy(raw.records))
    payload = next(payload for name, _, payload, _ in changed.records if name == table)
    for name in path[:-1]:
        payload = payload[name]
    if value:
        payload[path[-1]] = value[0]
    else:
        del payload[path[-1]]
    return changed


def value_at(payload: dict[str, Any], path: tuple[str, ...]) -> Any:
    """What a field says."""
    for name in path:
        payload = payload[name]
    return payload


@pytest.mark.parametrize("table", STAGED)
def test_a_field_that_drifts_costs_the_columns_that_read_it(warehouse, told, table):
    """Every field of a record, in every odd shape: as many rows as before, and all other columns as they were."""
    model = STAGED[table]

    def staged(raw: Raw) -> tuple[dict[str, Any], ...]:
        warehouse.run(raw, model)
        cursor = warehouse.connection.execute(f"select * from staging.{model} order by 1")
        names = [column[0] for column in cursor.description]
        return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())

    def differing(rows: tuple[dict[str, Any], ...]) -> set[str]:
        assert len(rows) == len(before)
        return {name for row, old in zip(rows, before, strict=True) for name in row if row[name] != old[name]}

    before = staged(told)
    assert before
    payload = next(payload for name, _, payload, _ in told.records if name == table)
    read = set()
    for path in fields(payload):
        changes = [(), (another(value_at(payload, path)),)]
        readers = set().union(*(differing(staged(drifted(told, table, path, *change))) for change in changes))
        read |= readers
        for odd in ODD:
            assert differing(staged(drifted(told, table, path, odd))) <= readers, (path, odd)
    assert read, "the model reads nothing of its record"
