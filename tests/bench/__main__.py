"""Speed, as ratios against a peer or a bare loop in the same run: `python -m tests.bench [sync|build|start]`."""

from __future__ import annotations

import argparse

from tests.bench import build, start, sync

BENCHES = {"sync": sync.bench, "build": build.bench, "start": start.bench}


def main() -> None:
    """Run the benches asked for, all without an argument."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("bench", nargs="*", choices=[*BENCHES, []], help="which; all if none is named")
    parser.add_argument("--records", type=int, default=100_000, help="issues and runs; half as many pull requests")
    asked = parser.parse_args()
    for name in asked.bench or BENCHES:
        BENCHES[name](asked.records)


if __name__ == "__main__":
    main()
