"""The `hub` command: what people and schedules call. Exit 0 done, 1 failed, 2 bad usage or settings."""

from __future__ import annotations

import csv
import errno
import io
import logging
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from pipelines import settings
from pipelines.settings import SOURCES, Settings, SettingsError

UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EEXIST, errno.ENOTDIR}
"""Errors of a full disk, of a lack of rights, and of a file that stands where a folder is needed."""

MARKS = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "error": ("error", "red")}


class _Commands(click.Group):
    """Commands of which one that breaks ends with a line that says why; HUB_LOG=debug shows where in the code."""

    def invoke(self, ctx: click.Context) -> Any:
        """As click does; exit code 1 after what nobody foresaw, such as a full disk."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise  # click tells these itself; a reader that left, as head does, wants no more
        except Exception as error:
            if settings.log_level() == "DEBUG":
                raise
            if str(error) == "Query interrupted":  # what DuckDB makes of Ctrl-C
                raise click.Abort from None
            click.secho(_in_words(error), fg="red", err=True)
            raise SystemExit(1) from None


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in UNWRITABLE:
        place = f"{error.filename}: " if error.filename is not None else ""
        return f"{place}{error.strerror}; see that there is room on the disk and that this user may write there"
    said, _, _ = str(error).partition("\n   0: ")  # the Delta library adds the stack of its own code
    return f"{type(error).__name__}: {said}\nHUB_LOG=debug shows where it happened"


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ml-program-hub", prog_name="hub")
def main() -> None:
    """One picture of an ML program from Jira, GitHub, MLflow and Google Sheets.

    Settings come from the file that HUB_CONFIG names, else from hub.toml beside this program.
    """
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    for stream in (sys.stdout, sys.stderr):  # a terminal that does not know a letter is shown its code
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if (level := settings.log_level()) not in logging.getLevelNamesMapping():
        raise click.UsageError(f"HUB_LOG: {level.lower()!r} is no level; give debug, info, warning or error")
    for package in ("connectors", "warehouse", "reports", "pipelines"):  # clients would log replies, tokens among them
        logging.getLogger(package).setLevel(level)


@contextmanager
def _usable_settings(*, secrets_of: tuple[str, ...] = ()) -> Iterator[Settings]:
    """The settings; faults of the file, and secrets missing for these sources, end the command with exit code 2."""
    try:
        program = settings.load()
        if missing := program.missing_secrets(secrets_of):
            raise SettingsError(missing)  # noqa: TRY301  # told the same way as the faults of the file
        yield program
    except SettingsError as error:
        for fault in error.faults:
            click.secho(fault, fg="red", err=True)
        raise SystemExit(2) from None


@main.command()
@click.option(
    "--template",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.xlsx",
    help="Only write a spreadsheet that shows what the sheets may hold: tabs, columns, types, an example.",
)
def check(template: Path | None) -> None:
    """Look at settings, credentials, scopes, fields and sheets; say what to fix."""
    if template:
        _write_template(template)
        return
    from connectors.stream import SourceError
    from pipelines import sources

    with _usable_settings(secrets_of=SOURCES) as program:
        faults = [*program.unusable_folders(), *program.missing_webhook()]
        click.echo(f"settings  {settings.config_path()}" + ("" if faults else ": no faults"))
        for fault in faults:
            click.secho(f"  error   {fault}", fg="red")
        errors = len(faults)
        for source, instance in program.instances():
            click.echo(f"\n{source} {instance.name}")
            try:
                for finding in sources.findings(program, instance):
                    mark, colour = MARKS[finding.level]
                    click.secho(f"  {mark:<8}", fg=colour, nl=False)
                    click.echo(f"{finding.subject}: {finding.message}")
                    if finding.remedy:
                        click.echo(f"          {finding.remedy}")
                    errors += finding.level == "error"
            except (SourceError, SettingsError) as error:
                click.secho(f"  error   {error}", fg="red")
                errors += 1
            except Exception as error:  # noqa: BLE001  # one source nobody foresaw must not hide the others
                click.secho(f"  error   {type(error).__name__}: {error}", fg="red")
                errors += 1
    if not any(program.instances()):
        click.echo("no source is configured; add [[jira]], [[github]], [[mlflow]] or [[sheets]]")
    raise SystemExit(1 if errors else 0)


def _write_template(path: Path) -> None:
    from connectors.sheets.template import write_template

    if path.suffix != ".xlsx":
        raise click.UsageError(f"{path}: name a file that ends in .xlsx")
    if path.exists():
        raise click.UsageError(f"{path}: there is a file already, perhaps one that somebody filled in; name another")
    try:
        write_template(path)
    except OSError as error:
        raise click.UsageError(f"{path}: it cannot be written ({error.strerror})") from None
    click.echo(f"{path}: upload it to Google Drive, open it with Google Sheets, fill it in and name it in hub.toml")


@main.command()
@click.argument("source", nargs=-1, type=click.Choice(SOURCES))
@click.option("--full", is_flag=True, help="Forget the cursors and read everything again.")
@click.option("--census", is_flag=True, help="Also look for records that were deleted at the source.")
@click.option("--confirm-shrink", is_flag=True, help="Believe a read that brings fewer than half of the known records.")
def sync(source: tuple[str, ...], *, full: bool, census: bool, confirm_shrink: bool) -> None:
    """Pull what changed from SOURCE... (all, if none is named) into the landing zone."""
    from pipelines import steps
    from pipelines.sync import Options
    from warehouse import publish

    wanted = source or SOURCES
    options = Options(full=full, census=census, confirm_shrink=confirm_shrink)
    with _usable_settings(secrets_of=wanted) as program:
        configured = {name for name, _ in program.instances()}
        if absent := [name for name in source if name not in configured] or ([] if configured else list(SOURCES)):
            raise SettingsError(
                [f"[[{name}]] is not in {settings.config_path()}; nothing can be read" for name in absent]
            )
        signal.signal(signal.SIGINT, _leave_sync)
        try:
            failed = steps.sync(program, wanted, datetime.now(UTC), options)
        except publish.Busy as busy:
            click.secho(str(busy), fg="red", err=True)
            raise SystemExit(1) from None
    raise SystemExit(1 if failed else 0)


def _leave_sync(*_: object) -> None:
    """Ctrl-C ends a sync at once: its threads would wait for replies nobody needs, and landing is safe against a kill."""
    show_cursor = "\x1b[?25h" if sys.stderr.isatty() else ""
    click.echo(f"{show_cursor}\ninterrupted; what had landed stays, the next sync goes on from there", err=True)
    os._exit(130)


def _leave_when_told() -> None:
    """The same for Dagster's jobs: it takes signals for itself, waits for the replies and goes on to the next job."""
    reading, writing = socket.socketpair()
    writing.setblocking(False)
    signal.set_wakeup_fd(writing.fileno())

    def wait() -> None:
        reading.recv(1)
        with writing:
            _leave_sync()

    threading.Thread(target=wait, daemon=True).start()


