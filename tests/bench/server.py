"""A server of pages made beforehand, in a process of its own, so that it costs its clients nothing but the wire.

Plays of Jira Cloud, GitHub, MLflow, Sheets and Drive what a sync asks for. Asked for what has changed, it has nothing.
Started with the number of records of each kind; prints its address as its first line.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from tests.bench import documents

Reply = tuple[int, bytes, dict[str, str]]

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ETAG = '"unchanged"'
_PROJECTS = [{"id": str(10_000 + at), "key": key, "name": key} for at, key in enumerate(documents.PROJECTS)]
_REPOSITORY = {
    "id": 4242,
    "node_id": "R_4242",
    "full_name": "acme/models",
    "name": "models",
    "fork": False,
    "default_branch": "main",
}


class Pages:
    """What the server answers, by path. `calls` counts the requests since it was last asked for."""

    def __init__(self, issues: int, pull_requests: int, runs: int) -> None:
        self.issues, self.pull_requests, self.runs = issues, pull_requests, runs
        self.calls = 0
        self._routes: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
            (r"/rest/api/\d/serverInfo", lambda _: _server_info()),
            (r"/rest/api/3/project/search", lambda _: _values(_PROJECTS)),
            (
                r"/rest/api/3/search/approximate-count",
                lambda body: {"count": 0 if "4102444800000" in body["jql"] else self.issues},
            ),
            (r"/rest/api/3/search/jql", self._search),
            (
                r"/rest/api/3/(field|status|issuetype|priority)",
                lambda _: [{"id": "1", "name": "Done", "statusCategory": {"key": "done"}}],
            ),
            (r"/rest/api/3/issueLinkType", lambda _: {"issueLinkTypes": []}),
            (r"/rest/api/3/worklog/(updated|deleted)", lambda _: {"values": [], "until": 0, "lastPage": True}),
            (r"/rest/(api/3|agile/1\.0)/.*", lambda _: _values([])),
            (r"/api/v3/repos/acme/models|/api/v3/repositories/4242", lambda _: _REPOSITORY),
            (r"/api/v3/repositories/4242/pulls", lambda _: [{"base": {"repo": _REPOSITORY}}]),
            (r"/api/v3/repositories/4242/actions/runs", lambda _: {"total_count": 0, "workflow_runs": []}),
            (r"/api/graphql", self._graphql),
            (r"/api/2\.0/mlflow/experiments/search", lambda _: {"experiments": [_experiment()]}),
            (r"/api/2\.0/mlflow/runs/search", self._runs),
            (r"/api/2\.0/mlflow/.*", lambda _: {}),
            (
                r"/drive/v3/files/.*",
                lambda _: {"version": "1", "modifiedTime": "2026-11-01T00:00:00Z", "trashed": False},
            ),
            (r"/v4/spreadsheets/[^/]*/values:batchGet", lambda _: {"valueRanges": [{"values": _budget()}]}),
            (r"/v4/spreadsheets/.*", lambda _: _spreadsheet()),
        ]

    def answer(self, path: str, head: bytes, body: bytes) -> Reply:
        """Status, body and headers of the reply to a request."""
        if path == "/calls":
            counted, self.calls = self.calls, 0
            return 200, b"%d" % counted, {}
        self.calls += 1
        if path.endswith("/pulls") and _ETAG.encode() in head:
            return 304, b"", {"ETag": _ETAG}
        for pattern, make in self._routes:
            if re.fullmatch(pattern, path):
                made = make(json.loads(body) if body.startswith(b"{") else {})
                return 200, made if isinstance(made, bytes) else json.dumps(made).encode(), {"ETag": _ETAG}
        return 404, b'{"message": "Not Found"}', {}

    def _search(self, body: dict[str, Any]) -> bytes:
        first, size = int(body.get("nextPageToken", 0)), min(body.get("maxResults", 50), 100)
        if "updated >=" in body["jql"]:
            return b'{"issues":[],"isLast":true}'
        last = min(first + size, self.issues)
        listed = b",".join(documents.records(documents.issue, first, last))
        following = b',"nextPageToken":"%d","isLast":false}' % last if last < self.issues else b',"isLast":true}'
        return b'{"issues":[' + listed + b"]" + following

    def _graphql(self, body: dict[str, Any]) -> bytes:
        wanted, variables = body["query"], body["variables"]
        found = re.search(r"(\w+)\((?:\w+: [^,()]+, )*first: (?:\$first|25)\b", wanted)
        name = found[1] if found else "pullRequests"
        total = self.pull_requests if name == "pullRequests" else 0
        first = int(variables.get("after") or 0)
        last = min(first + variables["first"], total)
        nodes = b",".join(documents.records(documents.pull_request, first, last)) if total else b""
        info = json.dumps({"hasNextPage": last < total, "endCursor": str(last) if total else None}).encode()
        return (
            b'{"data":{"rateLimit":{"cost":1,"remaining":4999,"resetAt":"2026-11-24T07:00:00Z"},'
            b'"node":{"databaseId":4242,"nameWithOwner":"acme/models","%s":{"totalCount":%d,"pageInfo":%s,"nodes":[%s]}}}}'
            % (name.encode(), total, info, nodes)
        )

    def _runs(self, body: dict[str, Any]) -> bytes:
        if body.get("filter"):
            return b"{}"
        first = int(body.get("page_token") or 0)
        last = min(first + body["max_results"], self.runs)
        listed = b",".join(documents.records(documents.run, first, last))
        following = b',"next_page_token":"%d"}' % last if last < self.runs else b"}"
        return b'{"runs":[' + listed + b"]" + following


class _Connection(asyncio.Protocol):
    """One keep-alive connection of HTTP/1.1."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._received = pages, bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._received[:end])
            found = _LENGTH.search(head)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._received) < whole:
                return
            body = bytes(self._received[end + 4 : whole])
            del self._received[:whole]
            path = urlsplit(head.split(b" ", 2)[1].decode()).path
            self._send(*self._pages.answer(path, head, body))

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            "Date": format_datetime(datetime.now(UTC), usegmt=True),
            **headers,
        }
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers.items())]
        self._transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def _server_info() -> dict[str, Any]:
    return {
        "deploymentType": "Cloud",
        "version": "1001.0.0",
        "versionNumbers": [1001, 0, 0],
        "serverTime": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }


def _values(records: list[Any]) -> dict[str, Any]:
    return {"values": records, "total": len(records), "isLast": True, "startAt": 0, "maxResults": 50}


def _experiment() -> dict[str, Any]:
    return {
        "experiment_id": "1",
        "name": "demand",
        "lifecycle_stage": "active",
        "last_update_time": 1,
        "creation_time": 1,
    }


def _spreadsheet() -> dict[str, Any]:
    sheet = {"properties": {"sheetId": 1, "title": "Budget", "sheetType": "GRID"}}
    return {"properties": {"title": "Program", "locale": "en_US", "timeZone": "Europe/Berlin"}, "sheets": [sheet]}


def _budget() -> list[list[Any]]:
    header = ["Line", "Initiative", "Category", "Month", "Planned (EUR)", "Actual (EUR)"]
    return [
        header,
        *([f"L{row}", "INI-1", "People", f"2026-{1 + row % 12:02d}", 1000 + row, 900 + row] for row in range(60)),
    ]


async def _serve(pages: Pages) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(pages), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    sys.stdout.write(f"http://{host}:{port}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Pages(*map(int, sys.argv[1:]))))
