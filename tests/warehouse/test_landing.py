"""The landing zone: versions, cursors, tombstones, conflicts. Not here: its maintenance (test_landing_maintenance.py)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from tests.warehouse.landed import NOON, rows, versions
from warehouse.landing import Appended, LandingConflict, Row, ShrunkenRead, Zone
from warehouse.landing.rows import INCOMING, batch, canonical, stamped, tombstones


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    return Zone(tmp_path / "my landing *ü* (old)")


def test_a_table_that_never_landed_is_empty(zone: Zone) -> None:
    """Opening neither fails nor makes anything."""
    table = zone.open("acme", "jira_issues")
    assert (table.cursor, table.count, table.live_ids(), table.version) == (None, 0, set(), None)
    assert list(zone.tables()) == []


def test_records_and_cursor_come_back(zone: Zone) -> None:
    """What one object appended, another one opens."""
    table = zone.open("acme", "jira_issues")
    assert table.append(rows(a=1, b=2), cursor={"since": "x"}, synced_at=NOON) == Appended(new=2)
    again = zone.open("acme", "jira_issues")
    assert again.cursor == {"since": "x"}
    assert again.live_ids() == {"a", "b"}
    assert again.count == 2
    assert list(zone.tables()) == [("acme", "jira_issues")]


def test_a_record_is_compared_with_its_newest_version(zone: Zone) -> None:
    """A, B, A is three versions; the same again is none."""
    table = zone.open("acme", "jira_issues")
    for value in ("A", "B", "A", "A"):
        table.append(rows(x=value), cursor=None, synced_at=NOON)
    assert [payload for _, payload, _ in versions(table)] == ['{"v":"A"}', '{"v":"B"}', '{"v":"A"}']
    assert zone.open("acme", "jira_issues").append(rows(x="A"), cursor=None, synced_at=NOON) == Appended(unchanged=1)


def test_a_batch_holds_records_or_tombstones() -> None:
    """One record without a payload is refused: it would make the whole batch deleted."""
    whole, gone = batch(["a"], [b"{}"], [None]), tombstones(["b"])
    assert [stamped(one, NOON)["is_deleted"].to_pylist() for one in (whole, gone)] == [[False], [True]]
    both = pa.record_batch([pa.concat_arrays(pair) for pair in zip(whole, gone, strict=True)], schema=INCOMING)
    with pytest.raises(ValueError, match="1 of its 2 rows have no payload"):
        stamped(both, NOON)


def test_a_tombstone_is_the_newest_version(zone: Zone) -> None:
    """A record that comes back after its deletion is landed again although its payload is the old one."""
    table = zone.open("acme", "jira_issues")
    table.append(rows(x="A", y="B"), cursor=None, synced_at=NOON)
    assert table.delete(["x", "never seen"], cursor={"n": 1}, synced_at=NOON) == 1
    assert table.delete(["x"], cursor=None, synced_at=NOON) == 0
    assert table.live_ids() == {"y"}
    table = zone.open("acme", "jira_issues")
    assert table.live_ids() == {"y"}
    assert table.append(rows(x="A"), cursor=None, synced_at=NOON) == Appended(changed=1)
    assert versions(table)[2:] == [("x", None, True), ("x", '{"v":"A"}', False)]


def test_nothing_is_written_when_nothing_is_new(zone: Zone) -> None:
    """Neither rows nor cursor moved: no commit. Cursor moved: one."""
    table = zone.open("acme", "jira_issues")
    table.append(rows(x=1), cursor={"n": 1}, synced_at=NOON)
    table.append(rows(x=1), cursor={"n": 1}, synced_at=NOON)
    table.append([], cursor=None, synced_at=NOON)
    assert table.version == 1, "made without rows, then one commit"
    table.append(rows(x=1), cursor={"n": 2}, synced_at=NOON)
    assert table.version == 2


def test_of_two_writers_the_second_is_refused(zone: Zone) -> None:
    """Both opened the same snapshot; the second one's rows and cursor do not land, a fresh one's do."""
    zone.open("acme", "jira_issues").append(rows(x=1), cursor={"n": 1}, synced_at=NOON)
    first, second = zone.open("acme", "jira_issues"), zone.open("acme", "jira_issues")
    first.append(rows(x=2), cursor={"n": 2}, synced_at=NOON)
    for _ in range(2):
        with pytest.raises(LandingConflict, match="another sync has landed"):
            second.append(rows(x=3), cursor={"n": 3}, synced_at=NOON)
    fresh = zone.open("acme", "jira_issues")
    assert fresh.cursor == {"n": 2}
    assert fresh.append(rows(x=3), cursor={"n": 3}, synced_at=NOON) == Appended(changed=1)


def test_of_two_writers_of_a_new_table_the_second_is_refused(zone: Zone) -> None:
    """The table's making is itself the conflict."""
    first, second = zone.open("acme", "jira_issues"), zone.open("acme", "jira_issues")
    first.append(rows(x=1), cursor={"n": 1}, synced_at=NOON)
    with pytest.raises(LandingConflict):
        second.append(rows(x=2), cursor={"n": 2}, synced_at=NOON)
    assert zone.open("acme", "jira_issues").cursor == {"n": 1}