@main.command()
@click.option(
    "--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="As it was known at the end of that local day."
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Publish into this file instead.")
@click.option("--force", is_flag=True, help="Build even if nothing has changed since the published build.")
def build(as_of: datetime | None, output: Path | None, *, force: bool) -> None:
    """Build the warehouse from what has landed, check it, publish it."""
    if as_of and not output:
        raise click.UsageError("--as-of makes the warehouse of another day: name its file with --output")
    from pipelines import steps

    with _usable_settings() as program:
        moment = _end_of(as_of.date(), program.timezone) if as_of else datetime.now(UTC)
        raise SystemExit(steps.build(program, moment, output, force=force))


@main.command()
@click.argument("name", nargs=-1)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["html", "md", "pptx", "csv"]),
    help="What to write; else pages, and slides of the steering pack.",
)
@click.option(
    "--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="As it was known at the end of that local day."
)
def report(name: tuple[str, ...], kind: str | None, as_of: datetime | None) -> None:
    """Render the reports NAME... (all, if none is named) into the reports folder; with --as-of into one of that day."""
    import reports
    from pipelines import report_files

    unknown = [wanted for wanted in name if wanted not in reports.REPORTS]
    if unknown:
        raise click.UsageError(f"no report is named {', '.join(unknown)}; there are {', '.join(reports.REPORTS)}")
    with _usable_settings() as program:
        wanted = name or reports.REPORTS
        if as_of:
            day = as_of.date()
            raise SystemExit(report_files.write_as_of(program, wanted, kind, day, _end_of(day, program.timezone)))
        if not program.warehouse.exists():
            click.secho(f"{program.warehouse}: nothing is published yet; run hub build first", fg="red", err=True)
            raise SystemExit(1)
        with _readable(program.warehouse):
            report_files.write(program, wanted, kind, program.warehouse, program.reports_dir)


