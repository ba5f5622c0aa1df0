"""The raw load: from landed versions to tables with validity intervals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse import raw
from warehouse.landing import Row, Zone

DAY1 = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY2, DAY3, DAY4, DAY5 = (DAY1 + timedelta(days=number) for number in (1, 2, 3, 4))


def naive(instant: datetime) -> datetime:
    return instant.replace(tzinfo=None)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set timezone = 'America/New_York'")  # the result must not depend on it
        yield opened


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    """Issue 1 was A, then B, then deleted; issue 2 was A throughout; issue 3 came on day 3."""
    zone = Zone(tmp_path / "landing")
    table = zone.open("acme", "jira_issues")
    table.append([Row("1", {"v": "A"}, DAY1), Row("2", {"v": "A"})], cursor={"n": 1}, synced_at=DAY1)
    table.append([Row("1", {"v": "B"}, DAY2)], cursor={"n": 2}, synced_at=DAY2)
    table.append([Row("3", {"v": "A"})], cursor={"n": 3}, synced_at=DAY3)
    table.delete(["1"], cursor={"n": 4}, synced_at=DAY4)
    return zone


def loaded(connection: duckdb.DuckDBPyConnection, name: str = "jira_issues") -> list[tuple[Any, ...]]:
    return connection.execute(
        f"select id, payload->>'v', valid_from, valid_to, is_current, deleted_at from raw.{name} order by id, valid_from"
    ).fetchall()


def test_the_newest_version_is_loaded(connection: duckdb.DuckDBPyConnection, zone: Zone) -> None:
    """One row per record; a deleted one keeps its last payload and source time stamp."""
    counts = raw.load(connection, zone, DAY5, tables=["jira_issues"])
    assert counts == {"hub_sync_attempts": 0, "jira_issues": 3}
    assert loaded(connection) == [
        ("1", "B", naive(DAY4), None, True, naive(DAY4)),
        ("2", "A", naive(DAY1), None, True, None),
        ("3", "A", naive(DAY3), None, True, None),
    ]
    assert connection.execute("select instance, source_updated_at from raw.jira_issues where id = '1'").fetchall() == [
        ("acme", naive(DAY2))
    ]


def test_history_is_loaded_where_asked(connection: duckdb.DuckDBPyConnection, zone: Zone) -> None:
    """Every version with the interval in which it was the known one; intervals neither overlap nor leave a gap."""
    raw.load(connection, zone, DAY5, tables=["jira_issues"], history={"jira_issues"})
    assert loaded(connection) == [
        ("1", "A", naive(DAY1), naive(DAY2), False, None),
        ("1", "B", naive(DAY2), naive(DAY4), False, None),
        ("1", "B", naive(DAY4), None, True, naive(DAY4)),
        ("2", "A", naive(DAY1), None, True, None),
        ("3", "A", naive(DAY3), None, True, None),
    ]


@pytest.mark.parametrize("history", [set(), {"jira_issues"}])
def test_what_landed_later_is_not_seen(connection: duckdb.DuckDBPyConnection, zone: Zone, history: set[str]) -> None:
    """As of day 2 issue 1 is B and alive, and issue 3 unknown."""
    raw.load(connection, zone, DAY2, tables=["jira_issues"], history=history)
    assert [row for row in loaded(connection) if row[4]] == [
        ("1", "B", naive(DAY2), None, True, None),
        ("2", "A", naive(DAY1), None, True, None),
    ]


def test_names_that_never_landed_are_empty_tables(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Also when there is no landing zone at all; all columns have their types."""
    raw.load(connection, Zone(tmp_path / "absent"), DAY5, tables=["github_releases"])
    columns = "select column_name, data_type from duckdb_columns() where table_name = ? order by column_index"
    for name in ("github_releases", "hub_sync_attempts"):
        assert connection.execute(columns, [name]).fetchall() == [
            ("instance", "VARCHAR"), ("id", "VARCHAR"), ("payload", "JSON"), ("source_updated_at", "TIMESTAMP"),
            ("valid_from", "TIMESTAMP"), ("valid_to", "TIMESTAMP"), ("is_current", "BOOLEAN"), ("deleted_at", "TIMESTAMP"),
        ]  # fmt: skip
    assert not (tmp_path / "absent").exists()


