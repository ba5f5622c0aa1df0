"""The peer: dlt reads one kind of record with its own REST client and merges it into DuckDB. Runs in its own environment.

`python peer_dlt.py issues|pull_requests|runs URL FOLDER NESTING`: NESTING is "as_it_comes" (a table per nested list) or
"unnested" (max_table_nesting=0). Prints the same line of JSON as contender.py. Imports nothing of this checkout but PAGED's
values, handed over as JSON on standard input.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def main() -> None:
    """Load everything once and tell what it took."""
    kind, url, folder, nesting = sys.argv[1:]
    os.environ.update({"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR", "HOME": folder})
    path, body, records_at, token_at, token_as = json.load(sys.stdin)
    import dlt
    from dlt.sources.helpers.rest_client import RESTClient
    from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator

    paginator = JSONResponseCursorPaginator(
        cursor_path=".".join(token_at),
        cursor_body_path=f"variables.{token_as}" if "variables" in body else token_as,
        **({"has_more_path": "data.node.pullRequests.pageInfo.hasNextPage"} if kind == "pull_requests" else {}),
    )
    client = RESTClient(base_url=url, paginator=paginator, data_selector=".".join(records_at))
    limits = {} if nesting == "as_it_comes" else {"max_table_nesting": 0}
    count = 0

    @dlt.resource(name=kind, write_disposition="merge", primary_key="run_id" if kind == "runs" else "id", **limits)
    def pages() -> Iterator[Any]:
        nonlocal count
        for page in client.paginate(path, method="POST", json=body):
            count += len(page)
            # A run's id is inside "info": a merge needs it beside.
            yield [{"run_id": run["info"]["run_id"], **run} for run in page] if kind == "runs" else list(page)

    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(Path(folder) / "dlt"),
        destination=dlt.destinations.duckdb(str(Path(folder) / "peer.duckdb")),
        dataset_name="landed",
    )
    pipeline.run(pages())
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    print(json.dumps({"records": count, "cpu": cpu, "peak_mb": max(own.ru_maxrss, children.ru_maxrss) / 1024}))  # noqa: T201  # read by the bench


if __name__ == "__main__":
    main()
