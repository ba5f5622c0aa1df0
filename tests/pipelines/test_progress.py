"""What long work says of itself where nobody looks at a terminal: plain lines, few and telling."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.progress import Progress

from pipelines import progress
from pipelines.progress import SyncProgress
from pipelines.sync import Result


def test_a_long_read_says_now_and_then_how_far_it_is():
    """Half a minute apart: records of all, calls and calls left; a short read is told once, when it has ended."""
    told = io.StringIO()
    shown = SyncProgress(Progress(console=Console(file=told, soft_wrap=True), disable=True))
    long, short = Result("jira", "acme", "issues", calls_left=5000), Result("jira", "acme", "fields")
    for page in range(1, 101):
        long.record_count, long.calls, long.seconds = page * 100, page, page * 0.7
        shown.page(long, 40000)
    short.seconds = 2.0
    shown.page(short, None)
    shown.done(short)
    lines = [re.sub(r" +", " ", line) for line in told.getvalue().splitlines()]
    assert lines == [
        "reading jira acme issues 4300 of 40000 read, 43 calls, 5000 calls left, 30 s",
        "reading jira acme issues 8600 of 40000 read, 86 calls, 5000 calls left, 60 s",
        "synced jira acme fields 0 read, 0 landed, 0 gone, 0 calls, 2.0 s",
    ]


def test_a_build_says_in_parts_how_far_it_is(capsys):
    """Of hundreds of steps every twentieth part, the last one among them; of a few each."""
    for total in (370, 3):
        with progress.counted("building") as told:
            for number in range(1, total + 1):
                told(f"step_{number}", number, total)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == progress.PARTS + 3
    assert lines[0] == "building 19 of 370: step_19"
    assert lines[progress.PARTS - 1] == "building 370 of 370: step_370"
    assert lines[-1] == "building 3 of 3: step_3"
