"""What a build depends on, as one hash: two builds with the same one would say the same.

Published with the file (`meta.build`), so that a build which could only repeat it is not made. Not here: making it.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from warehouse import publish
from warehouse.landing import CONTROL_ID, LandingDamaged, Zone

RULE_FILES = {".sql", ".csv", ".yml", ".py"}
MADE_FOLDERS = {"target", "logs", "__pycache__"}
"""Where dbt and Python put what they make of the rules."""

_FRESHNESS = """
    with attempts as (
        select id, synced_at, payload ->> 'error' as error, (payload ->> 'is_success')::boolean as is_success
        from {source}
        where id <> $control and synced_at < $bound
    ),
    latest as (
        select
            id,
            max(synced_at) filter (is_success) as succeeded_at,
            max(synced_at) filter (is_success is not true) as failed_at,
            arg_max(error, synced_at) filter (is_success is not true) as error
        from attempts
        group by id
    )
    select
        id,
        coalesce(succeeded_at < $limit, true) as is_stale,
        case when coalesce(failed_at > succeeded_at, true) then error end as error
    from latest
    order by id
"""

_LANDED_ONCE = """
    with attempts as (
        select
            synced_at, payload ->> 'source' as source, payload ->> 'instance' as instance, payload ->> 'stream' as stream,
            (payload ->> 'landed_count')::bigint as landed_count,
            (payload ->> 'is_success')::boolean and (payload ->> 'is_first')::boolean as has_begun_anew
        from {source}
        where id <> $control and synced_at < $bound
    ),
    counted as (
        select *, max(synced_at) filter (has_begun_anew) over (partition by source, instance, stream) as begun_at
        from attempts
    )
    select instance, source || '_' || stream as name
    from counted
    where begun_at is null or synced_at >= begun_at
    group by source, instance, stream
    having sum(landed_count) > 0
    order by all
"""
"""Where records have landed since the newest read that found no table and succeeded, if there was one: it may have brought nothing."""

_BEGUN_ANEW = """
    with attempts as (
        select
            synced_at, payload ->> 'source' as source, payload ->> 'instance' as instance, payload ->> 'stream' as stream,
            (payload ->> 'landed_count')::bigint as landed_count,
            (payload ->> 'is_success')::boolean and (payload ->> 'is_first')::boolean as has_begun_anew
        from {source}
        where id <> $control
    )
    select instance, source || '_' || stream as name
    from attempts
    group by source, instance, stream
    having sum(landed_count) filter (synced_at < $bound) > 0 and bool_or(has_begun_anew and synced_at >= $bound)
    order by all
