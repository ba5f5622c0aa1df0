"""Runs programs of the bench in processes of their own and lays their measurements out as tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
CACHE = CHECKOUT / ".cache" / "bench"


def environment() -> dict[str, str]:
    """That of a normal installation: compiled modules are kept, though not among the sources."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(CACHE / "compiled"), "PYTHONPATH": str(CHECKOUT)}


def measure(command: Sequence[str], standard_input: str = "") -> dict[str, Any]:
    """What a program tells of itself in the last line of its output, and the seconds that it took."""
    began = time.monotonic()
    done = subprocess.run(command, input=standard_input, capture_output=True, text=True, env=environment(), check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**told, "wall": time.monotonic() - began}


@contextmanager
def serving(*counts: int) -> Iterator[str]:
    """The address of the page server while it runs."""
    command = [sys.executable, "-m", "tests.bench.server", *map(str, counts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, padded so that it is read as it is."""
    widths = [max(len(row[at]) for row in [header, *rows]) for at in range(len(header))]
    lines = [header, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def tell(text: str = "") -> None:
    """A line of the bench's output."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
