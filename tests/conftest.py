"""Options of the whole suite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

CHECKOUT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--specs",
        type=Path,
        default=CHECKOUT.parent / "shared" / "data" / "specs",
        help="folder with the vendors' API specifications, for the contract tests",
    )
    parser.addoption(
        "--soak",
        type=float,
        nargs="?",
        const=60.0,
        metavar="MINUTES",
        help="kill at other random instants each time, for as many minutes (an hour if not said; make soak)",
    )
    parser.addoption("--write-approved", action="store_true", help="write the approved data of the charts anew")
    parser.addoption("--write-readme", action="store_true", help="write the README's table of streams anew")


class ByFolder(LoadScopeScheduling):
    """A folder's tests stay on one core: they share the servers and builds of their session fixtures."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("::", 1)[0].rpartition("/")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    """How the tests are spread over the cores."""
    return ByFolder(config, log)