"""
"""Where records had landed before a table was lost and read anew, which was after the day of the build."""


def take(
    zone: Zone,
    *,
    as_of: datetime,
    tables: Iterable[str],
    variables: Mapping[str, Any],
    publish_schemas: Iterable[str],
    project: Path,
    is_pseudonymised: bool = False,
) -> str:
    """The hash of all that a build as of an instant would depend on.

    These are the landed versions, the rules and the code (every file of the project), the settings, the local day,
    and which streams are stale or failing. That a sync looked and found nothing is no reason to build again.
    Take it before the raw load: what lands in between then counts as new the next time.
    Raises LandingDamaged with every table that can no longer be read, or is gone, or was begun anew after that day.
    """
    bound = as_of.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
    day = as_of.astimezone(ZoneInfo(str(variables.get("timezone", "UTC")))).date()
    names = set(tables)
    landed: list[list[Any]] = []
    faults: list[str] = []
    gone = dict.fromkeys(_landed_once(zone, bound))  # asked before the tables: a sync lands first and notes it then
    for instance, name in zone.tables():
        if name in names:
            try:
                is_empty, *versions = _versions(zone, instance, name, bound)
            except LandingDamaged as damage:
                faults += damage.faults
                is_empty = False
            else:
                landed.append([instance, name, *versions])
            if not is_empty:
                gone.pop((instance, name), None)
    void = {(instance, name) for instance, name, count, _ in landed if not count}
    lost = [table for table in _attempts(zone, _BEGUN_ANEW, bound=bound) if table in void]
    faults += _gone(zone, [table for table in gone if table[1] in names])
    if faults:
        raise LandingDamaged(faults)
    if lost:
        raise LandingDamaged(
            [
                f"{zone.place(*table)}: what had landed here by {day} is gone; the table was begun anew since"
                for table in lost
            ],
            "Name a later day, or restore the folder from a backup.",
        )
    settings = [
        sorted(names),
        sorted(variables.items()),
        list(publish_schemas),
        duckdb.__version__,
        day.isoformat(),
        is_pseudonymised,
    ]
    parts = [landed, settings, _rules(project), _freshness(zone, project, bound)]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def repeated(target: Path, fingerprint: str) -> str | None:
    """The instant (as text) the published file is true for, if a build with this fingerprint would only repeat it."""
    if not target.exists():
        return None
    try:
        with duckdb.connect(target, read_only=True) as connection:
            found = connection.execute(f"select fingerprint, as_of from {publish.ABOUT_SCHEMA}.build").fetchall()  # noqa: S608 - a constant
    except duckdb.Error:
        return None  # published before there were fingerprints, or held open for writing by somebody: build anew
    return next((str(as_of) for published, as_of in found if published == fingerprint), None)


def shows_sources(target: Path) -> bool:
    """Whether the published file tells of any read that succeeded: then something has landed."""
    if not target.exists():
        return False
    try:
        with duckdb.connect(target, read_only=True) as connection:
            query = "select count(last_success_at) > 0 from marts.source_freshness"
            ((is_shown,),) = connection.execute(query).fetchall()
            return bool(is_shown)
    except duckdb.Error:
        return False  # an older hub's file, or held open for writing by somebody


def _versions(zone: Zone, instance: str, name: str, bound: datetime) -> tuple[Any, ...]:
    """Whether a table is empty, then how many versions had landed and when the newest: each commit's stamps are later than all before."""
    with duckdb.connect() as connection:
        source = zone.open(instance, name).scan(connection, "id", "synced_at")
        if source is None:
            return (True, 0, None)
        query = f"""
            select count(*) = 0, count(*) filter (synced_at < $bound), max(epoch_us(synced_at)) filter (synced_at < $bound)
            from {source}
            where id <> $control
        """  # noqa: S608 - our own file list
        told = {"control": CONTROL_ID, "bound": bound}
        found: tuple[Any, ...] = connection.execute(query, told).fetchall()[0]
        return found


def _rules(project: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        relative = path.relative_to(project)
        if path.suffix in RULE_FILES and not MADE_FOLDERS.intersection(relative.parts):
            digest.update(f"{relative.as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _freshness(zone: Zone, project: Path, bound: datetime) -> list[tuple[Any, ...]]:
    """Per stream whether it is stale and the error in force, as marts.source_freshness tells it."""
    limit = bound - timedelta(seconds=1) - timedelta(hours=_stale_hours(project))
    return _attempts(zone, _FRESHNESS, bound=bound, limit=limit)


def _landed_once(zone: Zone, bound: datetime) -> list[tuple[str, str]]:
    """The tables in which there must be something."""
    return [
        (instance, name) for instance, name in _attempts(zone, _LANDED_ONCE, bound=bound) if zone.shows(instance, name)
    ]


def _gone(zone: Zone, tables: list[tuple[str, str]]) -> Iterator[str]:
    """These tables as gone, those of an instance in one line."""
    for instance, several in groupby(sorted(tables), key=itemgetter(0)):
        names = [name for _, name in several]
        if len(names) == 1:
            place, what = str(zone.place(instance, names[0])), "this landing table is gone; the record of syncs tells"
        else:
            place, _, _ = str(zone.place(instance, names[0])).rpartition("/")
            what = f"{len(names)} landing tables are gone ({', '.join(names)}); the record of syncs tells"
        yield f"{place}: {what} that records have landed in {'it' if len(names) == 1 else 'them'}."


def _attempts(zone: Zone, query: str, **told: datetime) -> list[tuple[Any, ...]]:
    """What a query finds in the record of attempts; nothing where there is none."""
    with duckdb.connect() as connection:
        attempts = zone.attempts()
        source = attempts and attempts.scan(connection, "id", "payload", "synced_at")
        if source is None:
            return []
        return connection.execute(query.format(source=source), {"control": CONTROL_ID, **told}).fetchall()


def _stale_hours(project: Path) -> float:
    """The limit in the seed `thresholds`; endless in a project without one."""
    seed = project / "seeds" / "thresholds.csv"
    if seed.exists():
        with seed.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["name"] == "source_stale_hours":
                    return float(row["value"])
    return timedelta(days=36500).total_seconds() / 3600
