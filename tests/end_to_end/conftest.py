"""The demo's program played once for all end-to-end tests: nine weeks of syncs, then one whole run, on free ports."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines import demo, runs, settings
from tests import sql_models

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)


@dataclass
class Program:
    """What a test sees: the settings and the sandbox that plays for them."""

    settings: settings.Settings
    stage: demo.Playing
    environment: dict[str, str]


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on, all different."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """These variables for the time of the tests."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[Program]:
    """The demo after its first whole run."""
    folder: Path = tmp_path_factory.mktemp("demo")
    ports = iter(free_ports(4))
    text = settings.DEFAULT_CONFIG.read_text(encoding="utf-8")
    (folder / "hub.toml").write_text(re.sub(r"127\.0\.0\.1:\d+", lambda _: f"127.0.0.1:{next(ports)}", text))
    variables = {
        "HUB_CONFIG": str(folder / "hub.toml"),
        "HUB_STATE": str(folder / "state"),
        "SANDBOX_TOKEN": "sandbox",
        **sql_models.environment(shared_folder),
    }
    with ExitStack() as playing:
        with environment(**variables):
            loaded = settings.load()
            stage = playing.enter_context(demo.playing(loaded, NOW))
            assert demo.land_history(stage, NOW) == 0
            assert runs.run_all(loaded, census=True, clock=lambda: stage.sandbox.now) == 0
        yield Program(loaded, stage, variables)


@pytest.fixture(scope="module", autouse=True)
def _told(program: Program) -> Iterator[None]:
    """The program's variables are those of the process while a module of these tests runs, and no longer."""
    with environment(**program.environment):
        yield