def test_instances_share_a_table(connection: duckdb.DuckDBPyConnection, zone: Zone) -> None:
    """Equal ids of two instances are two records."""
    zone.open("beta", "jira_issues").append([Row("2", {"v": "Z"})], cursor=None, synced_at=DAY1)
    raw.load(connection, zone, DAY5, tables=["jira_issues"])
    found = connection.execute("select instance, id, payload->>'v' from raw.jira_issues where id = '2' order by all")
    assert found.fetchall() == [("acme", "2", "A"), ("beta", "2", "Z")]


def test_attempts_keep_every_row(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """The newest attempt of a stream is current, the earlier ones stay."""
    zone = Zone(tmp_path)
    for at in (DAY1, DAY2):
        zone.record_attempt({"source": "jira", "instance": "acme", "stream": "issues", "attempted_at": at})
    raw.load(connection, zone, DAY5, tables=[])
    found = connection.execute(
        "select id, valid_from, valid_to, is_current from raw.hub_sync_attempts order by valid_from"
    )
    assert found.fetchall() == [
        ("jira/acme/issues", naive(DAY1), naive(DAY2), False),
        ("jira/acme/issues", naive(DAY2), None, True),
    ]


def test_a_narrowed_zone_loads_the_instances_it_is_narrowed_to(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """A renamed instance would otherwise show each record twice, under its old name and its new one, for ever."""
    full = Zone(tmp_path)
    for source, instance in (("jira", "acme"), ("jira", "acme-cloud"), ("github", "acme")):
        full.open(instance, f"{source}_issues").append([Row("1", {})], cursor=None, synced_at=DAY1)
        full.record_attempt({"source": source, "instance": instance, "stream": "issues", "attempted_at": DAY1})
    narrowed = Zone(tmp_path, only={("jira", "acme-cloud")})
    names = ["jira_issues", "github_issues"]
    counts = raw.load(connection, narrowed, DAY1 + timedelta(days=1), tables=names)
    assert counts == {"jira_issues": 1, "github_issues": 0, "hub_sync_attempts": 1}
    assert connection.execute("select instance from raw.jira_issues").fetchall() == [("acme-cloud",)]
    assert narrowed.left_out() == {("jira", "acme"), ("github", "acme")}
    assert raw.load(connection, full, DAY1 + timedelta(days=1), tables=names)["hub_sync_attempts"] == 3
    assert full.left_out() == set()


def test_a_table_that_is_left_out_is_not_loaded_nor_are_its_attempts(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """A tab that was taken out of the settings would otherwise stand there as it was for ever, and look fresh."""
    full = Zone(tmp_path)
    for kind in ("budget", "risks"):
        full.open("acme", f"sheets_{kind}").append([Row("1", {})], cursor=None, synced_at=DAY1)
        full.record_attempt({"source": "sheets", "instance": "acme", "stream": kind, "attempted_at": DAY1})
    zone = Zone(tmp_path, only={("sheets", "acme")}, without={("acme", "sheets_risks"), ("acme", "sheets_waivers")})
    counts = raw.load(connection, zone, DAY1 + timedelta(days=1), tables=["sheets_budget", "sheets_risks"])
    assert counts == {"sheets_budget": 1, "sheets_risks": 0, "hub_sync_attempts": 1}
    assert zone.tables_left_out() == [("acme", "sheets_risks")]
    assert zone.left_out() == set()


def test_a_record_that_came_back_is_alive(connection: duckdb.DuckDBPyConnection, zone: Zone) -> None:
    """Deleted, then seen again: no `deleted_at` on its current row."""
    zone.open("acme", "jira_issues").append([Row("1", {"v": "B"})], cursor=None, synced_at=DAY5)
    for history in (set[str](), {"jira_issues"}):
        raw.load(connection, zone, DAY5, tables=["jira_issues"], history=history)
        assert [row for row in loaded(connection) if row[0] == "1" and row[4]] == [
            ("1", "B", naive(DAY5), None, True, None)
        ]


def test_the_second_of_as_of_counts_whole(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """A sync's later batches, microseconds after its first, are seen as of the sync's own instant, not after it."""
    zone = Zone(tmp_path)
    table = zone.open("acme", "jira_issues")
    for number in range(3):
        table.append([Row(str(number), {"v": "A"})], cursor={"n": number}, synced_at=DAY1)
    for history in (set[str](), {"jira_issues"}):
        raw.load(connection, zone, DAY1, tables=["jira_issues"], history=history)
        assert loaded(connection) == [(str(number), "A", naive(DAY1), None, True, None) for number in range(3)]


def test_sheets_and_registry_keep_history_unasked() -> None:
    """Their sources keep none; wide Jira and GitHub payloads are read once, in their newest version."""
    assert raw.keeps_history("sheets_budget")
    assert raw.keeps_history("mlflow_registered_models")
    assert raw.keeps_history("mlflow_model_versions")
    assert not raw.keeps_history("jira_issues")
    assert not raw.keeps_history("mlflow_runs")


def test_superseded_runs_tell_where_they_were_and_their_metrics_and_no_more(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """A wide payload is read whole in its newest version alone; a tombstone that was taken back stays in the history."""
    zone = Zone(tmp_path)
    table = zone.open("acme", "mlflow_runs")
    told = [("active", DAY1), ("deleted", DAY2), ("active", DAY4)]
    for stage, day in told:
        if day == DAY4:
            table.delete({"r"}, cursor=None, synced_at=DAY3)
        metric = {"key": "auc", "value": day.day, "timestamp": 5, "step": 9}
        row = Row("r", {"info": {"lifecycle_stage": stage}, "data": {"params": ["wide"], "metrics": [metric]}})
        table.append([row], cursor=None, synced_at=day)
    raw.load(connection, zone, DAY5, tables=["mlflow_runs"])
    found = connection.execute(
        "select payload ->> '$', valid_from, valid_to, is_current, deleted_at from raw.mlflow_runs order by valid_from"
    )

    def told_of(stage: str, day: datetime) -> str:
        metric = {"key": "auc", "value": str(day.day), "timestamp": "5"}
        return json.dumps({"info": {"lifecycle_stage": stage}, "data": {"metrics": [metric]}}, separators=(",", ":"))

    *superseded, newest = found.fetchall()
    assert superseded == [
        (told_of("active", DAY1), naive(DAY1), naive(DAY2), False, None),
        (told_of("deleted", DAY2), naive(DAY2), naive(DAY3), False, None),
        (told_of("deleted", DAY2), naive(DAY3), naive(DAY4), False, naive(DAY3)),
    ]
    assert "wide" in newest[0]
    assert newest[1:] == (naive(DAY4), None, True, None)


def test_loading_twice_is_loading_once(connection: duckdb.DuckDBPyConnection, zone: Zone) -> None:
    """A second load replaces the first."""
    for _ in range(2):
        raw.load(connection, zone, DAY5, tables=["jira_issues"], history={"jira_issues"})
    assert len(loaded(connection)) == 5


def test_other_stores_load_the_same(connection: duckdb.DuckDBPyConnection, zone: Zone) -> None:
    """Through Delta's own reader, where DuckDB does not open the files."""
    remote = Zone(zone.uri)
    remote.uri, remote._root = f"file://{zone.uri}", None
    raw.load(connection, remote, DAY5, tables=["jira_issues"])
    newest = loaded(connection)
    raw.load(connection, zone, DAY5, tables=["jira_issues"])
    assert newest == loaded(connection)
