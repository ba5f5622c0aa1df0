"""What a build depends on, as one hash: two builds with the same one would say the same.

Published with the file (`meta.build`), so that a build which could only repeat it is not made. Not here: making it.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from warehouse import publish
from warehouse.landing import Zone, inventory

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
    Raises LandingDamaged as the inventory of what has landed does.
    """
    bound = as_of.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
    day = as_of.astimezone(ZoneInfo(str(variables.get("timezone", "UTC")))).date()
    names = set(tables)
    landed = inventory.take(zone, names, bound=bound)
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
    return zone.attempted(_FRESHNESS, bound=bound, limit=limit)


def _stale_hours(project: Path) -> float:
    """The limit in the seed `thresholds`; endless in a project without one."""
    seed = project / "seeds" / "thresholds.csv"
    if seed.exists():
        with seed.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["name"] == "source_stale_hours":
                    return float(row["value"])
    return timedelta(days=36500).total_seconds() / 3600
