"""Children that can be killed: forked from a server that has imported everything, so that each costs milliseconds."""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from tests.faults.soaking import Soak

HERE = Path(__file__).parent
IMPORTED_WHERE_USED = (
    *("jira", "github", "nacl.public", "google_auth_httplib2", "google.oauth2.service_account"),
    *("googleapiclient.discovery", "googleapiclient.discovery_cache", "dbt.cli.main", "dbt.adapters.duckdb"),
)
"""What the hub imports late: a child that did so as well would mostly be killed at that, and not at its work."""
sys.path.insert(0, str(HERE))

Start = Callable[..., BaseProcess]


@pytest.fixture(scope="session")
def forks() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "workers", *IMPORTED_WHERE_USED])
    with pytest.MonkeyPatch.context() as patch:  # the server ignores our sys.path, and silently what it cannot import
        patch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), str(HERE.parents[1])]))
        forkserver.ensure_running()
    return context


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> Soak | None:
    """None in the suite, where instants and rounds are always the same; under --soak another seed each time, shown."""
    minutes = request.config.getoption("--soak")
    if minutes is None:
        return None
    drawn = random.SystemRandom().randrange(10**6)
    sys.stderr.write(f"--soak: seed {drawn}\n")
    return Soak(drawn, minutes)


@pytest.fixture(scope="module")
def start(forks: ForkServerContext) -> Iterator[Start]:
    """Start a function of workers.py in a child; whatever still runs at the end is killed."""
    children: list[BaseProcess] = []

    def started(function: Callable[..., Any], *arguments: object) -> BaseProcess:
        child = forks.Process(target=function, args=arguments)
        child.start()
        children.append(child)
        return child

    yield started
    for child in children:
        child.kill()
        child.join()
