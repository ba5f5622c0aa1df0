"""The steps of the hub as a terminal shows them: sync and build with progress, one line per result. Dagster is not here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from pipelines import progress, sources
from pipelines.settings import Settings, config_path
from pipelines.sync import Options, sync_instance
from warehouse import build as warehouse_build
from warehouse import fingerprint, landing, publish
from warehouse.privacy import erasure
from warehouse.privacy.secret import secret as installation_secret


def sync(program: Settings, wanted: Sequence[str], synced_at: datetime, options: Options) -> int:
    """Reads every wanted instance in a thread of its own; returns the number of reads that failed.

    Raises publish.Busy while somebody is being erased.
    """
    chosen = [(source, instance) for source, instance in program.instances() if source in wanted]
    with (
        landing_zone(program) as zone,
        progress.sync_progress() as shown,
        ThreadPoolExecutor(max(1, len(chosen))) as threads,
    ):
        reads = [
            threads.submit(
                sync_instance,
                source,
                instance,
                sources.STREAMS[source],
                zone,
                synced_at=synced_at,
                options=options,
                progress=shown.page,
                done=shown.done,
            )
            for source, instance in chosen
        ]
        return sum(result.error is not None for read in reads for result in read.result())


@contextmanager
def landing_zone(program: Settings) -> Iterator[landing.Zone]:
    """The landing zone for a sync: erased people stay erased, and nobody is erased meanwhile."""
    data_dir = Path(program.data_dir)
    with publish.held(data_dir / "landing", "the erasure of a person", is_shared=True):
        yield landing.Zone(program.landing_uri, scrubber=erasure.scrubber(data_dir))


def landed(program: Settings) -> landing.Zone:
    """What a build reads: the landing zone, as far as it is of instances and tabs in the settings.

    Raises LandingDamaged if it is empty though a warehouse was published from it, which a build would replace with nothing.
    """
    only = {(source, instance.name) for source, instance in program.instances()}
    kinds = {stream.name for stream in sources.STREAMS["sheets"]}
    without = {(one.name, f"sheets_{kind}") for one in program.sheets for kind in kinds - one.tabs.keys()}
    zone = landing.Zone(program.landing_uri, only=only, without=without)
    if not any(zone.tables()) and not zone.left_out() and fingerprint.shows_sources(program.warehouse):
        raise landing.LandingDamaged(
            [f"{zone.uri}: the landing zone is empty, though {program.warehouse} shows sources that were read."],
            f"Restore it from a backup; or see that data_dir and landing in {config_path()} name its place; or run hub sync, which"
            " reads everything anew: what the sources keep no history of is then lost.",
        )
    return zone


def repeated(
    program: Settings, as_of: datetime, output: Path | None = None, zone: landing.Zone | None = None
) -> str | None:
    """Why no build is needed, in words; None if there is something to build."""
    try:
        zone = zone or landed(program)
        mark = fingerprint.take(zone, as_of=as_of, **depends_on(program))
    except landing.LandingDamaged:
        return None  # the build tells where and what to do
    published = output or program.warehouse
    if (since := fingerprint.repeated(published, mark)) is None:
        return None
    return f"nothing new has landed since {published} was built as of {since}, and rules, settings and day are the same"


def depends_on(program: Settings, project: Path = warehouse_build.PROJECT) -> dict[str, Any]:
    """What a build depends on besides its instant, as fingerprint.take asks for it."""
    return {
        "tables": sources.raw_tables(),
        "variables": program.variables,
        "publish_schemas": program.publish,
        "project": project,
        "is_pseudonymised": program.privacy.pseudonymise,
    }


def secret(program: Settings) -> bytes | None:
    """The installation's secret, if people are to be published under pseudonyms."""
    return installation_secret(Path(program.data_dir)) if program.privacy.pseudonymise else None


def build(program: Settings, as_of: datetime, output: Path | None = None, *, force: bool = False) -> int:
    """Builds and publishes; prints what was built, what warns, what failed. Returns the exit code.

    A build that could only repeat the published one is skipped, unless forced.
    """
    try:
        zone = landed(program)
    except landing.LandingDamaged as damage:
        click.secho(f"nothing was published: {damage}", fg="red", err=True)
        return 1
    if not force and (reason := repeated(program, as_of, output, zone)):
        click.echo(f"skipped: {reason} (--force builds all the same)")
        return 0
    for source, instance in sorted(zone.left_out()):
        text = f"{source} {instance!r} has landed but is not in the settings: the build leaves it out"
        click.secho(f"warning  {text}. Name an instance as before to have its records back.", fg="yellow", err=True)
    for instance, name in zone.tables_left_out():
        text = f"{name.replace('_', ' ', 1)} of {instance!r} has landed but is not under [sheets.tabs]: the build leaves it out"
        click.secho(f"warning  {text}. Name the tab again to have its rows back.", fg="yellow", err=True)
    with progress.counted("building") as told:
        try:
            result = warehouse_build.build(
                zone,
                output or program.warehouse,
                as_of=as_of,
                variables=program.variables,
                tables=sources.raw_tables(),
                publish_schemas=tuple(program.publish),
                secret=secret(program),
                build_file=None if output else program.build_file,
                parsed=warehouse_build.dbt_folder(program.build_file),
                progress=told,
            )
        except warehouse_build.BuildError as error:
            click.secho(str(error), fg="red", err=True)
            return 1
    for warning in result.warnings:
        click.secho(f"warning  {warning}", fg="yellow", err=True)
    counts = result.row_counts
    click.echo(f"published {output or program.warehouse}: {len(counts)} tables, {sum(counts.values())} rows")
    return 0
