"""Speed, as ratios against a peer or a bare loop in the same run: `python -m tests.bench [sync|build|start] [--write-readme]`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tests import readme
from tests.bench import build, start, sync

BENCHES: dict[str, Callable[[int], str | None]] = {"sync": sync.bench, "build": build.bench, "start": start.bench}
"""Each prints as it goes and returns what the README is to say; None where it says nothing of it."""


def main() -> None:
    """Run the benches asked for, all without an argument."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("bench", nargs="*", choices=[*BENCHES, []], help="which; all if none is named")
    parser.add_argument("--records", type=int, default=100_000, help="issues and runs; half as many pull requests")
    parser.add_argument("--write-readme", action="store_true", help="write the README's performance section anew")
    asked = parser.parse_args()
    for name in asked.bench or BENCHES:
        text = BENCHES[name](asked.records)
        if text and asked.write_readme:
            readme.write(f"bench {name}", text)


if __name__ == "__main__":
    main()
