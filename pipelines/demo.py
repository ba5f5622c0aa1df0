"""`hub demo`: the sandbox on the addresses of hub.toml, nine weekly syncs of its story, then a real run and the UI."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click

from connectors.sandbox import edits, github, jira, sheets, story
from connectors.sandbox import mlflow as sandbox_mlflow
from connectors.sandbox.server import Sandbox, Server
from pipelines import runs, settings, steps
from pipelines.settings import SOURCES, Settings, SettingsError
from pipelines.sync import Options

WEEKS = 8
"""How many weekly syncs precede the demo's run, so that what was known when is real."""

MARKER = "made-by-hub-demo"


@dataclass(slots=True)
class Playing:
    """The sandbox at work: four systems, all showing the story as of one moment that only moves forward."""

    program: Settings
    sandbox: Sandbox
    mlflow: sandbox_mlflow.MlflowServer
    played_until: datetime | None = None

    def advance(self, to: datetime) -> None:
        """Shows the story as of a later moment."""
        sandbox_mlflow.play(self.sandbox.program, self.mlflow.database, self.played_until, to)
        self.sandbox.now = self.played_until = to


@contextmanager
def playing(program: Settings, now: datetime) -> Iterator[Playing]:
    """The story told at `now`, played where hub.toml expects the four systems. Begins with an empty data folder."""
    ports = _ports(program)  # before anything is removed: these may be the settings of a real program
    _begin_anew(Path(program.data_dir))
    _give_secrets(program)
    with ExitStack() as servers:
        sandbox = Sandbox(story.tell(now), now - timedelta(weeks=WEEKS))
        for source, app in (
            ("jira", jira.app(sandbox)),
            ("github", github.app(sandbox)),
            ("sheets", sheets.app(sandbox)),
        ):
            servers.enter_context(Server(app, sandbox, port=ports[source]))
        server = sandbox_mlflow.MlflowServer(Path(program.data_dir) / "sandbox", port=ports["mlflow"])
        yield Playing(program, sandbox, servers.enter_context(server))


def land_history(play: Playing, now: datetime) -> int:
    """One sync per past week, each as of its week, with all that changed in between; returns the number of failed reads."""
    failed = 0
    for week in range(WEEKS, 0, -1):
        play.advance(now - timedelta(weeks=week))
        click.echo(f"demo  sync as of {play.sandbox.now:%d %b %Y}")
        failed += steps.sync(play.program, SOURCES, play.sandbox.now, Options(census=True))
    play.advance(now)
    return failed


def play(program: Settings, *, ui: bool, serve: bool, port: int) -> int:
    """Plays everything; returns the exit code. Begins anew each time: the story is dated relative to now."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    click.echo("demo  telling the story of the program and starting its tools on this machine")
    for ending in (signal.SIGTERM, signal.SIGINT):  # else the MLflow server would outlive this process
        signal.signal(ending, _end)  # also where a shell had interrupts ignored, as in the background
    settings.export(HUB_STATE=str(settings.state_dir() / "demo"))  # its runs are none of a real program's
    with playing(program, now) as stage:
        shutil.rmtree(settings.state_dir(), ignore_errors=True)
        if land_history(stage, now):
            return 1
        click.echo("demo  the same now as Dagster runs: four syncs, the build with its checks, the reports")
        if code := runs.run_all(program, census=True):
            return code
        if _show_increments(stage):
            return 1
        click.echo(f"demo  warehouse {program.warehouse}\ndemo  reports   {program.reports_dir}")
        if ui:
            return _show(port)
        if serve:
            _wait(program)
    return 0


def _end(*_: object) -> None:
    """Ends the demo as Ctrl-C does."""
    raise KeyboardInterrupt


def _show_increments(stage: Playing) -> int:
    """A sync right after brings nothing; after the edit of one issue it brings that issue. Returns the failed reads."""
    click.echo("demo  once more, right after: nothing changed, so nothing lands")
    stage.advance(stage.sandbox.now + timedelta(minutes=1))
    failed = steps.sync(stage.program, SOURCES, datetime.now(UTC), Options())
    issue = next(issue for issue in stage.sandbox.program.issues if issue.deleted_at is None)
    edits.touch(stage.sandbox.program, issue.id, stage.sandbox.now)
    stage.advance(stage.sandbox.now + timedelta(minutes=1))
    click.echo(f"demo  somebody edits {issue.key}: that issue lands, nothing else")
    return failed + steps.sync(stage.program, ("jira",), datetime.now(UTC), Options())


def _begin_anew(data_dir: Path) -> None:
    """Removes what an earlier demo left; refuses a folder that something else filled."""
    marker = data_dir / MARKER
    if data_dir.exists() and any(data_dir.iterdir()) and not marker.exists():
        raise SettingsError(
            [
                f"{data_dir} holds data that no demo made; name another data_dir in {settings.config_path()} or move it away"
            ]
        )
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.mkdir(parents=True)
    marker.write_text("This folder is emptied by every hub demo.\n", encoding="utf-8")


def _give_secrets(program: Settings) -> None:
    """The sandbox asks for credentials as the real systems do; any will do, so the missing ones are made up."""
    settings.export(**{secret.variable: "sandbox" for *_, secret in program.secrets() if not secret.is_set})


def _ports(program: Settings) -> dict[str, int]:
    """The port of each system by its source; raises SettingsError if one is missing, elsewhere or taken."""
    addresses = {
        source: instance.tracking_uri if isinstance(instance, settings.Mlflow) else instance.url
        for source, instance in program.instances()
    }
    if missing := [source for source in SOURCES if source not in addresses]:
        raise SettingsError([f"[[{source}]] is missing; the demo plays all four" for source in missing])
    return {source: _port(url or "", source) for source, url in addresses.items()}


def _port(url: str, source: str) -> int:
    parts = urlsplit(url)
    if parts.hostname != "127.0.0.1" or not parts.port:
        raise SettingsError(
            [
                f"[[{source}]]: the demo plays on this machine only; give an address like http://127.0.0.1:8571, not {url!r}"
            ]
        )
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", parts.port)) == 0:
            raise SettingsError(
                [
                    f"[[{source}]]: port {parts.port} is taken by another program; end it, or give another port in {url!r}"
                ]
            )
    return parts.port


def _show(port: int) -> int:
    """Starts the Dagster UI and its daemon and stays until interrupted."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            probe.close()
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
    runs.prepare_instance().dispose()
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-m",
        "pipelines.definitions",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    click.echo(f"demo  Dagster UI on http://127.0.0.1:{port} (Ctrl-C ends it and the sandbox)")
    with subprocess.Popen(command, cwd=settings.CHECKOUT) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            process.wait()
            return 0


def _wait(program: Settings) -> None:
    exports = " ".join(
        f"export {name}=sandbox;" for name in sorted({secret.variable for *_, secret in program.secrets()})
    )
    state = f"export HUB_STATE={settings.state_dir()};"
    click.echo(f"demo  the sandbox serves until Ctrl-C; in another terminal: {exports} {state} hub run")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("demo  ended")
