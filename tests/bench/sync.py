"""`python -m tests.bench sync`: records per CPU second from a server of ready pages, for the hub, a peer and a bare loop.

Every contender reads the same pages over HTTP in a process of its own; its CPU seconds include its start. The machine may be
busy with other things, so the ratios count, not the seconds. The peer is installed into `.cache/bench` at the first run.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from tests.bench.contender import PAGED
from tests.bench.measured import CACHE, measure, serving, size_of, table, tell

PEER = "dlt[duckdb]==1.31.0"
PEER_AT_MOST = 10_000
"""Records the peer is given where it makes a table of every nested list: more would take minutes and tens of gigabytes."""

HEADER = ("", "records", "records/s", "records per CPU s", "CPU s", "peak MB", "calls", "MB landed")


def bench(records: int) -> None:
    """All contenders for each kind of record, then the hub once more without changes."""
    peer = _peer()
    small = min(records, PEER_AT_MOST)
    with serving(records, records // 2, records) as url, serving(small, small // 2, small) as small_url:
        for name in ("hub", "bare"):  # compiles what they import
            _contender(name, "runs", small_url)
        for kind in PAGED:
            tell(f"\n{kind}")
            rows = {
                "hub": _contender("hub", kind, url),
                "bare loop, the limit": _contender("bare", kind, url),
            }
            if records > PEER_AT_MOST:
                rows[f"hub, {records // small} times fewer"] = _contender("hub", kind, small_url)
            if peer:
                rows["dlt, unnested"] = _peer_measured(peer, kind, small_url, "unnested")
                rows["dlt, as it comes"] = _peer_measured(peer, kind, small_url, "as_it_comes")
            tell(table(HEADER, [_row(name, found) for name, found in rows.items()]))
            _tell_ratios(rows)
        _without_changes(small_url)


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


def _without_changes(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _contender("hub_again", "all", url, Path(folder))
        found = _contender("hub_again", "all", url, Path(folder))
    tell("\nall streams of all sources once more, nothing changed")
    tell(
        f"{found['wall']:.1f} s ({found['seconds']:.1f} s of them reading), {found['cpu']:.1f} CPU s, {found['calls']} calls"
    )


def _row(name: str, found: dict[str, Any]) -> list[str]:
    count = found["records"]
    return [
        name,
        f"{count:,}",
        f"{count / found['wall']:,.0f}",
        f"{count / found['cpu']:,.0f}",
        f"{found['cpu']:.1f}",
        f"{found['peak_mb']:,.0f}",
        f"{found['calls']:,}",
        f"{found['bytes'] / 1e6:,.1f}",
    ]


def _tell_ratios(rows: dict[str, dict[str, Any]]) -> None:
    hub = rows["hub"]
    for name, other in rows.items():
        if name.startswith("dlt"):
            ratio = hub["records"] / hub["cpu"] / (other["records"] / other["cpu"])
            tell(f"the hub reads {ratio:.1f} times the records per CPU second of {name}")
        elif name.startswith("bare"):
            tell(f"the hub takes {hub['cpu'] / other['cpu']:.2f} times the CPU of the {name}")


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
