"""What the killed processes do: resumable work on a landing zone, publishing, a whole build. Run in children only."""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import duckdb

from pipelines import sources, sync
from pipelines.settings import GitHub, Jira, Sheets
from warehouse import build, publish
from warehouse.landing import Row, Zone

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
STEPS = 24


def die_at_line(number: int) -> None:
    """Kill this very process, as by `kill -9`, before the given line of the warehouse's own code is run."""
    left = number

    def trace(frame: FrameType, event: str, _argument: Any) -> Callable[..., Any] | None:
        nonlocal left
        if "/warehouse/" not in frame.f_code.co_filename or "/site-packages/" in frame.f_code.co_filename:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def land(landing: Path, dies_at_line: int = 0) -> None:
    """Take all steps that have not landed yet: appends, deletions, full reads; compaction now and then."""
    if dies_at_line:
        die_at_line(dies_at_line)
    zone = Zone(landing)
    table = zone.open("acme", "jira_issues")
    done = table.cursor["step"] if table.cursor else 0
    for step in range(done + 1, STEPS + 1):
        draw = random.Random(step)
        rows = [Row(str(draw.randrange(40)), {"v": draw.randrange(4), "text": "x" * 500}) for _ in range(30)]
        at, cursor = NOON + timedelta(minutes=step), {"step": step}
        if step % 5 == 4:
            table.delete([row.id for row in rows[:10]], cursor=cursor, synced_at=at, confirm_shrink=True)
        elif step % 5 == 2:
            table.replace(rows, cursor=cursor, synced_at=at, confirm_shrink=True)
        else:
            table.append(rows, cursor=cursor, synced_at=at)
        if step % 8 == 0:
            zone.compact()


def publish_next(folder: Path, value: int, dies_at_line: int = 0, room: int = 0) -> None:
    """Publish a build of two tables that both say `value` in each of their rows; files may take only so many bytes."""
    build_file = folder / f"build{value}.duckdb"
    with duckdb.connect(build_file) as connection:
        connection.execute(f"create schema marts; create table marts.a as select {value} as v from range(2000)")
        connection.execute("create table marts.b as from marts.a")
    if dies_at_line:
        die_at_line(dies_at_line)
    if room:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    publish.publish(build_file, folder / "warehouse.duckdb")


KILLED = -signal.SIGPROF
"""Exit code of a child that died after its share of processor time."""


def die_after(seconds: float) -> None:
    """Let the kernel end this very process after so much processor time, as abruptly as by `kill -9`.

    Processor time and not time on the clock: so the instant is as random on a busy machine as on an idle one.
    """
    if seconds:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)


def read_sources(
    landing: Path, instances: dict[str, Jira | GitHub | Sheets], at: datetime, is_census: bool, dies_after: float
) -> None:
    """Sync all streams of every instance, each instance in a thread of its own; exits with 1 if a read fails."""
    os.environ["KILL_TOKEN"] = "token"
    die_after(dies_after)
    zone, options = Zone(landing), sync.Options(census=is_census)
    with ThreadPoolExecutor(len(instances)) as threads:
        reads = [
            threads.submit(
                sync.sync_instance, source, instance, sources.STREAMS[source], zone, synced_at=at, options=options
            )
            for source, instance in instances.items()
        ]
        errors = [result.error for read in reads for result in read.result() if result.error]
    if errors:
        sys.exit("\n".join(errors))


def build_hub(
    landing: Path, output: Path, as_of: datetime, models: tuple[Path, Path, tuple[str, ...]], dies_after: float
) -> None:
    """Build and publish with the SQL models of a project, in some of its schemas; dbt may have parsed it for another."""
    die_after(dies_after)
    project, parsed, schemas = models
    variables = {"timezone": "Europe/Berlin", "currency": "EUR", "fiscal_year_start_month": 1}
    build.build(
        Zone(landing), output, as_of=as_of, variables=variables, tables=sources.raw_tables(), project=project,
        parsed=parsed, publish_schemas=schemas,
    )  # fmt: skip
