"""How long work shows itself: bars on a terminal, plain lines elsewhere (pipes, CI, cron mails)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pipelines.sync import Result
from warehouse import build

LINE_SECONDS = 30.0
"""Of a read that takes long, between two plain lines."""

PARTS = 20
"""How often work of known size says in plain lines how far it is.

In Dagster's log a line is kept for good, and to keep it takes as long as a small step of a build takes.
"""


class SyncProgress:
    """One bar per instance and stream; on no terminal one line per finished stream, and now and then one of a long read."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[tuple[str, str, str], TaskID] = {}
        self._told: dict[tuple[str, str, str], float] = {}  # seconds into the read at its last line
        self._lock = threading.Lock()

    def page(self, result: Result, total: int | None) -> None:
        """Shows what a read brought so far."""
        key = (result.source, result.instance, result.stream)
        if not self._progress.console.is_terminal:
            if result.seconds - self._told.get(key, 0.0) >= LINE_SECONDS:
                self._told[key] = result.seconds
                self._print("reading", result, _so_far(result, total))
            return
        with self._lock:
            if key not in self._tasks:
                self._tasks[key] = self._progress.add_task(
                    f"{result.source} {result.instance} {result.stream}", total=total, note=""
                )
        self._progress.update(self._tasks[key], completed=result.record_count, total=total, note=_calls_left(result))

    def done(self, result: Result) -> None:
        """Shows what a finished read brought, or why it failed."""
        key = (result.source, result.instance, result.stream)
        if key in self._tasks:
            self._progress.remove_task(self._tasks.pop(key))
        if result.error:
            self._progress.console.print(f"failed  {result.error}", style="red", markup=False, highlight=False)
            return
        counts = f"{result.record_count} read, {result.landed_count} landed, {result.deleted_count} gone, {result.calls} calls, {result.seconds:.1f} s"
        self._print("synced", result, counts)

    def _print(self, did: str, result: Result, told: str) -> None:
        name = f"{result.source} {result.instance} {result.stream}"
        self._progress.console.print(f"{did:<7} {name:<34} {told}", markup=False, highlight=False)


def _so_far(result: Result, total: int | None) -> str:
    of = f" of {total}" if total else ""
    return ", ".join(
        told
        for told in (
            f"{result.record_count}{of} read",
            f"{result.calls} calls",
            _calls_left(result),
            f"{result.seconds:.0f} s",
        )
        if told
    )


def _calls_left(result: Result) -> str:
    return "" if result.calls_left is None else f"{result.calls_left} calls left"


@contextmanager
def sync_progress() -> Iterator[SyncProgress]:
    """Progress of a sync, on standard error."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True, soft_wrap=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield SyncProgress(progress)


@contextmanager
def counted(what: str) -> Iterator[build.Progress]:
    """Progress of work of known size, on standard error: a bar, or where there is no terminal a line per part."""
    console = Console(stderr=True, soft_wrap=True)
    with Progress(
        SpinnerColumn(),
        TextColumn(f"{what} {{task.description}}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=None)

        def bar(name: str, number: int, total: int) -> None:
            progress.update(task, description=name, completed=number, total=total)

        def line(name: str, number: int, total: int) -> None:
            console.print(f"{what} {number} of {total}: {name}", markup=False, highlight=False)

        yield bar if console.is_terminal else parts(line)


def parts(tell: build.Progress) -> build.Progress:
    """Tells of the step that ends each part of the work."""

    def progress(name: str, number: int, total: int) -> None:
        if number * PARTS // total > (number - 1) * PARTS // total:
            tell(name, number, total)

    return progress
