"""One build, the parsing before the first one, or the bare query: each in a process of its own, `python -m tests.bench.builder NAME FOLDER`.

Prints a line of JSON: seconds, CPU seconds and peak memory; of a build also its parts' seconds, each step's and bytes per layer.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from tests.bench.landing_zone import NOW
from warehouse import landing

VARIABLES = {"timezone": "Europe/Berlin", "currency": "EUR", "fiscal_year_start_month": 1}
BLOCK_BYTES = 256 * 1024
BUILD_FILE = "build.duckdb"

# The typed extraction that any warehouse of issues and changes has to do, straight from the landed files.
BARE = """
create table issues as select
    id, v[1] as issue_key, v[2] as project, v[3] as issue_type, v[4] as summary, v[5] as status, v[6] as assignee, v[7] as reporter,
    v[8]::double as points, v[9]::timestamptz as created_at, v[10]::timestamptz as updated_at, v[11]::timestamptz as resolved_at
from (
    select id, json_extract_string(payload, [
        '$.key', '$.fields.project.key', '$.fields.issuetype.name', '$.fields.summary', '$.fields.status.id',
        '$.fields.assignee.accountId', '$.fields.reporter.accountId', '$.fields.customfield_10026', '$.fields.created',
        '$.fields.updated', '$.fields.resolutiondate'
    ]) as v
    from {source} where id <> '_cursor'
);
create table changes as
with logs as (
    select id, unnest(from_json(json_extract(payload, '$.changelog.histories'), '[{{
        "id": "varchar", "created": "varchar", "author": {{"accountId": "varchar"}},
        "items": [{{"fieldId": "varchar", "from": "varchar", "fromString": "varchar", "to": "varchar", "toString": "varchar"}}]
    }}]')) as history
    from {source} where id <> '_cursor'
)
select id, history.id as change_id, history.created::timestamptz as changed_at, history.author.accountId as author, unnest(history.items) as item
from logs;
"""


def parse(folder: Path) -> dict[str, Any]:
    """Once for every version of the project dbt reads it, and builds go on with what it made of it."""
    from warehouse import build as hub

    hub.parse(hub.dbt_folder(folder / BUILD_FILE))
    return {}


def build(folder: Path) -> dict[str, Any]:
    """The hub's build of the landing zone in the folder, step by step."""
    from pipelines import sources
    from warehouse import build as hub
    from warehouse import publish

    zone, file = landing.Zone(folder / "landing"), folder / BUILD_FILE
    steps = {}
    began = time.monotonic()
    hub.load_raw(zone, file, as_of=NOW, tables=sources.raw_tables(), variables=VARIABLES)
    steps["raw load"], began = time.monotonic() - began, time.monotonic()
    done = hub.transform(file)
    if error := hub.failure(done):
        raise error
    steps["SQL models and checks"], began = time.monotonic() - began, time.monotonic()
    hub.approve(file)
    publish.publish(file, folder / "warehouse.duckdb")
    steps["publish"] = time.monotonic() - began
    return {
        "steps": steps,
        "models": sum(step.status == "success" for step in done),
        "checks": sum(step.status in {"pass", "warn"} for step in done),
        "seconds_by_step": {step.name: step.seconds for step in done},
    }


def bare(folder: Path) -> dict[str, Any]:
    """The limit: one bare query each for issues and changes, into a file."""
    zone = landing.Zone(folder / "landing")
    (folder / "bare.duckdb").unlink(missing_ok=True)
    with duckdb.connect(folder / "bare.duckdb") as connection:
        source = zone.open("bench", "jira_issues").scan(connection, "id", "payload")
        connection.execute(BARE.format(source=source))
        ((changes,),) = connection.execute("select count(*) from changes").fetchall()
    return {"changes": changes}


def layers(folder: Path) -> dict[str, int]:
    """Bytes of each schema's blocks in a build, and of what was published of it."""
    with duckdb.connect(folder / BUILD_FILE, read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        sizes: dict[str, int] = {}
        for schema, table in tables:
            ((blocks,),) = connection.execute(
                "select count(distinct block) from (select unnest(list_append(additional_block_ids, block_id)) as block"
                f' from pragma_storage_info(\'"{schema}"."{table}"\')) where block >= 0'
            ).fetchall()
            sizes[schema] = sizes.get(schema, 0) + blocks * BLOCK_BYTES
    return {**sizes, "published": (folder / "warehouse.duckdb").stat().st_size}


def main() -> None:
    """Run what the command line names and tell what it used."""
    name, folder = sys.argv[1:]
    began = time.monotonic()
    told = {"parse": parse, "build": build, "bare": bare}[name](Path(folder))
    used = resource.getrusage(resource.RUSAGE_SELF)
    told |= {
        "seconds": time.monotonic() - began,
        "cpu": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
