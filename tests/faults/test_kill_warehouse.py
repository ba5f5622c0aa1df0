"""Kill -9 during landing, publishing and building: nothing lost, nothing twice, and always a whole warehouse."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import duckdb
import pytest
import workers

from warehouse import publish, query, raw
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


def test_a_reader_never_finds_the_warehouse_missing(tmp_path: Path, start: Start) -> None:
    """While others publish and are killed, every look at the target finds a whole file."""
    draw = random.Random(5)
    target = tmp_path / "warehouse.duckdb"
    workers.publish_next(tmp_path, 0)
    looks, newest = 0, 0
    for value in range(1, 8):
        child = start(workers.publish_next, tmp_path, value)
        end = time.monotonic() + draw.uniform(0.05, 0.4)
        while child.is_alive() and time.monotonic() < end:
            assert published(target) in {newest, value}
            looks += 1
        child.kill()
        child.join()
        newest = published(target)
    assert looks > 10


PROJECT = {
    "dbt_project.yml": "name: tiny\nversion: '1.0'\nprofile: hub\nflags: {send_anonymous_usage_stats: false}\n",
    "profiles.yml": (
        "hub:\n  target: build\n  outputs:\n"
        "    build: {type: duckdb, path: \"{{ env_var('HUB_BUILD_FILE') }}\", schema: marts, threads: 2}\n"
    ),
    "models/issues.sql": (
        "{{ config(materialized='table') }} select id, payload, valid_from, deleted_at from raw.jira_issues"
    ),
    "models/counts.sql": "{{ config(materialized='table') }} select count(*) as n from {{ ref('issues') }}",
}


def test_a_build_survives_a_kill_at_any_instant(tmp_path: Path, start: Start) -> None:
    """Killed builds leave the published file as it was; the next one equals a build that was never disturbed."""
    draw = random.Random(6)
    for name, text in PROJECT.items():
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).write_text(text)
    landing, target = tmp_path / "landing", tmp_path / "data" / "warehouse.duckdb"
    workers.land(landing)
    with duckdb.connect() as connection:
        raw.load(connection, Zone(landing), workers.NOON.replace(day=25), tables=["jira_issues"])
        expected = connection.execute(
            "select id, payload, valid_from, deleted_at from raw.jira_issues order by all"
        ).fetchall()
    began = time.monotonic()
    child = start(workers.build_all, landing, target, tmp_path / "project")
    child.join()
    takes = time.monotonic() - began
    assert child.exitcode == 0
    for _ in range(2):
        child = start(workers.build_all, landing, target, tmp_path / "project")
        child.join(draw.uniform(0.1, 0.8) * takes)
        child.kill()
        child.join()
        with query.connect(target) as connection:
            assert connection.execute("from issues order by all").fetchall() == expected
    target.unlink()
    child = start(workers.build_all, landing, target, tmp_path / "project")
    child.join()
    assert child.exitcode == 0
    with query.connect(target) as connection:
        assert connection.execute("from issues order by all").fetchall() == expected
