"""Retention: what leaves the landing zone, and all that does not."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from warehouse import raw
from warehouse.landing import LandingConflict, Row, Zone, retention
from warehouse.landing.commits import writing

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CUTOFF = NOON + timedelta(days=20)


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    zone = Zone(tmp_path / "landing")
    land(zone, "jira_issues", 40)
    return zone


def land(zone: Zone, name: str, days: int) -> None:
    """So many days of random appends and deletions."""
    draw, table = random.Random(5), zone.open("acme", name)
    for day in range(days):
        rows = [Row(str(draw.randrange(12)), {"v": draw.randrange(3)}) for _ in range(5)]
        at = NOON + timedelta(days=day)
        if day % 4 == 3:
            table.delete([row.id for row in rows], cursor={"day": day}, synced_at=at, confirm_shrink=True)
        else:
            table.append(rows, cursor={"day": day}, synced_at=at)


def loaded(zone: Zone, as_of: datetime, name: str = "jira_issues") -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        raw.load(connection, zone, as_of, tables=[name])
        return connection.execute(f"from raw.{name} order by all").fetchall()


def landed_count(zone: Zone, name: str = "jira_issues") -> int:
    source = zone.open("acme", name).scan(duckdb.connect(), "*")
    return int(duckdb.sql(f"select count(*) from {source}").fetchall()[0][0])


def test_superseded_versions_leave_and_nothing_else_changes(zone: Zone) -> None:
    """Every warehouse as of the cutoff or later is what it was; sheets and registry keep all; a second time finds nothing."""
    for name in ("sheets_risks", "mlflow_registered_models"):
        land(zone, name, 8)
    instants = [CUTOFF + timedelta(days=days) for days in (0, 1, 5, 19, 30)]
    before = {at: loaded(zone, at) for at in instants}
    counts = {name: landed_count(zone, name) for name in ("jira_issues", "sheets_risks", "mlflow_registered_models")}
    dropped = zone.drop_superseded(CUTOFF, spared=raw.keeps_history)
    assert list(dropped) == [("acme", "jira_issues")]
    assert dropped["acme", "jira_issues"] > 40
    assert {at: loaded(zone, at) for at in instants} == before
    assert any(deleted_at for *_, deleted_at in before[instants[-1]]), "a deleted record's last payload stays"
    assert landed_count(zone) == counts.pop("jira_issues") - dropped["acme", "jira_issues"]
    assert {name: landed_count(zone, name) for name in counts} == counts
    assert zone.drop_superseded(CUTOFF, spared=raw.keeps_history) == {}


def test_cursor_and_transaction_number_survive(zone: Zone) -> None:
    """After dropping and compacting the next sync knows its cursor, and of two writers the second is refused."""
    zone.drop_superseded(NOON + timedelta(days=100))
    zone.compact()
    first, second = zone.open("acme", "jira_issues"), zone.open("acme", "jira_issues")
    assert first.cursor == {"day": 39}
    first.append([Row("new", {})], cursor={"day": 40}, synced_at=NOON + timedelta(days=40))
    with pytest.raises(LandingConflict):
        second.append([Row("other", {})], cursor={"day": 41}, synced_at=NOON + timedelta(days=40))
    assert zone.open("acme", "jira_issues").cursor == {"day": 40}


def test_a_sync_beside_it_goes_on_where_it_was(zone: Zone) -> None:
    """A sync that opened the table before cannot commit after; opened anew it goes on from its cursor."""
    sync = zone.open("acme", "jira_issues")
    assert zone.drop_superseded(CUTOFF, spared=raw.keeps_history)
    with pytest.raises(LandingConflict):
        sync.append([Row("after", {})], cursor={"day": 41}, synced_at=NOON + timedelta(days=41))
    fresh = zone.open("acme", "jira_issues")
    assert fresh.cursor == {"day": 39}
    fresh.append([Row("after", {})], cursor={"day": 41}, synced_at=NOON + timedelta(days=41))
    assert "after" in zone.open("acme", "jira_issues").live_ids()


def test_a_sync_or_compaction_that_commits_first_wins(zone: Zone) -> None:
    """What it landed stays; the dropping changes nothing and leaves it to the next night."""
    table = zone.open("acme", "jira_issues")
    delta, beside = DeltaTable(table.uri), DeltaTable(table.uri)
    table.append([Row("meanwhile", {})], cursor={"day": 40}, synced_at=NOON + timedelta(days=40))
    before = landed_count(zone)
    with pytest.raises(CommitFailedError):
        retention.drop(delta, older_than=CUTOFF, writer_properties=writing())
    beside.optimize.compact()
    with pytest.raises(CommitFailedError):
        retention.drop(delta, older_than=CUTOFF, writer_properties=writing())
    assert landed_count(zone) == before
    assert zone.open("acme", "jira_issues").cursor == {"day": 40}
    assert zone.drop_superseded(CUTOFF, spared=raw.keeps_history)
