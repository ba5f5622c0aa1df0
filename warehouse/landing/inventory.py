"""What has landed, table by table, held against the record of syncs.

A table that is gone, or was begun anew, looks by itself like a stream of which nothing ever came: a build would publish it
as empty. Not here: how a table that is there and cannot be read is told (damage.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import duckdb

from warehouse.landing.damage import LandingDamaged
from warehouse.landing.rows import CONTROL_ID
from warehouse.landing.zone import Zone

Place = tuple[str, str]
"""The instance and the name of a table."""

# A read that found no table and succeeded begins anew: it may have brought nothing, and what landed before is not expected.
_ATTEMPTS = """
    with attempts as (
        select
            payload ->> 'instance' as instance, (payload ->> 'source') || '_' || (payload ->> 'stream') as name,
            (payload ->> 'landed_count')::bigint as landed_count, synced_at, synced_at < $bound as is_known,
            coalesce((payload ->> 'is_success')::boolean and (payload ->> 'is_first')::boolean, false) as is_anew
        from {source}
        where id <> $control
    ),
    begun as (
        select *, max(synced_at) filter (is_anew and is_known) over (partition by instance, name) as begun_at
        from attempts
    )
    select
        instance, name,
        coalesce(sum(landed_count) filter (is_known and synced_at >= coalesce(begun_at, synced_at)) > 0, false) as is_expected,
        bool_or(is_anew and not is_known) as is_begun_anew_since
    from begun
    group by all
    having sum(landed_count) filter (is_known) > 0
"""
_VERSIONS = """
    select count(*), count(*) filter (synced_at < $bound), max(epoch_us(synced_at)) filter (synced_at < $bound)
    from {source}
    where id <> $control
"""


def take(zone: Zone, names: Collection[str], *, bound: datetime) -> list[tuple[str, str, int, int | None]]:
    """Of each table of these names its place, how many versions had landed before a moment and when the newest, in microseconds.

    Every commit's stamps are later than all before. Raises LandingDamaged with every table that cannot be read or is gone,
    else with those that were begun anew since and so hold nothing of before.
    """
    known = zone.attempted(_ATTEMPTS, bound=bound)  # asked before the tables: a sync lands first and notes it then
    gone = {
        (instance, name)
        for instance, name, is_expected, _ in known
        if is_expected and name in names and zone.shows(instance, name)
    }
    counted: list[tuple[str, str, int, int | None]] = []
    faults: list[str] = []
    for place in zone.tables():
        if place[1] not in names:
            continue
        try:
            total, count, newest = _versions(zone, place, bound)
        except LandingDamaged as damage:
            faults += damage.faults
            gone.discard(place)
            continue
        counted.append((*place, count, newest))
        if total:
            gone.discard(place)
    faults += _told_gone(zone, gone)
    if faults:
        raise LandingDamaged(faults)
    void = {(instance, name) for instance, name, count, _ in counted if not count}
    begun_anew = [(instance, name) for instance, name, _, is_since in known if is_since and (instance, name) in void]
    if begun_anew:
        told = (
            f"{zone.place(*place)}: what had landed here by that day is gone; the table was begun anew since."
            for place in sorted(begun_anew)
        )
        raise LandingDamaged(told, "Name a later day, or restore the folder from a backup.")
    return counted


def _versions(zone: Zone, place: Place, bound: datetime) -> tuple[int, int, int | None]:
    """How many versions a table holds, how many had landed before a moment, and when the newest of these."""
    with duckdb.connect() as connection:
        source = zone.open(*place).scan(connection, "id", "synced_at")
        if source is None:
            return (0, 0, None)
        told = {"control": CONTROL_ID, "bound": bound}
        ((total, count, newest),) = connection.execute(_VERSIONS.format(source=source), told).fetchall()
        return (total, count, newest)


def _told_gone(zone: Zone, places: Iterable[Place]) -> Iterator[str]:
    """Tables that are gone, those of an instance in one line."""
    for instance, several in groupby(sorted(places), key=itemgetter(0)):
        names = [name for _, name in several]
        where = zone.place(instance, names[0])
        if len(names) == 1:
            yield f"{where}: this landing table is gone; the record of syncs tells that records have landed in it."
        else:
            yield (
                f"{str(where).rpartition('/')[0]}: {len(names)} landing tables are gone ({', '.join(names)}); the record of syncs"
                " tells that records have landed in them."
            )
