"""`python -m tests.bench sync`: records per CPU second from a server of ready pages, for the hub, a peer and a bare loop.

Every contender reads the same pages over HTTP in a process of its own; its CPU seconds include its start. The machine may be
busy with other things, so the ratios count, not the seconds. The peer is installed into `.cache/bench` at the first run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.contender import PAGED
from tests.bench.measured import CACHE, measure, serving, size_of, table, tell

PEER = "dlt[duckdb]==1.31.0"
PEER_AT_MOST = 10_000
"""Records the peer is given where it makes a table of every nested list: more would take minutes and tens of gigabytes."""

HEADER = ("", "records", "records/s", "records per CPU s", "CPU s", "peak MB", "calls", "MB landed")
HUB, BARE, UNNESTED, AS_IT_COMES = "hub", "bare loop, the limit", "dlt, unnested", "dlt, as it comes"
KINDS = {"issues": "Jira issues of 5 KB with their changelogs", "pull_requests": "GitHub pull requests with all their reviews",
         "runs": "MLflow runs with parameters, metrics and tags"}  # fmt: skip

Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached: a figure, and whether it is at most or at least the limit."""

    what: str
    limit: float
    measured: float
    is_least: bool = False
    unit: str = ""

    def cells(self) -> list[str]:
        """Its line of the table."""
        is_reached = self.measured >= self.limit if self.is_least else self.measured <= self.limit
        asked = f"at {'least' if self.is_least else 'most'} {self.limit:g}{self.unit}"
        return [self.what, asked, f"{self.measured:,.3g}{self.unit}", "reached" if is_reached else "missed"]


def bench(records: int) -> str:
    """All contenders for each kind of record, then the hub once more without changes; returns what the README says of it."""
    peer = _peer()
    small = min(records, PEER_AT_MOST)
    told, targets = [_preface(records)], list[Target]()
    with serving(records, records // 2, records) as url, serving(small, small // 2, small) as small_url:
        for name in ("hub", "bare"):  # compiles what they import
            _contender(name, "runs", small_url)
        for kind, about in KINDS.items():
            rows = _rows(kind, url, small_url, peer)
            told.append(f"{about}:\n\n{table(HEADER, [_row(name, found) for name, found in rows.items()])}")
            tell("\n" + told[-1])
            targets += _targets(kind, rows)
        targets.append(_without_changes(small_url))
    told.append(table(("target", "limit", "measured", ""), [target.cells() for target in targets]))
    tell("\n" + told[-1])
    return "\n\n".join(told)


def _preface(records: int) -> str:
    return (
        f'On {os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}, by `make bench ARGS="sync --write-readme"`: every contender reads the same pages'
        f" from a server on loopback in a process of its own, {records:,} issues and runs, half as many pull requests; the peer {PEER}"
        f" a tenth of them, as more would take it minutes and gigabytes, and the hub is held against it at that size. CPU seconds include the start of the process. Ratios count, not seconds: those of a busy machine are long."
    )


def _rows(kind: str, url: str, small_url: str, peer: Path | None) -> Rows:
    rows = {
        HUB: _contender("hub", kind, url),
        BARE: _contender("bare", kind, url),
        f"{HUB}, fewer": _contender("hub", kind, small_url),
    }
    if peer:
        rows[UNNESTED] = _peer_measured(peer, kind, small_url, "unnested")
        rows[AS_IT_COMES] = _peer_measured(peer, kind, small_url, "as_it_comes")
    return rows


def _targets(kind: str, rows: Rows) -> Iterator[Target]:
    """What is asked for of one kind, as measured."""
    hub, fewer, called = rows[HUB], rows[f"{HUB}, fewer"], kind.replace("_", " ")
    for name, times in ((AS_IT_COMES, 15), (UNNESTED, 3)):
        if name in rows:
            ratio = _rate(fewer) / _rate(rows[name])  # of as many records: a longer read hides the start
            what = f"{called}: records per CPU second, of those of {name}"
            yield Target(what, times, ratio, is_least=True, unit=" times")
    limit = 2.5 if kind == "pull_requests" else 2
    yield Target(
        f"{called}: CPU seconds, of those of the bare loop", limit, hub["cpu"] / rows[BARE]["cpu"], unit=" times"
    )
    yield Target(f"{called}: peak memory", 400, hub["peak_mb"], unit=" MB")
    growth = hub["peak_mb"] / fewer["peak_mb"]
    count = f"{hub['records'] // fewer['records']} times the records"
    yield Target(f"{called}: peak memory for {count}", 1.15, growth, unit=" times")
    if kind == "pull_requests":
        # Two calls are the walk's own: which repository it is, and whether anything in it changed.
        yield Target(f"{called}: records per call", 25, hub["records"] / (hub["calls"] - 2), is_least=True)


def _contender(name: str, kind: str, url: str, folder: Path | None = None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as fresh:
        landed = folder or Path(fresh)
        _calls(url)
        found = measure([sys.executable, "-m", "tests.bench.contender", name, kind, url, str(landed)])
        return {**found, "calls": _calls(url), "bytes": size_of(landed)}


def _peer_measured(python: Path, kind: str, url: str, nesting: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        _calls(url)
        program = Path(__file__).with_name("peer_dlt.py")
        found = measure([str(python), str(program), kind, url, folder, nesting], json.dumps(PAGED[kind]))
        return {**found, "calls": _calls(url), "bytes": (Path(folder) / "peer.duckdb").stat().st_size}


def _without_changes(url: str) -> Target:
    """CPU seconds, not seconds on the clock, which on a busy machine tell of the others."""
    with tempfile.TemporaryDirectory() as folder:
        _contender("hub_again", "all", url, Path(folder))
        found = _contender("hub_again", "all", url, Path(folder))
    what = f"all streams of all sources, nothing changed ({found['calls'] // 2} calls): CPU seconds beyond the start of the process ({found['cpu']:.1f} s with it)"
    return Target(what, 5, found["cpu_beyond_start"], unit=" s")


def _row(name: str, found: dict[str, Any]) -> list[str]:
    count = found["records"]
    return [
        name,
        f"{count:,}",
        f"{count / found['wall']:,.0f}",
        f"{_rate(found):,.0f}",
        f"{found['cpu']:.1f}",
        f"{found['peak_mb']:,.0f}",
        f"{found['calls']:,}",
        f"{found['bytes'] / 1e6:,.1f}",
    ]


def _rate(found: dict[str, Any]) -> float:
    """Records per CPU second."""
    return float(found["records"] / found["cpu"])


def _calls(url: str) -> int:
    with urllib.request.urlopen(f"{url}/calls") as reply:  # noqa: S310  # our own server
        return int(reply.read())


def _peer() -> Path | None:
    """The interpreter of the peer's environment; None, with a word about it, where it cannot be installed."""
    home = CACHE / "dlt"
    python = home / "bin" / "python"
    if not (home / ".ready").exists():
        tell(f"installing {PEER} into {home}")
        shutil.rmtree(home, ignore_errors=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, capture_output=True)
            subprocess.run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", PEER], check=True)
        except subprocess.CalledProcessError:
            tell("it cannot be installed here: the peer is left out")
            return None
        (home / ".ready").touch()
    return python
