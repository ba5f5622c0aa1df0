"""The SQL models as assets: dbt's models, tests and seeds, built in one go into the build file, then published."""

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import dagster_dbt

from pipelines import liveness, sources, steps
from pipelines.settings import CHECKOUT, Settings, export, state_dir
from warehouse import build, fingerprint, landing, publish

PROJECT = CHECKOUT / "warehouse"
GROUPS = {"staging": "staging", "intermediate": "intermediate"}


class Translator(dagster_dbt.DagsterDbtTranslator):
    """dbt's names in Dagster: a model's name is its asset's, a raw table is the stream that lands in it."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """The bare name: marts.flow_weekly is the asset flow_weekly; a raw table is landing/<name>."""
        name = dbt_resource_props["name"]
        return dg.AssetKey(["landing", name] if dbt_resource_props["resource_type"] == "source" else name)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer, and for marts the subject."""
        folder = dbt_resource_props["fqn"][1:-1]
        if dbt_resource_props["resource_type"] == "seed":
            return "rules"
        return (
            folder[1]
            if folder[:1] == ["marts"] and len(folder) > 1
            else GROUPS.get(folder[0] if folder else "", "marts")
        )

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """Rules belong to those who run the program, SQL to those who run the platform."""
        is_rule = dbt_resource_props["resource_type"] == "seed"
        return ["team:program-management" if is_rule else "team:data-platform"]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The description alone; the SQL stands in the repository."""
        return str(dbt_resource_props.get("description") or "")


def manifest(project: Path = PROJECT) -> Path:
    """The compiled dbt project, made anew when a file of the project is younger than it."""
    target = state_dir() / "dbt"
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
    compiled = manifest(project)
    translator = Translator()
    dbt = dagster_dbt.DbtCliResource(
        project_dir=str(project), profiles_dir=str(project), dbt_executable=str(Path(sys.executable).with_name("dbt"))
    )

    @dagster_dbt.dbt_assets(
        manifest=compiled,
        name="sql_models",
        dagster_dbt_translator=translator,
        exclude="resource_type:unit_test",
        pool="warehouse",
    )
    def sql_models(context: dg.AssetExecutionContext) -> Iterator[Any]:
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
        except (publish.Busy, build.BuildError) as reason:
            raise dg.Failure(str(reason)) from reason

    def transformed(context: dg.AssetExecutionContext) -> Iterator[Any]:
        """What dbt built and checked, also when a blocking check failed; then that is raised, in words."""
        export(HUB_BUILD_FILE=str(settings.build_file))
        target = build.dbt_folder(settings.build_file)
        # Those of an earlier build: this one may not come to write its own.
        (target / "run_results.json").unlink(missing_ok=True)
        invocation = dbt.cli(["build"], context=context, target_path=target, raise_on_error=False)
        events = list(invocation.stream())
        counts = build.row_counts(settings.build_file)
        for event in events:
            yield _counted(event, counts)
        if not invocation.is_successful():
            raise dg.Failure(str(build.failure(_results(invocation)) or invocation.get_error()))

    marts = [
        key for key, group in sql_models.group_names_by_key.items() if group in {"delivery", "model_health", "program"}
    ]

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

    return [sql_models, published_warehouse]


def load_raw(settings: Settings, now: datetime, project: Path) -> None:
    """Makes the build file anew from the landing zone."""
    build.load_raw(
        landing.Zone(settings.landing_uri),
        settings.build_file,
        as_of=now,
        tables=sources.raw_tables(),
        variables=settings.variables,
        fingerprint=fingerprint.take(
            landing.Zone(settings.landing_uri), as_of=now, **steps.depends_on(settings, project)
        ),
    )


def _results(invocation: dagster_dbt.DbtCliInvocation) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Every step dbt took or skipped, with its result; none if it gave up before the first."""
    try:
        results = invocation.get_artifact("run_results.json")["results"]
    except FileNotFoundError:
        return []
    nodes = invocation.get_artifact("manifest.json")["nodes"]
    return [(nodes[result["unique_id"]], result) for result in results]


def _counted(event: Any, counts: Mapping[str, int]) -> Any:
    """The event with the table's row count, if it tells of a table that was built."""
    if isinstance(event, dg.Output) and (count := counts.get(_table(event))) is not None:
        return event.with_metadata({**event.metadata, "dagster/row_count": count})
    return event


def _table(event: dg.Output[Any]) -> str:
    unique_id = event.metadata.get("unique_id")
    return str(getattr(unique_id, "value", unique_id)).rsplit(".", 1)[-1]
