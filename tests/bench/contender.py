"""One contender of the sync bench, in a process of its own: reads one kind of record from the server into a folder.

`python -m tests.bench.contender NAME KIND URL FOLDER` prints a line of JSON: CPU seconds, peak memory, records; of the hub
once more also the CPU seconds beyond the start of the process. The peer dlt is not here, as it lives in an environment of its
own (peer_dlt.py).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SOURCES = {"issues": "jira", "pull_requests": "github", "runs": "mlflow"}


def hub(kind: str, url: str, folder: Path) -> int:
    """This hub: the connector's stream through pipelines.sync into the landing zone. Prints its results to stderr."""
    return sum(_synced(url, folder, [SOURCES[kind]], (kind,)))


def hub_again(kind: str, url: str, folder: Path) -> int:
    """This hub once more, all streams of all sources, in one process; the records are those of a run without changes."""
    del kind
    return sum(_synced(url, folder, ["jira", "github", "mlflow", "sheets"], None))


def _synced(url: str, folder: Path, wanted: list[str], names: tuple[str, ...] | None) -> Iterator[int]:
    from pipelines import sources, sync
    from pipelines.settings import GitHub, Jira, Mlflow, Sheets
    from warehouse import landing

    instances: dict[str, Any] = {
        "jira": lambda: Jira(
            name="bench", url=url, email="a@b.example", token="env:BENCH_TOKEN", projects=["DEM", "CUS", "PLT", "ORC"]
        ),
        "github": lambda: GitHub(
            name="bench", url=f"{url}/api/v3", token="env:BENCH_TOKEN", repositories=["acme/models"]
        ),
        "mlflow": lambda: Mlflow(name="bench", tracking_uri=url),
        "sheets": lambda: Sheets(name="bench", url=url, spreadsheet="s", tabs={"budget": "Budget"}),
    }
    zone = landing.Zone(folder)
    for source in wanted:
        streams = [stream for stream in sources.STREAMS[source] if names is None or stream.name in names]
        for result in sync.sync_instance(source, instances[source](), streams, zone, synced_at=datetime.now(UTC)):
            if result.error:
                raise SystemExit(result.error)
            yield result.record_count


def bare(kind: str, url: str, folder: Path) -> int:
    """The limit: a keep-alive session, each page decoded for the place of the next one, its bytes into Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    import requests

    schema = pa.schema([("page", pa.binary())])
    session = requests.Session()
    count = 0
    with pq.ParquetWriter(
        folder / f"{kind}.parquet", schema, compression="zstd", compression_level=1, use_dictionary=False
    ) as file:
        for content, records in _pages(kind, url, session):
            file.write_table(pa.table([[content]], schema=schema))
            count += records
    return count


def _pages(kind: str, url: str, session: Any) -> Iterator[tuple[bytes, int]]:
    path, body, records_at, token_at, token_as = PAGED[kind]
    while True:
        reply = session.post(url + path, json=body)
        found = reply.json()
        records = found
        for name in records_at:
            records = records[name]
        yield reply.content, len(records)
        token: Any = found
        for name in token_at:
            token = token.get(name) or {}
        if not token or (kind == "pull_requests" and token == str(_total(found))):
            return
        body = (
            {**body, "variables": {**body["variables"], token_as: token}}
            if kind == "pull_requests"
            else {**body, token_as: token}
        )


def _total(found: dict[str, Any]) -> int:
    return int(found["data"]["node"]["pullRequests"]["totalCount"])


PAGED: dict[str, tuple[str, dict[str, Any], tuple[str, ...], tuple[str, ...], str]] = {
    # path, first body, where the records are, where the place of the next page is, what it is called when asked for
    "issues": (
        "/rest/api/3/search/jql",
        {"jql": "project in (DEM) order by created", "fields": ["*all"], "expand": "changelog", "maxResults": 100},
        ("issues",),
        ("nextPageToken",),
        "nextPageToken",
    ),
    "pull_requests": (
        "/api/graphql",
        {"query": "{ node { pullRequests(first: 25) { nodes { id } } } }", "variables": {"first": 25}},
        ("data", "node", "pullRequests", "nodes"),
        ("data", "node", "pullRequests", "pageInfo", "endCursor"),
        "after",
    ),
    "runs": ("/api/2.0/mlflow/runs/search", {"max_results": 1000}, ("runs",), ("next_page_token",), "page_token"),
}


def main() -> None:
    """Run the contender that the command line names and tell what it used."""
    os.environ["BENCH_TOKEN"] = "any"
    name, kind, url, folder = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    count = {"hub": hub, "hub_again": hub_again, "bare": bare}[name](kind, url, Path(folder))
    seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, peak_mb = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    told = {"records": count, "seconds": seconds, "cpu": cpu, "peak_mb": peak_mb}
    if name == "hub_again":  # all that a process does once has been done
        hub_again(kind, url, Path(folder))
        told["cpu_beyond_start"] = time.process_time() - cpu
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