@contextmanager
def _readable(warehouse: Path) -> Iterator[None]:
    """A published file that is damaged ends the command with 1: it can be made anew from what has landed."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        if settings.log_level() == "DEBUG":
            raise
        click.secho(f"{warehouse}: {error}\nif it is damaged, hub build --force makes it anew", fg="red", err=True)
        raise SystemExit(1) from None


@main.command()
@click.option("--census", is_flag=True, help="Also look for records that were deleted at the sources.")
def run(*, census: bool) -> None:
    """Sync, build and report, as Dagster runs that the UI shows: what the schedule does."""
    from pipelines import runs

    with _usable_settings(secrets_of=SOURCES) as program:
        _leave_when_told()
        raise SystemExit(runs.run_all(program, census=census))


@main.command()
@click.option("--no-ui", is_flag=True, help="Stop when everything is published; start no Dagster UI.")
@click.option("--serve", is_flag=True, help="Keep the sandbox serving, without the UI, for other hub commands.")
@click.option("--port", default=3000, show_default=True, help="Port of the Dagster UI; another one if it is taken.")
def demo(*, no_ui: bool, serve: bool, port: int) -> None:
    """Play the sandbox, sync nine weeks of its history, run everything, open the Dagster UI."""
    from pipelines import demo as demonstration

    with _usable_settings() as program:
        raise SystemExit(demonstration.play(program, ui=not (no_ui or serve), serve=serve, port=port))


@main.command()
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do it. Without this it is only listed what would be replaced.")
def erase(person: str, *, yes: bool) -> None:
    """Erase PERSON (an id, mail, login or name) from all that has landed and is published, and keep them out."""
    from pipelines.erase import erase as erase_person

    with _usable_settings() as program:
        raise SystemExit(erase_person(program, person, is_confirmed=yes, now=datetime.now(UTC)))


@main.command()
@click.argument("sql")
@click.option(
    "--csv",
    "as_csv",
    is_flag=True,
    help="Comma-separated values instead of a table; no text in them runs as a formula.",
)
def query(sql: str, *, as_csv: bool) -> None:
    """Ask the published warehouse; nothing can be changed that way."""
    import duckdb

    from warehouse import query as warehouse_query

    with _usable_settings() as program:
        # DuckDB looks for Ctrl-C only between queries, and nothing is to be tidied up.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            with _readable(program.warehouse):
                connection = warehouse_query.connect(program.warehouse)
            with connection:
                answer = connection.sql(sql)
                if answer is None:
                    raise click.UsageError("give one select, or from, show or describe")
                if as_csv:
                    from reports.rendering.neutral import neutral

                    rows = (
                        [neutral(value) if isinstance(value, str) else value for value in row]
                        for row in answer.fetchall()
                    )
                    writer = csv.writer(sys.stdout)
                    writer.writerow(map(neutral, answer.columns))
                    writer.writerows(rows)
                else:
                    answer.show(max_rows=1000, max_width=shutil.get_terminal_size((200, 24)).columns)
        except (warehouse_query.WarehouseMissing, duckdb.Error) as error:
            click.secho(str(error), fg="red", err=True)
            raise SystemExit(1) from None


def _end_of(day: date, timezone: str) -> datetime:
    next_day = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone))
    return next_day.astimezone(UTC) - timedelta(seconds=1)  # midnight already belongs to the next local day
