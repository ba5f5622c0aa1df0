"""`python -m tests.bench build`: from a landing zone of 100,000 issues to the published file with all checks, and a tenth of it.

Held against the same typed extraction of issues and changes done by bare DuckDB queries, which is the limit.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import landing_zone
from tests.bench.builder import layers
from tests.bench.measured import measure, size_of, table, tell

SHOWN = 20
"""Steps that are told one by one."""

HEADER = ("issues", "", "seconds", "CPU s", "peak MB")


def bench(records: int) -> str:
    """A build of a tenth of the records, one of all of them, and their growth; returns what the README says of it."""
    small, large = (_built(count) for count in (records // 10, records))
    found = _summary(records, small, large)
    tell("\n" + found)
    build = large["build"]
    tell("steps    " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in build["steps"].items()))
    tell(
        f"\nslowest SQL models and checks at {records:,} issues, and at a tenth of them; a step may wait for another's commit"
    )
    before = small["build"]["seconds_by_step"]
    slowest = sorted(build["seconds_by_step"].items(), key=lambda step: -step[1])[:SHOWN]
    listed = [
        (name, f"{seconds:.2f} s", f"{before[name]:.2f} s", f"{seconds / before[name]:.1f} times")
        for name, seconds in slowest
    ]
    tell(table(("", "", "", ""), listed))
    return found


def _summary(records: int, small: dict[str, dict[str, Any]], large: dict[str, dict[str, Any]]) -> str:
    """What the README shows: seconds, memory and bytes of each build and of the bare queries, and their ratios."""
    rows = [
        _row(f"{count:,}", name, found[name])
        for count, found in ((records // 10, small), (records, large))
        for name in ("bare", "build")
    ]
    build, bare = large["build"], large["bare"]
    sizes = ", ".join(f"{name} {size / 1e6:,.1f}" for name, size in large["layers"].items())
    parsed = large["parse"]
    growth = build["cpu"] / small["build"]["cpu"]
    return (
        f"{table(HEADER, rows)}\n\n"
        f"Ten times the records take {growth:.1f} times the CPU time; with all {build['models']} SQL models and seeds and"
        f" {build['checks']} checks a build takes {build['cpu'] / bare['cpu']:.1f} times that of the bare queries, which type"
        f" issues and changes only. Before the first build dbt parses the project, {parsed['seconds']:.1f} s, and does so again only when a file"
        f" of it changes. MB by layer at {records:,} issues: {sizes}.\n"
    )


def _built(records: int) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        landing_zone.fill(Path(folder) / "landing", records)
        tell(
            f"landed {records:,} issues, {records // 2:,} pull requests, {records:,} runs,"
            f" {records // landing_zone.RUNS_A_VERSION:,} versions of models: {size_of(Path(folder)) / 1e6:,.0f} MB"
        )
        command = [sys.executable, "-m", "tests.bench.builder"]
        found = {name: measure([*command, name, folder]) for name in ("bare", "parse", "build")}
        return {**found, "layers": layers(Path(folder))}


def _row(count: str, name: str, found: dict[str, Any]) -> list[str]:
    words = {"bare": "bare queries of issues and changes", "build": "the hub's build, checked and published"}
    return [count, words[name], f"{found['seconds']:.1f}", f"{found['cpu']:.1f}", f"{found['peak_mb']:,.0f}"]
