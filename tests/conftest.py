"""Options of the whole suite."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests import sql_models

CHECKOUT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")  # noqa: S108 - tests only
ROOM = 6 * 2**30
"""Bytes: more than all that one run of the tests writes."""
DEAREST = ("end_to_end", "faults", "reports", "warehouse", "pipelines")
"""Folders of tests that are begun first, so that none of them is still under way when the other cores have nothing left."""


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


def pytest_configure() -> None:
    """Where there is room, temporary folders lie in memory: tests commit to many small databases, and wait for no disk.

    Examples of properties may take as long as they do: on a busy machine a deadline would find faults that are none.
    """
    settings.register_profile("hub", deadline=None)
    settings.load_profile("hub")
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The dearest folders come first; within each, all stays in order."""

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(CHECKOUT / "tests").parts[0]
        return DEAREST.index(folder) if folder in DEAREST else len(DEAREST)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What has been imported stays until the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """At the end it may."""
    gc.unfreeze()


class ByFolder(LoadScopeScheduling):
    """A folder's tests stay on one core, those of its rooms too: they share the servers and builds of its conftest.py."""

    def _split_scope(self, nodeid: str) -> str:
        *rooms, topmost, _, _ = Path(nodeid.partition("::")[0]).parents
        return str(next((room for room in rooms if (CHECKOUT / room / "conftest.py").exists()), topmost))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    """How the tests are spread over the cores."""
    return ByFolder(config, log)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all cores of this run of the tests have in common."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def compiled(shared_folder: Path) -> sql_models.Compiled:
    """The project's SQL."""
    return sql_models.compiled(shared_folder)
