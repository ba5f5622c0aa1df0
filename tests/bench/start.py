"""`python -m tests.bench start`: how long Dagster needs to load the definitions, and which packages cost most of it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter

from tests.bench.measured import environment, measure, table, tell

LOAD = "from pipelines import definitions, settings; definitions.build_defs(settings.load()).get_repository_def()"
TOLD = (
    "import json, resource; used = resource.getrusage(resource.RUSAGE_SELF);"
    "print(json.dumps({'cpu': used.ru_utime + used.ru_stime, 'peak_mb': used.ru_maxrss / 1024}))"
)


def bench(_records: int) -> str:
    """Load the definitions twice, the second time with everything compiled, then once more to see what is imported."""
    command = [sys.executable, "-c", f"{LOAD}; {TOLD}"]
    measure(command)
    found = measure(command)
    bare = measure([sys.executable, "-c", f"import dagster; {TOLD}"])
    told = (
        f"The definitions load in {found['cpu']:.1f} CPU s and {found['peak_mb']:,.0f} MB;"
        f" Dagster itself takes {bare['cpu']:.1f} CPU s of them.\n"
    )
    tell(f"\n{told}{found['wall']:.1f} s on the clock")
    noted = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", LOAD], capture_output=True, text=True, env=environment(), check=True
    )
    costs = Counter[str]()
    for line in noted.stderr.splitlines():
        if match := re.match(r"import time: +(\d+) \| +\d+ \| +([\w.]+)", line):
            costs[match[2].partition(".")[0]] += int(match[1])
    tell(table(("package", "s"), [(name, f"{cost / 1e6:.2f}") for name, cost in costs.most_common(12)]))
    return told
