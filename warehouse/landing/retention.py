"""Old versions leave the landing zone. Not here: how old, and of which streams (pipelines/settings.py, raw.py)."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder, WriterProperties

_SUPERSEDED = """
    with versions as (
        select
            id, synced_at, is_deleted,
            min(synced_at) over later as next_at,
            min(synced_at) filter (not is_deleted) over later as next_told_at
        from landed
        window later as (partition by id order by synced_at rows between 1 following and unbounded following)
    )
    select id, synced_at from versions
    where case when is_deleted then next_at else next_told_at end < $older_than
    order by all
"""


def drop(delta: DeltaTable, *, older_than: datetime, writer_properties: WriterProperties) -> int:
    """Drop the versions whose successor landed before a moment, in one commit; returns how many these were.

    The newest version of a record always stays, of a deleted one also the last payload, and so does the newest cursor:
    every warehouse as of that moment or later remains what it was. Raises CommitFailedError if anybody committed
    meanwhile; then nothing is dropped. A sync that opened the table before and commits afterwards is refused, as if
    another sync had been faster.
    """
    narrow = QueryBuilder().register("landed", delta).execute("select id, synced_at, is_deleted from landed")
    with duckdb.connect() as connection:
        connection.register("landed", pa.RecordBatchReader.from_stream(narrow))
        found = connection.sql(_SUPERSEDED, params={"older_than": older_than}).to_arrow_table()
    if found.num_rows == 0:
        return 0
    superseded = found.cast(pa.schema([("id", pa.string()), ("synced_at", pa.timestamp("us", tz="UTC"))]))
    outcome = (
        delta.merge(
            superseded,
            predicate="landed.id = superseded.id and landed.synced_at = superseded.synced_at",
            source_alias="superseded",
            target_alias="landed",
            writer_properties=writer_properties,
        )
        .when_matched_delete()
        .execute()
    )
    return int(outcome["num_target_rows_deleted"])
