"""Kill -9 during syncs of real connectors and during the hub's own build: the warehouse is as if nothing had happened."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import duckdb
import pytest
import small_story
import workers

from connectors.sandbox import github, jira, sheets
from connectors.sandbox.server import Sandbox, Server
from pipelines import settings
from pipelines.settings import GitHub, Jira, Sheets
from tests.faults.soaking import ROUNDS, Soak
from warehouse import build, query
from warehouse.landing import CONTROL_ID, Zone
from warehouse.landing.zone import ATTEMPTS

Start = Callable[..., BaseProcess]
pytestmark = pytest.mark.timeout(7200)  # a hundred kills on a busy machine; the long variant for as long as it is told

TABS = ("budget", "risks", "roadmap", "models")


@dataclass
class Stage:
    """The sandbox with the cut-down program, and the instances that read it."""

    sandbox: Sandbox
    instances: dict[str, Jira | GitHub | Sheets] = field(default_factory=dict)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    program = small_story.tell()
    sandbox = Sandbox(program, small_story.NOW)
    demo = settings.load(settings.DEFAULT_CONFIG)
    token = "env:KILL_TOKEN"
    with ExitStack() as servers:
        site, hub, cells = (
            servers.enter_context(Server(vendor.app(sandbox), sandbox)).url for vendor in (jira, github, sheets)
        )
        repositories = [f"{one.owner}/{one.name}" for one in program.repositories]
        tabs = {kind: title for kind, title in demo.sheets[0].tabs.items() if kind in TABS}
        projects = demo.jira[0].projects
        yield Stage(
            sandbox,
            {
                "jira": Jira(name="acme", url=site, token=token, email="hub@example.com", projects=projects),
                "github": GitHub(name="acme", url=f"{hub}/api/v3", token=token, repositories=repositories),
                "sheets": Sheets(name="acme", spreadsheet=program.spreadsheet_id, url=cells, tabs=tabs),
            },
        )


@dataclass
class Played:
    """Two landing zones of the same hours, one of them under fire."""

    undisturbed: Path
    killed: Path
    until: datetime
    kills: int = 0


@pytest.fixture(scope="module")
def played(stage: Stage, start: Start, tmp_path_factory: pytest.TempPathFactory, soak: Soak | None) -> Played:
    """Hours of edits, each synced once in peace and then under fire until it comes through."""
    folder = tmp_path_factory.mktemp("played")
    outcome = Played(folder / "undisturbed", folder / "killed", stage.sandbox.now)
    draw = random.Random(soak.seed if soak else 3)
    for hour in soak.rounds(share=0.5) if soak else range(ROUNDS):
        is_census = hour % 3 == 2

        def sync(landing: Path, dies_after: float = 0.0, *, is_census: bool = is_census) -> BaseProcess:
            return start(workers.read_sources, landing, stage.instances, stage.sandbox.now, is_census, dies_after)

        for _ in range(25 if soak else 22):
            child = sync(outcome.killed, 0.02 + 0.55 * draw.random() ** 2)
            child.join()
            assert child.exitcode in {0, workers.KILLED}
            outcome.kills += child.exitcode == workers.KILLED
        # One miss deletes nothing: a look for deletions is two, an hour apart.
        for _ in range(2 if is_census else 1):
            for landing in (outcome.undisturbed, outcome.killed):
                finish(sync(landing))
            stage.sandbox.now += timedelta(hours=1)
        small_story.edit(stage.sandbox.program, stage.sandbox.now - timedelta(minutes=10), draw)
    outcome.until = stage.sandbox.now
    return outcome


def finish(child: BaseProcess) -> None:
    """Wait for a child that nobody kills."""
    child.join()
    assert child.exitcode == 0


def landed(folder: Path) -> dict[tuple[str, str], tuple[str, list[tuple[Any, ...]]]]:
    """Of every table the cursor and all versions; attempts are left out, as killed ones leave none."""
    zone = Zone(folder)
    found = {}
    for instance, name in zone.tables():
        if name == ATTEMPTS:
            continue
        table = zone.open(instance, name)
        with duckdb.connect() as connection:
            # The batches of a commit lie microseconds apart, so a resumed read has other ones.
            versions = connection.execute(
                f"select id, payload, source_updated_at, date_trunc('second', synced_at), is_deleted"
                f" from {table.scan(connection, '*')} where id <> ? order by all",
                [CONTROL_ID],
            ).fetchall()
        # Watermarks allow for how long the answer took: their digits differ a little.
        found[instance, name] = (re.sub(r"\d+", "0", json.dumps(table.cursor)), versions)
    return found


def test_syncs_survive_a_kill_at_any_instant(played: Played) -> None:
    """Version for version and cursor for cursor the landing zone is that of undisturbed syncs: nothing lost or doubled."""
    expected, found = landed(played.undisturbed), landed(played.killed)
    assert found.keys() == expected.keys()
    for name, (cursor, versions) in expected.items():
        assert found[name] == (cursor, versions), name
    assert sum(is_deleted for _, versions in expected.values() for *_, is_deleted in versions), "deletions were found"
    versions = expected["acme", "jira_issues"][1]
    assert len(versions) > len({version[0] for version in versions}), "edits have landed"
    assert played.kills > 80


@pytest.fixture
def project(tmp_path: Path, soak: Soak | None) -> Path:
    """The hub's SQL models: the staging layer without its checks, under --soak all of it."""
    if soak:
        return build.PROJECT
    folder = tmp_path / "project"
    for name in ("macros", "seeds", "models/staging"):
        shutil.copytree(build.PROJECT / name, folder / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(build.PROJECT / name, folder)
    for path in folder.glob("*/**/*.yml"):
        if path.name != "_sources.yml":
            path.unlink()
    return folder


def published(target: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that people see."""
    with query.connect(target) as connection:
        names = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            # Killed syncs left no attempt, repeated ones one more.
            " where schema_name <> 'meta' and table_name <> 'stg_hub__sync_attempts' order by all"
        ).fetchall()
        return {
            name: [
                tuple(map(_to_the_second, row)) for row in connection.execute(f"from {name} order by all").fetchall()
            ]
            for (name,) in names
        }


def _to_the_second(value: Any) -> Any:
    """Every commit's stamp is a tick later than the last one's, and killed syncs take more commits."""
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def test_builds_survive_a_kill_at_any_instant(
    played: Played, start: Start, tmp_path: Path, project: Path, soak: Soak | None
) -> None:
    """Killed while loading, transforming or publishing: people see nothing or the whole, and in the end what the peaceful build shows."""
    draw = random.Random(soak.seed if soak else 4)
    schemas = ("marts",) if soak else ("staging",)
    target, peace = (tmp_path / name / "warehouse.duckdb" for name in ("data", "peace"))
    parsed = build.dbt_folder(peace.with_name("warehouse_build.duckdb"))

    def build_from(landing: Path, output: Path, dies_after: float = 0.0) -> BaseProcess:
        child = start(workers.build_hub, landing, output, played.until, (project, parsed, schemas), dies_after)
        child.join()
        return child

    assert build_from(played.undisturbed, peace).exitcode == 0
    expected = published(peace)
    kills = 0
    for _ in soak.rounds(share=0.5) if soak else range(ROUNDS):
        child = build_from(played.killed, target, draw.uniform(0.1, 30.0 if soak else 3.0))
        assert child.exitcode in {0, workers.KILLED}
        kills += child.exitcode == workers.KILLED
        if target.exists():
            assert published(target) == expected
    assert build_from(played.killed, target).exitcode == 0
    assert published(target) == expected
    assert sum(bool(rows) for rows in expected.values()) > 20
    assert kills > 1
