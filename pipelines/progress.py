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


class SyncProgress:
    """One bar per instance and stream; on no terminal one line per finished stream."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[tuple[str, str, str], TaskID] = {}
        self._lock = threading.Lock()

    def page(self, result: Result, total: int | None) -> None:
        """Shows what a read brought so far."""
        if not self._progress.console.is_terminal:
            return
        key = (result.source, result.instance, result.stream)
        with self._lock:
            if key not in self._tasks:
                self._tasks[key] = self._progress.add_task(
                    f"{result.source} {result.instance} {result.stream}", total=total, note=""
                )
        left = f"{result.calls_left} calls left" if result.calls_left is not None else ""
        self._progress.update(self._tasks[key], completed=result.record_count, total=total, note=left)

    def done(self, result: Result) -> None:
        """Shows what a finished read brought, or why it failed."""
        key = (result.source, result.instance, result.stream)
        if key in self._tasks:
            self._progress.remove_task(self._tasks.pop(key))
        name = f"{result.source} {result.instance} {result.stream}"
        if result.error:
            self._progress.console.print(f"failed  {result.error}", style="red", markup=False, highlight=False)
            return
        counts = f"{result.record_count} read, {result.landed_count} landed, {result.deleted_count} gone, {result.calls} calls, {result.seconds:.1f} s"
        self._progress.console.print(f"synced  {name:<34} {counts}", markup=False, highlight=False)


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
def counted(what: str) -> Iterator[Progress]:
    """A bar for work of known size: update it with add_task and advance; silent where there is no terminal."""
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
        yield progress