def test_a_maker_does_not_adopt_the_commit_that_followed_its_own(zone: Zone) -> None:
    """The maker of a table conflicts with a writer that came right after it."""
    maker = zone.open("acme", "jira_issues")
    maker.append(rows(x=1), cursor={"n": 1}, synced_at=NOON)
    zone.open("acme", "jira_issues").append(rows(x=2), cursor={"n": 2}, synced_at=NOON)
    with pytest.raises(LandingConflict):
        maker.append(rows(x=3), cursor={"n": 3}, synced_at=NOON)


def test_a_full_read_is_one_commit(zone: Zone) -> None:
    """Changed rows, tombstones of absent ones and the cursor land together."""
    table = zone.open("acme", "jira_projects")
    table.append(rows(a=1, b=1, c=1), cursor={"n": 1}, synced_at=NOON)
    version = table.version
    assert version is not None
    landed = table.replace(iter(rows(a=1, b=2, d=1)), cursor={"n": 2}, synced_at=NOON)
    assert landed == Appended(new=1, changed=1, unchanged=1, deleted=1)
    assert table.version == version + 1
    assert zone.open("acme", "jira_projects").live_ids() == {"a", "b", "d"}


@pytest.mark.parametrize(
    ("live", "came", "is_believed"),
    [(1000, 0, False), (1000, 499, False), (1000, 500, True), (10, 4, False), (10, 5, True), (9, 1, True),
     (9, 0, False), (3, 0, False), (2, 0, True), (0, 0, True)],
)  # fmt: skip
def test_a_shrunken_read_is_refused_until_confirmed(zone: Zone, live: int, came: int, is_believed: bool) -> None:
    """Fewer than half of ten or more, or none of three to nine: refused, nothing lands, the old cursor stays."""
    every = [Row(str(number), {}) for number in range(live)]
    table = zone.open("acme", "mlflow_runs")
    table.append(every, cursor={"n": 1}, synced_at=NOON)
    if not is_believed:
        with pytest.raises(ShrunkenRead, match=f"where {live:,} are known") as refusal:
            table.replace(every[:came], cursor={"n": 2}, synced_at=NOON)
        assert "--confirm-shrink" in str(refusal.value)
        assert zone.open("acme", "mlflow_runs").count == live
        assert zone.open("acme", "mlflow_runs").cursor == {"n": 1}
    table.replace(every[:came], cursor={"n": 2}, synced_at=NOON, confirm_shrink=not is_believed)
    assert zone.open("acme", "mlflow_runs").count == came


def test_deleting_most_records_is_refused_until_confirmed(zone: Zone) -> None:
    """A census that misses six of ten looks like a lost permission, too."""
    table = zone.open("acme", "jira_issues")
    table.append([Row(str(number), {}) for number in range(10)], cursor=None, synced_at=NOON)
    with pytest.raises(ShrunkenRead):
        table.delete("012345", cursor=None, synced_at=NOON)
    assert table.delete("012345", cursor=None, synced_at=NOON, confirm_shrink=True) == 6


