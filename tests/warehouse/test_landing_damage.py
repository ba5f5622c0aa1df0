"""Landing tables whose log is lost: refused with the place and the remedy, never begun anew beside the old files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.warehouse.landed import NOON, rows
from warehouse.landing import LandingDamaged, Zone


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    return Zone(tmp_path / "my landing *ü* (old)")


def elsewhere(zone: Zone) -> Zone:
    """The same zone as if it lay in an object store."""
    remote = Zone(zone.uri)
    remote.uri, remote._root = f"file://{Path(zone.uri)}".replace(" ", "%20"), None
    return remote


def landed(zone: Zone, instance: str = "acme") -> Path:
    """The folder of a table in which something landed once."""
    table = zone.open(instance, "jira_issues")
    table.append(rows(x=1), cursor={"n": 1}, synced_at=NOON)
    return Path(table.uri)


def emptied(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


@pytest.mark.parametrize("lost", [emptied, shutil.rmtree])
@pytest.mark.parametrize("seen", [lambda zone: zone, elsewhere])
def test_a_table_whose_log_is_lost_is_refused(
    zone: Zone, lost: Callable[[Path], None], seen: Callable[[Zone], Zone]
) -> None:
    """Also one in which only one commit ever landed, and if the folder of the log is still there, empty."""
    folder = landed(zone)
    lost(folder / "_delta_log")
    files = sorted(folder.rglob("*"))
    place = seen(zone)
    assert list(place.tables()) == [("acme", "jira_issues")]
    with pytest.raises(LandingDamaged) as refusal:
        place.open("acme", "jira_issues")
    assert f"{folder}".replace(" ", "%20") in str(refusal.value).replace(" ", "%20")
    assert "Restore the folder from a backup; or move it out of the landing zone and run hub sync" in str(refusal.value)
    assert sorted(folder.rglob("*")) == files


def test_a_table_that_was_moved_away_is_read_anew(zone: Zone, tmp_path: Path) -> None:
    """The remedy that needs no backup."""
    folder = landed(zone)
    shutil.rmtree(folder / "_delta_log")
    folder.rename(tmp_path / "kept")
    assert zone.open("acme", "jira_issues").cursor is None
    landed(zone)
    assert zone.open("acme", "jira_issues").live_ids() == {"x"}


def test_a_first_commit_that_was_killed_heals_by_itself(zone: Zone) -> None:
    """Its files are those of a table that is made already, without rows."""
    folder = landed(zone)
    (folder / "_delta_log" / f"{1:020}.json").unlink()  # killed between the file and the commit that names it
    assert list(folder.glob("*.parquet"))
    again = zone.open("acme", "jira_issues")
    assert (again.cursor, again.count) == (None, 0)
    landed(zone)
    assert zone.open("acme", "jira_issues").live_ids() == {"x"}


def test_the_nightly_work_goes_on_with_the_other_tables(zone: Zone) -> None:
    """Nothing of the damaged one is removed."""
    folder = landed(zone)
    landed(zone, "beta")
    shutil.rmtree(folder / "_delta_log")
    files = sorted(folder.rglob("*"))
    assert [done.instance for done in zone.compact()] == ["beta"]
    assert zone.drop_superseded(NOON) == {}
    assert sorted(folder.rglob("*")) == files
