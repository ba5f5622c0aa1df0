"""The raw schema of a build file: landed versions up to `as_of`, one table per stream, all instances together.

Not here: what a payload means. Staging reads these tables and nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta

import duckdb

from warehouse.landing import CONTROL_ID, Table, Zone
from warehouse.landing.zone import ATTEMPTS

HISTORY_STREAMS = frozenset({"mlflow_registered_models", "mlflow_model_versions", ATTEMPTS})
"""Streams whose superseded versions SQL models read, beside every sheet: the sources keep no history of these."""

NARROWED = {
    "mlflow_runs": '{"info": {"lifecycle_stage": "VARCHAR"}, "data": {"metrics": '
    '[{"key": "VARCHAR", "value": "VARCHAR", "timestamp": "VARCHAR"}]}}'
}
"""Streams of whose superseded versions SQL models read no more than these fields; the rest of such a payload is left out."""

COLUMNS = """
    instance varchar, id varchar, payload json using compression zstd, source_updated_at timestamp,
    valid_from timestamp, valid_to timestamp, is_current boolean, deleted_at timestamp
"""

ROWS_PER_GROUP = 16_384
"""Rows that the tables of a build, and of what is published, compress and read at once: of DuckDB's 122,880, a group of wide
payloads fills the memory before it is compressed, and is read by a single thread."""

GROUPED = f"row_group_size {ROWS_PER_GROUP}"
"""How every file of a build is attached: told nothing, DuckDB reads with fewer threads, and makes anew the groups it writes to."""

# A build reads wide payloads once, and only those it needs: the narrow columns say which versions these are.
_NEWEST = """
    insert into raw."{table}"
    with newest as (
        select
            id, max(synced_at) as last_at, arg_max(is_deleted, synced_at) as is_gone,
            max(synced_at) filter (not is_deleted) as told_at
        from {source}
        where id <> $control and synced_at < $bound
        group by id
        having told_at is not null
    )
    select
        $instance, landed.id, landed.payload::json, utc(landed.source_updated_at),
        seen(newest.last_at), null, true, case when newest.is_gone then seen(newest.last_at) end
    from {source} as landed
    inner join newest on newest.id = landed.id and newest.told_at = landed.synced_at
"""

_HISTORY = """
    insert into raw."{table}"
    with versions as (
        select
            id, synced_at, is_deleted,
            lead(synced_at) over by_time as next_at,
            max(synced_at) filter (not is_deleted) over by_time as told_at
        from {source}
        where id <> $control and synced_at < $bound
        window by_time as (partition by id order by synced_at)
    )
    select
        $instance, landed.id, {payload}, utc(landed.source_updated_at),
        seen(versions.synced_at), seen(versions.next_at), versions.next_at is null,
        case when versions.is_deleted then seen(versions.synced_at) end
    from {source} as landed
    inner join versions on versions.id = landed.id and versions.told_at = landed.synced_at
    where {which}
"""


def keeps_history(name: str) -> bool:
    """Whether models read the superseded versions of a stream."""
    return name.startswith("sheets_") or name in HISTORY_STREAMS


def load(
    connection: duckdb.DuckDBPyConnection,
    zone: Zone,
    as_of: datetime,
    *,
    tables: Iterable[str],
    history: AbstractSet[str] | None = None,
) -> Mapping[str, int]:
    """Fill schema `raw` with what had landed by `as_of` and return the number of rows per table.

    Every name of `tables` and `hub_sync_attempts` gets a table, empty if nothing landed; names that landed but are
    not asked for are left out. Streams of `history` (default: `keeps_history`) keep all versions, the others the
    newest one and what NARROWED says of those before. A deleted record's row has its last payload and `deleted_at`. Times are UTC without a zone.
    Raises LandingDamaged; only the record of attempts, if damaged, counts as empty.
    `as_of` counts to the second. Of a narrowed zone, attempts to sync what it does not show are left out as well.
    """
    names = sorted({*tables, ATTEMPTS})
    instances: dict[str, list[str]] = {}
    for instance, name in zone.tables():
        instances.setdefault(name, []).append(instance)
    connection.execute("drop schema if exists raw cascade; create schema raw")
    # Not a cast, which would go through the session's time zone.
    connection.execute("create or replace temp macro utc(instant) as make_timestamp(epoch_us(instant))")
    # The batches of one sync lie microseconds apart: those of the last second count, as of that second.
    second = as_of.astimezone(UTC).replace(microsecond=0)
    connection.execute(
        f"create or replace temp macro seen(instant) as case when instant is not null"
        f" then least(utc(instant), timestamp '{second:%Y-%m-%d %H:%M:%S}') end"
    )
    counts = {}
    for name in names:
        quoted = name.replace('"', '""')
        connection.execute(f'create table raw."{quoted}" ({COLUMNS})')
        is_history = keeps_history(name) if history is None else name in history
        for instance in instances.get(name, []):
            if landed := zone.attempts() if name == ATTEMPTS else zone.open(instance, name):
                _load_table(connection, landed, second + timedelta(seconds=1), is_history=is_history)
        if name == ATTEMPTS:
            ids = connection.execute(f'select distinct id from raw."{quoted}"').fetchall()  # noqa: S608 - quoted
            unseen = [attempt for (attempt,) in ids if not _is_shown(zone, attempt)]
            connection.execute(f'delete from raw."{quoted}" where list_contains(?, id)', [unseen])  # noqa: S608 - quoted
        counts[name] = connection.execute(f'select count(*) from raw."{quoted}"').fetchall()[0][0]  # noqa: S608 - quoted
    return counts


def _is_shown(zone: Zone, attempt: str) -> bool:
    """Whether a zone shows what an attempt, `<source>/<instance>/<stream>`, was to sync."""
    source, _, rest = attempt.partition("/")
    instance, _, stream = rest.rpartition("/")
    return zone.shows(instance, f"{source}_{stream}")


def _load_table(connection: duckdb.DuckDBPyConnection, landed: Table, bound: datetime, *, is_history: bool) -> None:
    source = landed.scan(connection, "*")
    if source is None:
        return
    if not source.startswith("read_parquet"):  # a stream can be read once, the query reads twice
        connection.execute(f"create or replace temp table landed_rows as from {source}")
        source = "landed_rows"
    told = {"table": landed.name.replace('"', '""'), "source": source}
    if is_history:
        queries = [_HISTORY.format(**told, payload="landed.payload::json", which="true")]
    else:
        queries = [_NEWEST.format(**told)]
        if fields := NARROWED.get(landed.name):
            payload = f"to_json(json_transform(landed.payload, '{fields}'))"
            queries.append(_HISTORY.format(**told, payload=payload, which="versions.next_at is not null"))
    for query in queries:
        connection.execute(query, {"instance": landed.instance, "control": CONTROL_ID, "bound": bound})
