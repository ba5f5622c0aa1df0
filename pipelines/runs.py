"""`hub run`: the jobs of the schedule one after another in this process, recorded as Dagster runs that the UI shows."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import dagster as dg

from pipelines import failures, jobs, liveness, settings
from pipelines.definitions import build_defs, now
from pipelines.settings import Settings


def prepare_instance() -> dg.DagsterInstance:
    """The Dagster instance of this checkout; its state folder is made if it is missing."""
    state = settings.state_dir()
    state.mkdir(parents=True, exist_ok=True)
    settings.export(HUB_STATE=str(state), DAGSTER_HOME=str(settings.CHECKOUT), HUB_CONFIG=str(settings.config_path()))
    with (state / ".making.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would make the tables of a new state folder twice
        instance = dg.DagsterInstance.get()
    for dagster_run_id in liveness.end_orphans(instance):
        click.echo(f"run  {dagster_run_id} was killed before it ended; it counts as failed now")
    return instance


def run_all(program: Settings, *, census: bool = False, clock: Callable[[], datetime] = now) -> int:
    """Every source's sync, then the build with its reports; returns the exit code.

    A source that fails stops nothing: the build uses what has landed.
    """
    failed = 0
    with prepare_instance() as instance:
        repository = build_defs(program, clock).get_repository_def()
        for source in jobs.configured(program):
            name = jobs.sync_job(source)
            failed += not _run(repository.get_job(name), instance, jobs.sync_config(source, census=census))
        if reason := jobs.unneeded(program, clock()):
            click.echo(f"run  {jobs.BUILD:<18} skipped: {reason}")
        else:
            failed += not _run(repository.get_job(jobs.BUILD), instance, {})
    return 1 if failed else 0


def _run(job: dg.JobDefinition, instance: dg.DagsterInstance, config: dict[str, Any]) -> bool:
    started = time.monotonic()
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),  # on it dbt tells every step it takes
    ):
        result = job.execute_in_process(instance=instance, run_config={**config, **jobs.QUIET}, raise_on_error=False)
    liveness.forget(result.run_id)
    took = time.monotonic() - started
    if result.success:
        click.echo(f"run  {job.name:<18} done in {took:.0f} s; {_landed(result)}")
        return True
    broken = [event for event in result.all_events if event.is_step_failure]
    for reason in [failures.told(event) for event in broken] or [failures.cause(instance, result.run_id)]:
        click.secho(f"run  {job.name:<18} failed: {reason}", fg="red", err=True)
    return False


def _landed(result: Any) -> str:
    """What a sync landed, or how many assets a build made."""
    made = result.get_asset_materialization_events()
    landed = [
        event.materialization.metadata["versions landed"].value
        for event in made
        if "versions landed" in event.materialization.metadata
    ]
    return f"{sum(landed)} versions landed" if landed else f"{len(made)} assets made"