def test_a_read_that_breaks_off_lands_nothing(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source's own error comes through, after any number of batches, and the table can be used again."""
    monkeypatch.setattr("warehouse.landing.rows.BATCH_ROWS", 2)
    table = zone.open("acme", "jira_projects")
    table.append(rows(a=1), cursor={"n": 1}, synced_at=NOON)

    def breaking() -> Iterator[Row]:
        yield from rows(a=2, b=2, c=2)
        raise ConnectionResetError("by peer")

    with pytest.raises(ConnectionResetError, match="by peer"):
        table.replace(breaking(), cursor={"n": 2}, synced_at=NOON)
    assert zone.open("acme", "jira_projects").live_ids() == {"a"}
    assert table.append(rows(a=2), cursor={"n": 2}, synced_at=NOON) == Appended(changed=1)
    assert zone.open("acme", "jira_projects").cursor == {"n": 2}


def test_no_two_versions_share_an_instant(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the clock stands, runs backwards, or one commit holds a record twice."""
    monkeypatch.setattr("warehouse.landing.rows.BATCH_ROWS", 2)
    table = zone.open("acme", "jira_issues")
    table.append(
        [Row("x", {"v": 1}), Row("y", {}), Row("x", {"v": 2}), Row("x", {"v": 3})], cursor=None, synced_at=NOON
    )
    table.append(rows(x=4), cursor={"n": 1}, synced_at=NOON - timedelta(hours=1))
    zone.open("acme", "jira_issues").append(rows(x=5), cursor={"n": 2}, synced_at=NOON)
    table = zone.open("acme", "jira_issues")
    assert table.cursor == {"n": 2}
    assert [payload for record_id, payload, _ in versions(table) if record_id == "x"] == [
        '{"v":1}', '{"v":3}', '{"v":4}', '{"v":5}',
    ]  # fmt: skip


def test_instance_names_cannot_leave_the_zone(zone: Zone, tmp_path: Path) -> None:
    """Odd names become harmless folders and come back as they were."""
    names = ["../escape", "Jira EU / 100%20", ".hidden", "größe", "a'b"]
    for name in names:
        zone.open(name, "jira_issues").append(rows(x=1), cursor={"n": 1}, synced_at=NOON)
        assert zone.open(name, "jira_issues").live_ids() == {"x"}
    assert sorted(zone.tables()) == sorted((name, "jira_issues") for name in names)
    assert [path.name for path in tmp_path.iterdir()] == ["my landing *ü* (old)"]


@pytest.mark.parametrize("folder", ["a%20b", "a[1]", "a|b"])
def test_a_folder_that_delta_would_misread_is_refused(tmp_path: Path, folder: str) -> None:
    """Delta decodes %20 in paths and would write elsewhere; brackets end the process."""
    with pytest.raises(ValueError, match="rename the folder"):
        Zone(tmp_path / folder)


def test_attempts_are_kept_one_by_one(zone: Zone) -> None:
    """Every attempt is a row of its own, also when nothing differs but the time."""
    for hour in range(3):
        zone.record_attempt(
            {"source": "jira", "instance": "acme", "stream": "issues", "is_success": False, "error": "401",
             "attempted_at": NOON + timedelta(hours=hour), "calls": 1}
        )  # fmt: skip
    assert list(zone.tables()) == [("hub", "hub_sync_attempts")]
    found = versions(zone.open("hub", "hub_sync_attempts"))
    assert [record_id for record_id, _, _ in found] == ["jira/acme/issues"] * 3
    assert '"attempted_at":"2026-11-24T14:00:00+00:00"' in (found[2][1] or "")


def test_the_record_of_attempts_that_is_kept_open_moves_on(zone: Zone) -> None:
    """Another process notes some in between, and compacts the table."""
    other = Zone(zone.uri)
    attempt = {"source": "jira", "instance": "acme", "stream": "issues", "attempted_at": NOON}
    for one in (zone, other, zone):
        one.record_attempt(attempt)
    other.compact()
    zone.record_attempt(attempt)
    assert len(versions(zone.open("hub", "hub_sync_attempts"))) == 4


def test_attempts_of_many_threads_are_all_kept(zone: Zone) -> None:
    """Sources sync in threads and note their first attempts, which make the table, at the same moment."""

    def note(number: int) -> None:
        zone.record_attempt({"source": "jira", "instance": str(number), "stream": "issues", "attempted_at": NOON})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(note, range(40)))
    assert zone.open("hub", "hub_sync_attempts").count == 40


def test_tables_of_many_threads_do_not_mix(zone: Zone) -> None:
    """One zone serves all sources of a process."""

    def work(number: int) -> None:
        table = zone.open(f"i{number}", "jira_issues")
        for step in range(5):
            table.append(rows(**{f"{number}-{step}": number}), cursor={"step": step}, synced_at=NOON)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    for number in range(8):
        table = zone.open(f"i{number}", "jira_issues")
        assert (table.cursor, table.live_ids()) == ({"step": 4}, {f"{number}-{step}" for step in range(5)})


def test_payload_text_is_the_same_for_equal_payloads() -> None:
    """Key order does not count; what JSON cannot hold stays readable."""
    assert (
        canonical({"b": 1, "a": [1.5, "ü"]}) == canonical({"a": [1.5, "ü"], "b": 1}) == '{"a":[1.5,"ü"],"b":1}'.encode()
    )
    assert canonical({"title": "a\ud800b"}) == '{"title":"a\ufffdb"}'.encode()


def test_the_cursors_id_is_reserved(zone: Zone) -> None:
    """A record cannot pass for a cursor."""
    with pytest.raises(ValueError, match="reserved"):
        zone.open("acme", "jira_issues").append(rows(_cursor=1), cursor=None, synced_at=NOON)


def test_other_stores_are_read_through_delta_itself(zone: Zone) -> None:
    """Where files are not local the versions stream through Delta's own reader, with the same result."""
    table = zone.open("acme", "jira_issues")
    table.append(rows(a=1, b=2), cursor={"n": 1}, synced_at=NOON)
    table.delete(["a"], cursor={"n": 2}, synced_at=NOON + timedelta(hours=1))
    remote = Zone(zone.uri)
    remote.uri, remote._root = f"file://{Path(zone.uri)}".replace(" ", "%20"), None
    assert list(remote.tables()) == [("acme", "jira_issues")]
    opened = remote.open("acme", "jira_issues")
    assert (opened.cursor, opened.live_ids(), versions(opened)) == ({"n": 2}, {"b"}, versions(table))
    assert opened.append(rows(b=2, c=3), cursor={"n": 3}, synced_at=NOON) == Appended(new=1, unchanged=1)
    assert zone.open("acme", "jira_issues").live_ids() == {"b", "c"}


def test_any_order_of_edits_ends_in_the_sources_state(zone: Zone) -> None:
    """Eighty random appends, deletions and full reads against a plain dict."""
    draw = random.Random(11)
    state: dict[str, int] = {}
    count = 0
    for step in range(80):
        if step % 5 == 0:
            table = zone.open("acme", "jira_issues")
        action = draw.random()
        batch = {str(draw.randrange(30)): draw.randrange(3) for _ in range(draw.randrange(8))}
        at = NOON + timedelta(minutes=step)
        if action < 0.6:
            count += sum(state.get(key) != value for key, value in batch.items())
            state |= batch
            table.append(rows(**batch), cursor={"step": step}, synced_at=at)
        elif action < 0.8:
            gone = batch.keys() & state.keys()
            count += len(gone)
            state = {key: value for key, value in state.items() if key not in gone}
            table.delete(batch, cursor={"step": step}, synced_at=at, confirm_shrink=True)
        else:
            count += sum(state.get(key) != value for key, value in batch.items()) + len(state.keys() - batch.keys())
            state = batch
            table.replace(rows(**batch), cursor={"step": step}, synced_at=at, confirm_shrink=True)
    table = zone.open("acme", "jira_issues")
    assert table.cursor == {"step": 79}
    assert len(versions(table)) == count
    newest = {record_id: payload for record_id, payload, _ in versions(table)}
    assert {key: newest[key] for key in table.live_ids()} == {key: f'{{"v":{value}}}' for key, value in state.items()}
