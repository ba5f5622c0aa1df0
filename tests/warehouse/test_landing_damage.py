"""Landing tables whose log is lost or broken: refused with the place and the remedy, never begun anew beside the old files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from deltalake import DeltaTable

from tests.warehouse.landed import NOON, no_room, rows
from warehouse import raw
from warehouse.landing import LandingDamaged, Zone, damage


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
    assert (
        "Restore the folder from a backup; or move what is left of it out of the landing zone and run hub sync"
        in str(refusal.value)
    )
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


def test_a_table_that_another_sync_makes_at_that_moment_is_not_damaged(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made after the log was looked for, and before its files are."""
    looked = damage._has_files

    def late(*place: Any) -> bool:
        monkeypatch.undo()
        landed(zone)
        return looked(*place)

    (Path(zone.uri) / "acme" / "jira_issues").mkdir(parents=True)
    monkeypatch.setattr(damage, "_has_files", late)
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


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


@pytest.mark.parametrize("damaged", [Path.unlink, cut], ids=["missing", "cut"])
def test_the_nightly_work_passes_over_a_table_one_of_whose_files_cannot_be_read(
    zone: Zone, caplog: pytest.LogCaptureFixture, damaged: Callable[[Path], object]
) -> None:
    """It is told each time; the others are compacted and lose their superseded versions."""
    for instance in ("acme", "beta"):
        for number in range(3):
            zone.open(instance, "jira_issues").append(
                rows(x=number), cursor={"n": number}, synced_at=NOON + timedelta(hours=number)
            )
    folder = Path(zone.place("acme", "jira_issues"))
    damaged(min(folder.glob("*.parquet")))
    assert [*zone.drop_superseded(NOON + timedelta(days=1))] == [("beta", "jira_issues")]
    assert [done.instance for done in zone.compact()] == ["beta"]
    assert [message.partition(": ")[0] for message in caplog.messages] == [str(folder), str(folder)]


def checkpointed(log: Path) -> None:
    DeltaTable(log.parent).create_checkpoint()
    cut(next(log.glob("*.checkpoint.parquet")))


@pytest.mark.parametrize(
    "damaged",
    [
        lambda log: cut(log / f"{1:020}.json"),
        lambda log: (log / f"{0:020}.json").unlink(),
        lambda log: (log / f"{1:020}.json").write_bytes(b"\0" * 500),
        checkpointed,
        lambda log: cut(next(log.parent.glob("*.parquet"))),
        lambda log: next(log.parent.glob("*.parquet")).unlink(),
    ],
    ids=["cut entry", "missing entry", "zeros", "cut checkpoint", "cut file", "missing file"],
)
def test_a_table_that_cannot_be_read_is_told_in_two_lines(zone: Zone, damaged: Callable[[Path], object]) -> None:
    """The place with what the library says, without the stack of its code; then what to do."""
    folder = landed(zone)
    damaged(folder / "_delta_log")
    with pytest.raises(LandingDamaged) as refusal:
        zone.open("acme", "jira_issues")
    where, remedy = str(refusal.value).splitlines()
    assert where.startswith(f"{folder}: this landing table is damaged")
    assert len(where) < len(str(folder)) + 400
    assert remedy.startswith("Restore the folder from a backup")


ATTEMPT = {"source": "jira", "instance": "acme", "stream": "issues", "attempted_at": NOON}


@pytest.mark.parametrize("damaged", [emptied, lambda log: cut(log / f"{1:020}.json")], ids=["lost", "cut"])
@pytest.mark.parametrize("is_open", [False, True])
def test_a_damaged_record_of_attempts_is_told_once_and_stops_nothing(
    zone: Zone, caplog: pytest.LogCaptureFixture, damaged: Callable[[Path], object], is_open: bool
) -> None:
    """Syncs go on without it, builds take it for empty; moved away it begins anew."""
    zone.record_attempt(ATTEMPT)
    folder = Path(zone.uri) / "hub" / "hub_sync_attempts"
    damaged(folder / "_delta_log")
    later = zone if is_open else Zone(zone.uri)
    for _ in range(3):
        later.record_attempt(ATTEMPT)
    assert later.attempts() is None
    (told,) = caplog.messages
    assert told.startswith(f"{folder}: ")
    assert "the next sync begins a new record" in told
    with duckdb.connect() as connection:
        assert raw.load(connection, later, NOON, tables=[]) == {"hub_sync_attempts": 0}
    shutil.rmtree(folder)
    Zone(zone.uri).record_attempt(ATTEMPT)
    assert Zone(zone.uri).open("hub", "hub_sync_attempts").count == 1


def test_a_full_disk_is_not_told_as_damage(zone: Zone, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody should move a sound table away: neither the record of attempts, nor one that the nightly work cannot write."""
    folder = landed(zone)
    zone.open("acme", "jira_issues").append(rows(x=2), cursor={"n": 2}, synced_at=NOON)
    zone.record_attempt(ATTEMPT)
    with no_room():
        Zone(zone.uri).record_attempt(ATTEMPT)
        zone.compact()
    told = [message for message in caplog.messages if message.startswith(zone.uri)]
    assert {message.partition(": ")[0] for message in told} == {
        str(zone.place("hub", "hub_sync_attempts")),
        str(folder),
    }
    for message in told:
        assert message.endswith(damage.MAKE_ROOM)
        assert "damaged" not in message
    assert zone.open("acme", "jira_issues").live_ids() == {"x"}
    assert zone.open("hub", "hub_sync_attempts").count == 1
