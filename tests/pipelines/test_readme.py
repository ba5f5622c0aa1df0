"""The README's table of streams is what the code says: `pytest tests/pipelines/test_readme.py --write-readme` writes it anew."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import groupby

import pytest

from connectors.stream import Stream
from pipelines import sources
from tests import readme

HEAD = "| source | stream | what is read, and from where on | deletions | calls when nothing changed |\n|---|---|---|---|---|\n"


def told(stream: Stream) -> tuple[str, str, str]:
    """What a stream reads, how its deletions are found, what a quiet run costs; fit for a table's cells."""
    about = " ".join((inspect.getdoc(stream.read) or "").split())
    return about.replace("|", "\\|"), stream.deletions.value, stream.calls


def rows() -> Iterator[str]:
    """One line per stream; streams that differ by name alone share one."""
    for source, streams in sources.STREAMS.items():
        for (about, deletions, calls), alike in groupby(streams, key=told):
            names = ", ".join(f"`{stream.name}`" for stream in alike)
            yield f"| {source} | {names} | {about} | {deletions} | {calls} |"


def test_the_readme_tells_of_every_stream_what_the_code_says(pytestconfig: pytest.Config):
    """What each reads, its cursor, deletions and calls; on a difference the right table is shown."""
    table = HEAD + "\n".join(rows()) + "\n"
    if pytestconfig.getoption("write_readme"):
        readme.write("streams", table)
    else:
        assert readme.part("streams") == table, "write it anew with --write-readme"


def test_every_stream_says_what_it_reads_and_costs():
    """No cell of the table is empty."""
    for streams in sources.STREAMS.values():
        for stream in streams:
            assert all(told(stream)), stream.name


def test_the_readme_tells_every_target_of_the_sync_bench_with_what_was_measured():
    """The part that `make bench ARGS="sync --write-readme"` wrote; a target that was missed is told like the others."""
    rows = [line.split("|") for line in readme.part("bench sync").splitlines() if line.startswith("|")]
    assert sum(row[-2].strip() in {"reached", "missed"} for row in rows) >= 17
