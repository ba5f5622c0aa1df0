"""Where the vendors' specifications are; without them the contract tests are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def specs(pytestconfig: pytest.Config) -> Path:
    """The folder of the specifications, from the option --specs."""
    folder: Path = pytestconfig.getoption("specs")
    if not folder.is_dir():
        pytest.skip(f"no vendor specifications in {folder}: name their folder with --specs")
    return folder
