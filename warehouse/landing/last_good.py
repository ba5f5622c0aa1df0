"""When a cell of a spreadsheet could last be read, by what has landed: what `hub check` tells beside a fault.

Not here: which values are in force (macros/sheet_rows.sql).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb

from warehouse.landing.rows import CONTROL_ID
from warehouse.landing.zone import Zone

_QUERY = """
    with cells as (
        select
            id, synced_at, json_extract_string(payload::json, '$.faults[*].column') as faulty_columns,
            unnest(map_entries(coalesce(payload::json -> '$.typed', '{{}}')::map(varchar, json))) as cell
        from {source}
        where id <> $control and not is_deleted
    )
    select id, cell.key, epoch_us(max(synced_at))
    from cells
    where json_type(cell.value) <> 'NULL' and not list_contains(faulty_columns, cell.key)
    group by all
"""


def by_cell(zone: Zone, instance: str, tab: str) -> Mapping[tuple[str, str], datetime]:
    """The sync that brought the newest version with a value, by row key and column of a tab; empty if it never landed."""
    with duckdb.connect() as connection:
        source = zone.open(instance, f"sheets_{tab}").scan(connection, "*")
        if source is None:
            return {}
        found = connection.execute(_QUERY.format(source=source), {"control": CONTROL_ID}).fetchall()
    return {(key, column): datetime.fromtimestamp(moment / 1e6, UTC) for key, column, moment in found}
