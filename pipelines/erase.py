"""`hub erase`: a person's identifiers out of all that has landed, out of what is published, and kept out.

Not here: who a person is and what is replaced by what (warehouse/privacy/).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

import reports
from pipelines import report_files, settings, steps
from pipelines.settings import Settings
from warehouse import landing, publish
from warehouse.privacy import erasure


def erase(program: Settings, called: str, *, is_confirmed: bool, now: datetime) -> int:
    """Lists what identifies a person and where it stands; if confirmed, replaces it for good. Returns the exit code."""
    data_dir = Path(program.data_dir)
    try:
        with (
            publish.held(data_dir / "landing", "a sync or another erasure"),
            publish.held(program.build_file, "a build"),
        ):
            if not _erased(program, called, is_confirmed=is_confirmed):
                return 0
    except (
        publish.Busy,
        landing.LandingConflict,
        landing.LandingDamaged,
        LookupError,
        FileNotFoundError,
        sqlite3.OperationalError,
    ) as error:
        click.secho(_said(error, called), fg="red", err=True)
        return 1
    return _published_anew(program, now)


def _erased(program: Settings, called: str, *, is_confirmed: bool) -> bool:
    data_dir, zone = Path(program.data_dir), landing.Zone(program.landing_uri)
    person = erasure.find(data_dir, program.build_file, zone, called)
    click.echo(f"{person.person_id or called} is known by")
    for identifier in person.identifiers:
        click.echo(f"  {identifier}" + ("  (others have this name too)" if identifier in person.shared_names else ""))
    if not is_confirmed:
        _list("which stands in", erasure.occurrences(zone, erasure.trial(data_dir, person.entries)))
        click.echo("nothing was changed; repeat with --yes to replace all of it for good")
        return False
    _list("which was replaced in", zone.rewrite(erasure.suppress(data_dir, person.entries)))
    _forget_shown()
    click.echo("older files are gone, and the next syncs leave these identifiers out")
    return True


def _list(beginning: str, counts: Mapping[tuple[str, str], int]) -> None:
    """In how many versions of which table something stood."""
    click.echo(beginning if counts else "which stands nowhere in the landing zone")
    for (instance, name), count in counts.items():
        click.echo(f"  {instance} {name}: {count} {'version' if count == 1 else 'versions'}")


def _forget_shown() -> None:
    """Earlier runs of the build leave Dagster: their reports, shown in its UI, name the person."""
    history = settings.state_dir() / "history"
    if not history.exists():
        return
    import dagster as dg

    from pipelines import jobs, runs

    with runs.prepare_instance() as instance:
        instance.wipe_assets([key for key in instance.all_asset_keys() if key.path[0] == "reports"])
        for dagster_run_id in instance.get_run_ids(dg.RunsFilter(job_name=jobs.BUILD)):
            instance.delete_run(dagster_run_id)
    for file in history.rglob("*.db"):  # deleted rows stay in SQLite's files until they are written anew
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("vacuum")
            ((is_busy, *_),) = connection.execute("pragma wal_checkpoint(truncate)").fetchall()
            if is_busy:
                raise sqlite3.OperationalError(f"{file.name} is being read")


def _published_anew(program: Settings, now: datetime) -> int:
    """The warehouse and the reports again without the person; earlier ones are removed, they can all be made anew."""
    for folder in program.reports_dir.glob("as-of-*"):
        shutil.rmtree(folder)
    if not program.warehouse.exists():
        program.build_file.unlink(missing_ok=True)
        return 0
    if code := steps.build(program, now, force=True):
        click.secho(
            f"{program.warehouse} and the reports still name the person; mend the build and repeat", fg="red", err=True
        )
        return code
    publish.forget_previous(program.warehouse)
    report_files.write(program, list(reports.REPORTS), None, program.warehouse, program.reports_dir)
    return 0


def _said(error: Exception, called: str) -> str:
    match error:
        case erasure.AmbiguousPerson():
            return "\n  ".join([f"several people are called {called!r}; give one of these ids:", *error.people])
        case erasure.UnknownPerson():
            return f"nobody is known as {called!r}; give a person_id, a mail, a login or a whole name"
        case FileNotFoundError():
            return "there is no build that says which accounts are one person's; run hub build first"
        case sqlite3.OperationalError():
            return f"Dagster's history could not be cleared ({error}); stop its UI and repeat"
    return str(error)
