"""What has landed, held against the record of syncs: a table that is gone or was begun anew is told, and not taken for empty."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.warehouse.landed import NOON, attempt, land
from warehouse import raw
from warehouse.landing import LandingDamaged, Zone, inventory

LATER = NOON + timedelta(hours=9)

Take = Callable[..., object]


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    """Two issues that landed at noon."""
    zone = Zone(tmp_path / "landing")
    land(zone, a=1, b=2)
    return zone


@pytest.fixture
def take(zone: Zone) -> Take:
    def take(by: datetime = LATER, *, tables: tuple[str, ...] = ("jira_issues",)) -> object:
        return inventory.take(zone, tables, bound=by + timedelta(seconds=1))

    return take


def test_versions_are_counted_up_to_a_moment(zone: Zone, take: Take) -> None:
    """Those of the tables asked for, with the stamp of the newest."""
    land(zone, LATER + timedelta(hours=1), a=3)
    [(instance, name, count, newest)] = take()  # type: ignore[misc]
    assert (instance, name, count) == ("acme", "jira_issues", 2)
    assert 0 <= newest - int(NOON.timestamp() * 1e6) < 1e6
    assert [row[2] for row in take(LATER + timedelta(hours=2))] == [3]  # type: ignore[attr-defined]
    assert take(tables=("jira_sprints",)) == []


def begun_anew(folder: Path) -> None:
    shutil.rmtree(folder)
    Zone(folder.parents[1]).open("acme", "jira_issues").append([], cursor={"page": 1}, synced_at=NOON)


@pytest.mark.parametrize("lost", [shutil.rmtree, begun_anew])
def test_a_table_that_is_gone_though_records_landed_in_it_is_told(
    zone: Zone, take: Take, lost: Callable[[Path], object]
) -> None:
    """A build would publish it as empty. Not as of before anything had landed, and no more once a sync has read it again."""
    attempt(zone, NOON + timedelta(hours=1), landed_count=2)
    attempt(zone, NOON + timedelta(hours=2), error="the host is down")
    take()
    folder = Path(zone.place("acme", "jira_issues"))
    lost(folder)
    with pytest.raises(LandingDamaged) as refusal:
        take()
    assert str(refusal.value).startswith(f"{folder}: this landing table is gone")
    take(NOON)
    take(tables=("jira_sprints",))
    land(zone, a=1)
    take()


def test_a_table_that_is_gone_is_told_though_the_newest_sync_read_other_streams(zone: Zone, take: Take) -> None:
    """One that Dagster ran for a few assets, was killed, or is under way."""
    attempt(zone, NOON, landed_count=2)
    attempt(zone, NOON + timedelta(hours=1), stream="sprints")
    shutil.rmtree(zone.place("acme", "jira_issues"))
    with pytest.raises(LandingDamaged):
        take()
    zone.only = {("github", "acme")}  # an instance that was taken out of the settings may lose its tables
    take()


def test_a_day_of_which_nothing_is_left_in_a_table_is_told(zone: Zone, take: Take) -> None:
    """The table was lost and read anew since: what was known on that day would be told as nothing."""
    attempt(zone, NOON, landed_count=2, is_first=True)
    folder = Path(zone.place("acme", "jira_issues"))
    shutil.rmtree(folder)
    later = NOON + timedelta(days=3)
    land(zone, later, a=1)
    attempt(zone, later, landed_count=1, is_first=True)
    with pytest.raises(LandingDamaged) as refusal:
        take()
    where, remedy = str(refusal.value).splitlines()
    assert where == f"{folder}: what had landed here by that day is gone; the table was begun anew since."
    assert remedy.startswith("Name a later day")
    take(later + timedelta(hours=1))
    take(NOON - timedelta(days=1))


def test_the_tables_of_an_instance_that_are_gone_are_told_in_a_line(zone: Zone, take: Take) -> None:
    for stream in ("issues", "sprints"):
        attempt(zone, NOON, stream=stream, landed_count=2)
    folder = Path(zone.place("acme", "jira_issues"))
    shutil.rmtree(folder)
    with pytest.raises(LandingDamaged) as refusal:
        take(tables=("jira_issues", "jira_sprints"))
    (told,) = refusal.value.faults
    assert told.startswith(f"{folder.parent}: 2 landing tables are gone (jira_issues, jira_sprints);")


def test_a_table_that_is_gone_is_missed_no_longer_once_a_sync_found_nothing(zone: Zone, take: Take) -> None:
    """A sheet's tab that was taken out of the settings, a source begun anew: only a read that succeeded tells so."""
    attempt(zone, NOON, landed_count=2, is_first=True)
    shutil.rmtree(zone.place("acme", "jira_issues"))
    attempt(zone, NOON + timedelta(hours=1), error="the host is down", is_first=True)
    with pytest.raises(LandingDamaged):
        take()
    attempt(zone, NOON + timedelta(hours=2), is_first=True)
    take()
    attempt(zone, NOON + timedelta(hours=3), landed_count=1)
    with pytest.raises(LandingDamaged):
        take()


def test_a_table_is_not_gone_where_its_versions_of_then_were_dropped(zone: Zone, take: Take) -> None:
    """As of a day longer ago than versions are kept."""
    attempt(zone, NOON, landed_count=2)
    land(zone, NOON + timedelta(hours=2), a=2, b=3)
    assert zone.drop_superseded(LATER, spared=raw.keeps_history)
    take(NOON)


def test_a_damaged_table_is_not_told_to_be_gone_as_well(zone: Zone, take: Take) -> None:
    """One fault for one table."""
    attempt(zone, NOON, landed_count=2)
    shutil.rmtree(Path(zone.place("acme", "jira_issues")) / "_delta_log")
    with pytest.raises(LandingDamaged) as refusal:
        take()
    assert len(refusal.value.faults) == 1


def test_a_table_that_lands_while_the_tables_are_looked_at_is_not_gone(
    zone: Zone, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first read of a stream, beside a build."""

    def tables() -> Iterator[tuple[str, str]]:
        yield from ()
        attempt(zone, NOON, landed_count=2)

    monkeypatch.setattr(zone, "tables", tables)
    take()
