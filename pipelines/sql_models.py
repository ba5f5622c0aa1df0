"""The SQL models as assets: dbt's models, tests and seeds, built in one go into the build file, then published."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from pipelines import liveness, sources, sql_specs, steps
from pipelines.progress import parts
from pipelines.settings import CHECKOUT, Settings
from warehouse import build, fingerprint, publish
from warehouse.landing import LandingDamaged

PROJECT = CHECKOUT / "warehouse"
MARTS = {"delivery", "model_health", "program"}
Told = Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]


def manifest(settings: Settings, project: Path = PROJECT) -> Path:
    """The compiled dbt project, made anew when a file of the project is younger; builds go on with what it parsed."""
    target = build.dbt_folder(settings.build_file)
    compiled = target / "manifest.json"
    parts = ("dbt_project.yml", "models/**/*", "seeds/*", "macros/**/*", "tests/**/*")
    youngest = max(path.stat().st_mtime for part in parts for path in project.glob(part))
    if not compiled.exists() or compiled.stat().st_mtime < youngest:
        build.parse(target, project=project)
    return compiled


def assets(
    settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC), *, project: Path = PROJECT
) -> list[dg.AssetsDefinition]:
    """All SQL models, and the published file behind the marts."""
    built = _sql_models(settings, clock, project)
    return [
        built,
        _published_warehouse(settings, [key for key, group in built.group_names_by_key.items() if group in MARTS]),
    ]


def _sql_models(settings: Settings, clock: Callable[[], datetime], project: Path) -> dg.AssetsDefinition:
    specs, checks = sql_specs.read(manifest(settings, project))

    @dg.multi_asset(name="sql_models", specs=specs, check_specs=checks, can_subset=True, pool="warehouse")
    def sql_models(context: dg.AssetExecutionContext) -> Told:
        """Loads raw from the landing zone, then builds and checks every SQL model."""
        liveness.claim(context.run.run_id)
        file = settings.build_file
        try:
            with publish.held(file, "a build"):
                if context.is_subset:
                    with build.in_part(file):
                        yield from transformed(context)
                else:
                    load_raw(settings, clock(), project)
                    yield from transformed(context)
                    build.approve(file)
        except (publish.Busy, build.BuildError, LandingDamaged) as reason:
            raise dg.Failure(str(reason)) from reason

    def transformed(context: dg.AssetExecutionContext) -> Told:
        """What dbt built and checked, also when a blocking check failed; then that is raised, in words."""
        done = build.transform(
            settings.build_file,
            select=_selected(context) if context.is_subset else (),
            project=project,
            progress=parts(lambda name, number, total: context.log.info("%s of %s: %s", number, total, name)),
        )
        yield from _told(done, build.row_counts(settings.build_file), context.assets_def)
        if error := build.failure(done):
            raise error

    return sql_models


def _selected(context: dg.AssetExecutionContext) -> list[str]:
    """The names of the SQL models and checks of a run of only some."""
    return [
        *(key.path[-1] for key in context.selected_asset_keys),
        *(key.name for key in context.selected_asset_check_keys),
    ]


def _told(done: Iterable[build.Step], counts: dict[str, int], known: dg.AssetsDefinition) -> Told:
    """Every finished step as Dagster is told of it: a table with its rows, or a check with what it found."""
    checks = {key.name: key.asset_key for key in known.check_keys}
    for step in done:
        if subject := checks.get(step.name):
            if step.status != "skipped":
                yield dg.AssetCheckResult(
                    check_name=step.name,
                    asset_key=subject,
                    passed=step.status == "pass",
                    severity=dg.AssetCheckSeverity.WARN if step.status == "warn" else dg.AssetCheckSeverity.ERROR,
                    description=step.words or None,
                    metadata={"rows that do not hold": step.failures, "seconds": step.seconds},
                )
        elif step.status == "success":
            yield dg.MaterializeResult(
                asset_key=step.name, metadata={"dagster/row_count": counts[step.name], "seconds": step.seconds}
            )


def _published_warehouse(settings: Settings, marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    @dg.asset(
        name="published_warehouse",
        deps=marts,
        group_name="program",
        kinds={"duckdb"},
        owners=["team:data-platform"],
        pool="warehouse",
        description="The file that people query: the marts of a finished, checked build, swapped in whole. Readers of the previous one are not disturbed.",
    )
    def published_warehouse() -> dg.MaterializeResult[None]:
        try:
            with publish.held(settings.build_file, "a build"):
                published = publish.publish(
                    settings.build_file,
                    settings.warehouse,
                    schemas=tuple(settings.publish),
                    secret=steps.secret(settings),
                )
        except (publish.Busy, publish.NotApproved) as reason:
            raise dg.Failure(str(reason)) from reason
        return dg.MaterializeResult(
            metadata={
                "file": dg.MetadataValue.path(str(settings.warehouse)),
                "tables": published.table_count,
                "dagster/row_count": published.row_count,
                "megabytes": round(settings.warehouse.stat().st_size / 1e6, 2),
            }
        )

    return published_warehouse


def load_raw(settings: Settings, now: datetime, project: Path) -> None:
    """Makes the build file anew from the landing zone."""
    zone = steps.landed(settings)
    build.load_raw(
        zone,
        settings.build_file,
        as_of=now,
        tables=sources.raw_tables(),
        variables=settings.variables,
        fingerprint=fingerprint.take(zone, as_of=now, **steps.depends_on(settings, project)),
    )
