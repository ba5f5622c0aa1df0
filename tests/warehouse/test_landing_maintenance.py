"""Compaction, checkpoints and clean-up of the log: no record, cursor or transaction is lost, whoever lands meanwhile."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable, write_deltalake

from tests.warehouse.landed import NOON, rows, versions
from warehouse.landing import LandingConflict, Zone, commits


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    return Zone(tmp_path / "my landing *ü* (old)")


def test_compaction_keeps_records_and_cursor(zone: Zone) -> None:
    """After many commits, compaction, checkpoint and log clean-up the cursor and the refusal of second writers hold."""
    table = zone.open("acme", "jira_issues")
    for number in range(60):
        table.append(rows(**{f"r{number % 7}": number}), cursor={"n": number}, synced_at=NOON + timedelta(hours=number))
    before = versions(table)
    late = zone.open("acme", "jira_issues")
    (compacted,) = zone.compact()
    assert compacted.merged_files == 60
    assert len(DeltaTable(table.uri).file_uris()) == 1
    fresh = zone.open("acme", "jira_issues")
    assert (fresh.cursor, versions(fresh)) == ({"n": 59}, before)
    assert versions(late) == before, "a reader that listed its files before is undisturbed"
    late.append(rows(r0="late"), cursor={"n": 60}, synced_at=NOON)
    with pytest.raises(LandingConflict):
        fresh.append(rows(r0="second"), cursor={"n": 61}, synced_at=NOON)
    assert zone.open("acme", "jira_issues").cursor == {"n": 60}


def test_an_expired_log_forgets_no_transaction(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transaction number outlives every log entry it was written in."""
    monkeypatch.setitem(commits.CONFIGURATION, "delta.logRetentionDuration", "interval 0 seconds")
    table = zone.open("acme", "jira_issues")
    for number in range(10):
        table.append(rows(x=number), cursor={"n": number}, synced_at=NOON)
    zone.compact()
    log = Path(table.uri) / "_delta_log"
    assert not (log / f"{5:020}.json").exists()
    assert DeltaTable(table.uri).transaction_version("acme/jira_issues") == 10
    first, second = zone.open("acme", "jira_issues"), zone.open("acme", "jira_issues")
    first.append(rows(x="a"), cursor={"n": 10}, synced_at=NOON)
    with pytest.raises(LandingConflict):
        second.append(rows(x="b"), cursor={"n": 11}, synced_at=NOON)


def test_a_writer_older_than_the_log_is_refused(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its snapshot's successors can no longer be compared with it."""
    monkeypatch.setitem(commits.CONFIGURATION, "delta.logRetentionDuration", "interval 0 seconds")
    table = zone.open("acme", "jira_issues")
    table.append(rows(x=1), cursor={"n": 1}, synced_at=NOON)
    stale = zone.open("acme", "jira_issues")
    for number in range(2, 5):
        table.append(rows(x=number), cursor={"n": number}, synced_at=NOON)
    zone.compact()
    with pytest.raises(LandingConflict):
        stale.append(rows(x="stale"), cursor={"n": 9}, synced_at=NOON)


def test_files_of_interrupted_commits_are_swept_two_days_later(zone: Zone) -> None:
    """A file that no commit names is kept as long as its commit might still come, then removed."""
    table = zone.open("acme", "jira_issues")
    table.append(rows(x=1), cursor=None, synced_at=NOON)
    young, old = (Path(table.uri) / f"part-0000{n}-orphan.snappy.parquet" for n in (1, 2))
    young.write_bytes(b"young")
    old.write_bytes(b"old")
    three_days_ago = time.time() - 3 * 86400
    os.utime(old, (three_days_ago, three_days_ago))
    zone.compact()
    assert (young.exists(), old.exists()) == (True, False)
    assert zone.open("acme", "jira_issues").count == 1


def test_a_sync_during_compaction_does_no_harm(zone: Zone) -> None:
    """Compaction between a sync's opening and its commit is no conflict."""
    table = zone.open("acme", "jira_issues")
    for number in range(5):
        table.append(rows(x=number), cursor={"n": number}, synced_at=NOON)
    DeltaTable(table.uri).optimize.compact()
    table.append(rows(x="after"), cursor={"n": 5}, synced_at=NOON)
    assert [payload for _, payload, _ in versions(zone.open("acme", "jira_issues"))][-1] == '{"v":"after"}'


def test_compaction_beside_a_sync_does_no_harm(zone: Zone) -> None:
    """A sync that commits while compaction is at work keeps its rows; so does the compacted rest."""
    table = zone.open("acme", "jira_issues")
    for number in range(5):
        table.append(rows(x=number), cursor={"n": number}, synced_at=NOON)
    compaction = DeltaTable(table.uri)
    table.append(rows(y="meanwhile"), cursor={"n": 5}, synced_at=NOON)
    assert compaction.optimize.compact()["numFilesRemoved"] == 5
    fresh = zone.open("acme", "jira_issues")
    assert (fresh.cursor, fresh.live_ids(), len(versions(fresh))) == ({"n": 5}, {"x", "y"}, 6)


def test_a_table_others_write_to_is_no_danger(zone: Zone) -> None:
    """Rows that a foreign tool appended without our transaction are simply read."""
    table = zone.open("acme", "jira_issues")
    table.append(rows(x=1), cursor={"n": 1}, synced_at=NOON)
    other = zone.open("beta", "jira_issues")
    other.append(rows(y=1), cursor={"n": 5}, synced_at=NOON)
    source = other.scan(duckdb.connect(), "*")
    foreign = duckdb.sql(f"from {source} where id <> '_cursor'").to_arrow_table()
    write_deltalake(table.uri, foreign, mode="append")
    assert zone.open("acme", "jira_issues").live_ids() == {"x", "y"}
