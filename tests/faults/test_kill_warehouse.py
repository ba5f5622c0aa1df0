"""Kill -9 during landing, publishing and building: nothing lost, nothing twice, and always a whole warehouse."""

from __future__ import annotations

import itertools
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import duckdb
import pytest
import workers

from warehouse import publish, query
from warehouse.landing import Zone

Start = Callable[..., BaseProcess]


def landed(folder: Path) -> list[tuple[object, ...]]:
    """Every version in the landing zone, cursors included."""
    source = Zone(folder).open("acme", "jira_issues").scan(duckdb.connect(), "*")
    found = duckdb.sql(f"select id, payload, epoch_us(synced_at), payload_hash, is_deleted from {source} order by all")
    return found.fetchall()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    workers.land(folder / "landing")
    return landed(folder / "landing")


def test_landing_survives_a_kill_at_any_line(
    tmp_path: Path, start: Start, undisturbed: list[tuple[object, ...]]
) -> None:
    """Killed before fourteen lines of the hub's own code, resumed each time: every version as without the kills."""
    draw = random.Random(3)
    folder = tmp_path / "landing"
    kills = 0
    while kills < 14:
        child = start(workers.land, folder, draw.randrange(1, 400))
        child.join()
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
        kills += 1
    workers.land(folder)
    assert landed(folder) == undisturbed
    assert kills >= 5


def test_landing_survives_a_kill_at_any_instant(
    tmp_path: Path, start: Start, undisturbed: list[tuple[object, ...]]
) -> None:
    """Killed after random times, thus inside the database libraries as well: every version as without the kills."""
    draw = random.Random(4)
    folder = tmp_path / "landing"
    kills = 0
    for _ in range(25):
        child = start(workers.land, folder)
        child.join(draw.uniform(0.02, 0.25))
        child.kill()
        child.join()
        kills += child.exitcode == -signal.SIGKILL
        if Zone(folder).open("acme", "jira_issues").cursor == {"step": workers.STEPS}:
            break
    workers.land(folder)
    assert landed(folder) == undisturbed
    assert kills


def published(target: Path) -> int:
    """The one value that all rows of a published file have."""
    with query.connect(target) as connection:
        ((first, last, count),) = connection.execute(
            "select min(v), max(v), count(*) from (from a union all from b)"
        ).fetchall()
    assert (first, count) == (last, 4000), "the file is whole"
    return int(first)


def test_publishing_survives_a_kill_at_any_line(tmp_path: Path, start: Start) -> None:
    """At every line: the old warehouse or the new one, whole; three whole, different predecessors; no litter afterwards."""
    target = tmp_path / "warehouse.duckdb"
    for value in range(4):
        workers.publish_next(tmp_path, value)
    value, before, seen = 4, 3, set[bool]()
    for line in range(1, 200, 9):
        child = start(workers.publish_next, tmp_path, value, line)
        child.join()
        present = published(target)
        assert present in {before, value}
        kept = [published(path) for path in publish.previous(target)]
        assert kept
        assert sorted(set(kept), reverse=True) == kept, "the kept versions differ, newest first"
        seen.add(present == value)
        before, value = present, value + 1
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
    else:
        pytest.fail("the last line was never reached")
    assert seen == {False, True}, "some were killed before the swap and some after"
    workers.publish_next(tmp_path, value)
    assert published(target) == value
    assert len(publish.previous(target)) == publish.KEPT
    assert not list(tmp_path.glob(".warehouse.duckdb.new*"))


def test_a_full_disk_leaves_the_warehouse_and_no_litter(tmp_path: Path, start: Start) -> None:
    """The half-written file is removed at once: it may be what fills the disk. With room again, publishing goes on."""
    target = tmp_path / "warehouse.duckdb"
    workers.publish_next(tmp_path, 0)
    child = start(workers.publish_next, tmp_path, 1, 0, 100_000)
    child.join()
    assert child.exitcode == 1
    assert published(target) == 0
    assert not list(tmp_path.glob(".warehouse.duckdb.new*"))
    workers.publish_next(tmp_path, 2)
    assert published(target) == 2


def test_a_reader_never_finds_the_warehouse_missing(tmp_path: Path, start: Start) -> None:
    """While others publish and are killed, every look at the target finds a whole file."""
    draw = random.Random(5)
    target = tmp_path / "warehouse.duckdb"
    workers.publish_next(tmp_path, 0)
    looks, newest = 0, 0
    for value in itertools.count(1):
        if value > 7 and looks > 10:  # on a busy machine a look takes as long as a publication
            break
        child = start(workers.publish_next, tmp_path, value)
        end = time.monotonic() + draw.uniform(0.05, 0.4)
        while child.is_alive() and time.monotonic() < end:
            assert published(target) in {newest, value}
            looks += 1
        child.kill()
        child.join()
        newest = published(target)
