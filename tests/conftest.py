"""Options of the whole suite."""

from __future__ import annotations

from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--specs",
        type=Path,
        default=CHECKOUT.parent / "shared" / "data" / "specs",
        help="folder with the vendors' API specifications, for the contract tests",
    )
    parser.addoption("--soak", action="store_true", help="kill at many more instants (make soak)")
    parser.addoption("--write-readme", action="store_true", help="write the README's table of streams anew")


def pytest_itemcollected(item: pytest.Item) -> None:
    """A folder's tests stay on one core: they share the servers and builds of their session fixtures."""
    item.add_marker(pytest.mark.xdist_group(item.path.parent.relative_to(CHECKOUT).as_posix()))
