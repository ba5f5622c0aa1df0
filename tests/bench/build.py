"""`python -m tests.bench build`: from a landing zone of 100,000 issues to the published file with all checks, and a tenth of it.

Held against the same typed extraction of issues and changes done by bare DuckDB queries, which is the limit.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import landing_zone
from tests.bench.measured import measure, size_of, table, tell

HEADER = ("issues", "", "seconds", "CPU s", "peak MB")


def bench(records: int) -> None:
    """A build of a tenth of the records, one of all of them, and their growth."""
    small, large = (_built(count) for count in (records // 10, records))
    tell()
    rows = [
        _row(f"{count:,}", name, found[name])
        for count, found in ((records // 10, small), (records, large))
        for name in found
    ]
    tell(table(HEADER, rows))
    build = large["build"]
    tell("\nsteps    " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in build["steps"].items()))
    tell("MB       " + ", ".join(f"{name} {size / 1e6:,.1f}" for name, size in build["layers"].items()))
    growth = build["seconds"] / small["build"]["seconds"]
    tell(f"ten times the records take {growth:.1f} times as long")
    tell("\nslowest SQL models and checks at " + f"{records:,} issues, and at a tenth of them")
    before = dict(small["build"]["slowest"])
    listed = [
        (name, f"{seconds:.1f} s", f"{before[name]:.1f} s" if name in before else "")
        for name, seconds in build["slowest"]
    ]
    tell(table(("", "", ""), listed))


def _built(records: int) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        landing_zone.fill(Path(folder) / "landing", records)
        tell(
            f"landed {records:,} issues, {records // 2:,} pull requests, {records:,} runs: {size_of(Path(folder)) / 1e6:,.0f} MB"
        )
        command = [sys.executable, "-m", "tests.bench.builder"]
        return {name: measure([*command, name, folder]) for name in ("bare", "build")}


def _row(count: str, name: str, found: dict[str, Any]) -> list[str]:
    words = {"bare": "bare queries of issues and changes", "build": "the hub's build, checked and published"}
    return [count, words[name], f"{found['seconds']:.1f}", f"{found['cpu']:.1f}", f"{found['peak_mb']:,.0f}"]
