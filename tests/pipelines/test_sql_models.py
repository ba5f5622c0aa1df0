"""Builds as Dagster runs them, with a dbt project of two models: what is published, what is refused, and in which words."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from pipelines import settings, sql_models, steps
from warehouse import fingerprint, landing, publish, query

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

FILES = {
    "dbt_project.yml": """
name: tiny
version: "1.0"
profile: hub
flags: {send_anonymous_usage_stats: false}
models: {tiny: {+materialized: table, marts: {+schema: marts}}}
""",
    "profiles.yml": """
hub:
  target: build
  outputs:
    build: {type: duckdb, path: ":memory:", database: hub, plugins: [{module: warehouse.build_file}], attach: [{path: ":memory:", alias: hub}], settings: {schema: hub.main}, schema: staging, threads: 2}
""",
    "macros/schema.sql": "{% macro generate_schema_name(custom, node) %}{{ custom or 'staging' }}{% endmacro %}",
    "models/staging/stg_issues.sql": "select id, (payload->>'points')::int as points from raw.jira_issues where is_current",
    "models/marts/delivery/issues.sql": "select id, points from {{ ref('stg_issues') }}",
    "models/models.yml": """
models:
  - name: stg_issues
    columns:
      - name: points
        data_tests:
          - not_null: {config: {severity: error}, description: Every issue is estimated.}
""",
}


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUB_STATE", str(folder / "state"))
        site = settings.Jira(name="acme", url="https://acme.example", token="env:JIRA_TOKEN", projects=["APP"])
        yield settings.Settings(data_dir=str(folder / "data"), timezone="Europe/Berlin", jira=[site])


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def assets(program, project):
    return sql_models.assets(program, lambda: NOON, project=project)


def land(program, **points):
    rows = [landing.Row(issue, {"points": value}) for issue, value in points.items()]
    landing.Zone(program.landing_uri).open("acme", "jira_issues").append(rows, cursor=None, synced_at=NOON)


def run(assets, **options):
    return dg.materialize(assets, raise_on_error=False, **options)


def reasons(result):
    """Why steps failed, as the UI shows it."""
    return [
        event.step_failure_data.user_failure_data.description for event in result.all_events if event.is_step_failure
    ]


def test_a_build_beside_another_one_is_told_so(program, assets):
    """Whichever way the other one was started, nothing of it is disturbed."""
    with publish.held(program.build_file, "a build"):
        [reason] = reasons(run(assets))
    assert "a build is already under way" in reason
    assert not program.build_file.exists()


def test_a_failed_check_publishes_nothing_and_says_why(program, assets, project):
    """As `hub build` does, in the same words; nor can the refused build be published by hand; a repaired one is."""
    land(program, a=None)
    refused = run(assets)
    [reason] = reasons(refused)
    assert reason.splitlines() == [
        "nothing was published: 1 of 3 steps failed, so 1 further steps were not taken",
        "  stg_issues, column points: not_null_stg_issues_points (Every issue is estimated.): 1 row does not hold",
    ]
    assert [check.passed for check in refused.get_asset_check_evaluations()] == [False]
    [reason] = reasons(run(assets, selection="published_warehouse"))
    assert "not all of its checks have passed" in reason
    assert not program.warehouse.exists()
    land(program, a=2)
    assert run(assets).success
    with query.connect(program.warehouse) as connection:
        assert connection.execute("from issues").fetchall() == [("a", 2)]
    mark = fingerprint.take(steps.landed(program), as_of=NOON, **steps.depends_on(program, project))
    assert fingerprint.repeated(program.warehouse, mark) == "2026-11-24T12:00:00Z"


def test_a_part_is_built_again_with_its_checks(program, assets):
    """Only what was asked for is made, in the build there is."""
    land(program, a=2)
    assert run(assets).success
    again = run(assets, selection=dg.AssetSelection.assets("stg_issues"))
    assert [event.asset_key.to_user_string() for event in again.get_asset_materialization_events()] == ["stg_issues"]
    assert [check.passed for check in again.get_asset_check_evaluations()] == [True]


def test_assets_say_what_they_are(assets):
    """Group, owner, kinds, columns, what they are made from, and which checks block."""
    built, _published = assets
    staged, mart = (built.specs_by_key[dg.AssetKey(name)] for name in ("stg_issues", "issues"))
    assert (staged.group_name, mart.group_name) == ("staging", "delivery")
    assert [column.name for column in staged.metadata["dagster/column_schema"].columns] == ["points"]
    assert [dep.asset_key for dep in mart.deps] == [dg.AssetKey("stg_issues")]
    assert (mart.owners, mart.kinds) == (["team:data-platform"], {"dbt", "duckdb"})
    [check] = built.check_specs
    assert (check.name, check.asset_key, check.blocking) == ("not_null_stg_issues_points", staged.key, True)
    assert check.description == "Every issue is estimated."
