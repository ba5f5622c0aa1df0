"""When things run: a job per source, one for the warehouse and its reports, their schedules and sensors."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

import reports
from pipelines import alerts, liveness, report_assets, steps, stream_assets
from pipelines.settings import Settings
from warehouse import landing, raw

BUILD = "build_warehouse"
COMPACT = "compact_landing"
KEEP_PACK = "keep_steering_pack"

PATIENCE = timedelta(minutes=30)
"""How long a build waits for syncs that still run: a first read of hours must not hold the others up."""

RUNS_KEPT = timedelta(days=30)
"""How long Dagster remembers runs: each build's events take megabytes."""

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""Run config of runs started from a terminal: their events are in the UI; why one failed, the terminal tells once."""


def sync_job(source: str) -> str:
    """The name of the job that reads one source."""
    return f"sync_{source}"


def sync_config(source: str, *, census: bool) -> dict[str, Any]:
    """Run config of a source's job."""
    return {"ops": {stream_assets.op_name(source): {"config": {"census": census}}}}


def configured(settings: Settings) -> list[str]:
    """The sources that hub.toml names."""
    return list(dict.fromkeys(source for source, _ in settings.instances()))


def build(settings: Settings) -> tuple[list[Any], list[dg.ScheduleDefinition], list[dg.SensorDefinition]]:
    """All jobs, schedules and sensors for these settings."""
    syncs = {source: _sync_job(source) for source in configured(settings)}
    models = dg.AssetSelection.groups(
        "rules", "staging", "intermediate", "delivery", "model_health", "program", "reports"
    )
    pack = dg.AssetSelection.assets(report_assets.WEEKLY_PACK)
    build_job = dg.define_asset_job(
        BUILD,
        selection=models - pack,
        description="Raw load, SQL models, checks, published file, reports.",
        executor_def=dg.in_process_executor,
    )
    compact_job = _compact_job(settings)
    pack_job = dg.define_asset_job(
        KEEP_PACK,
        selection=pack,
        description="Keeps this week's steering pack as the committee will see it.",
        executor_def=dg.in_process_executor,
    )
    schedules = [schedule for source, job in syncs.items() for schedule in _sync_schedules(source, job, settings)]
    schedules.append(
        dg.ScheduleDefinition(
            name="nightly_compaction",
            job=compact_job,
            cron_schedule="30 3 * * *",
            execution_timezone=settings.timezone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description="Compacts the landing zone and drops files nobody reads any more.",
        )
    )
    schedules.append(
        dg.ScheduleDefinition(
            name="weekly_steering_pack",
            job=pack_job,
            cron_schedule="0 6 * * 1",
            execution_timezone=settings.timezone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description="Keeps the steering pack of the week, page and slides, on Monday before the committee meets.",
        )
    )
    sensors: list[dg.SensorDefinition] = [
        _build_after(status, list(syncs.values()), build_job, settings)
        for status in (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE)
        if syncs
    ]
    sensors.append(liveness.sensor())
    every = [*syncs.values(), build_job, compact_job, pack_job]
    if settings.alerts:
        sensors.append(alerts.sensor(settings, settings.alerts, [job.name for job in every]))
    return every, schedules, sensors


def _sync_job(source: str) -> Any:
    return dg.define_asset_job(
        sync_job(source),
        selection=dg.AssetSelection.groups(source),
        description=f"Reads {source} into the landing zone.",
        executor_def=dg.in_process_executor,
    )


def _sync_schedules(source: str, job: Any, settings: Settings) -> Iterator[dg.ScheduleDefinition]:
    yield dg.ScheduleDefinition(
        name=f"hourly_{source}",
        job=job,
        cron_schedule="0 * * * *",
        execution_timezone=settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="What changed since the last read.",
    )
    yield dg.ScheduleDefinition(
        name=f"nightly_{source}_census",
        job=job,
        cron_schedule="30 2 * * *",
        execution_timezone=settings.timezone,
        run_config=sync_config(source, census=True),
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="The same, and a look for what was deleted at the source.",
    )


def _compact_job(settings: Settings) -> dg.JobDefinition:
    @dg.op(
        name="compact",
        description="Drops versions superseded longer ago than [privacy] retention_days, merges small files, writes"
        " checkpoints, removes superseded files.",
    )
    def compact(context: dg.OpExecutionContext) -> None:
        zone = landing.Zone(settings.landing_uri)
        older_than = datetime.now(UTC) - timedelta(days=settings.privacy.retention_days)
        dropped = zone.drop_superseded(older_than, spared=raw.keeps_history)
        zone.compact()
        context.log.info("the landing zone is compacted; %d superseded versions were dropped", sum(dropped.values()))
        old = context.instance.get_run_ids(dg.RunsFilter(created_before=datetime.now(UTC) - RUNS_KEPT))
        for dagster_run_id in old:
            context.instance.delete_run(dagster_run_id)
            liveness.forget(dagster_run_id)
        context.log.info("%d runs older than %d days were forgotten", len(old), RUNS_KEPT.days)

    @dg.job(name=COMPACT, description="Keeps the landing zone small and fast.", executor_def=dg.in_process_executor)
    def compact_landing() -> None:
        compact()

    return compact_landing


def unneeded(settings: Settings, now: datetime) -> str | None:
    """Why neither a build nor its reports are needed, in words; None if there is something to do."""
    if not settings.warehouse.exists():
        return None
    written = [settings.reports_dir / f"{name}.html" for name in reports.REPORTS]
    if not all(report.exists() and report.stat().st_mtime >= settings.warehouse.stat().st_mtime for report in written):
        return None
    return steps.repeated(settings, now)


def _build_after(
    status: dg.DagsterRunStatus, syncs: list[Any], build_job: Any, settings: Settings
) -> dg.SensorDefinition:
    """Asks for a build when a sync ended and no other is about to: also after a failed one, for what did land."""

    @dg.run_status_sensor(
        name=f"build_after_{status.value.lower()}",
        run_status=status,
        monitored_jobs=syncs,
        request_job=build_job,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Builds the warehouse when the last of the running syncs ended ({status.value.lower()}).",
    )
    def build_after(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        still_running = context.instance.get_run_records(
            dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
        )
        names = {job.name for job in syncs}
        recent = [
            record.dagster_run.job_name
            for record in still_running
            if record.dagster_run.job_name in names
            and datetime.now(UTC) - record.create_timestamp.astimezone(UTC) < PATIENCE
        ]
        if recent:
            return dg.SkipReason(f"{', '.join(sorted(recent))} still runs; its end starts the build")
        if reason := unneeded(settings, datetime.now(UTC)):
            return dg.SkipReason(f"no build: {reason}")
        # Dagster makes one run of a key: syncs that ended before the same look share a build.
        return dg.RunRequest(run_key=_last_ended(context.instance, names) or context.dagster_run.run_id)

    return build_after


def _last_ended(instance: dg.DagsterInstance, names: Iterable[str]) -> str | None:
    """The run of these jobs that ended last, by its id."""
    ended = [
        record
        for name in names
        for record in instance.get_run_records(dg.RunsFilter(job_name=name, statuses=[*alerts.ENDED]), limit=1)
    ]
    return max(ended, key=lambda record: record.end_time or 0).dagster_run.run_id if ended else None
