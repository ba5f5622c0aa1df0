"""The whole build with a dbt project of three models: load, transform, check, publish or refuse."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse import build, publish, query, raw
from warehouse.landing import Row, Zone

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
VARIABLES = {"timezone": "Europe/Berlin", "currency": "EUR"}

FILES = {
    "dbt_project.yml": """
        name: tiny
        version: "1.0"
        profile: hub
        flags: {send_anonymous_usage_stats: false}
        models:
          tiny:
            +materialized: table
            +persist_docs: {relation: true, columns: true}
    """,
    "profiles.yml": """
        hub:
          target: build
          outputs:
            build: {type: duckdb, path: ":memory:", database: hub, plugins: [{module: warehouse.build_file}], attach: [{path: ":memory:", alias: hub}], settings: {schema: hub.main}, schema: main, threads: 2}
    """,
    "macros/schema.sql": "{% macro generate_schema_name(custom, node) %}{{ custom or 'main' }}{% endmacro %}",
    "models/stg_issues.sql": """
        {{ config(schema='staging', materialized='view') }}
        select instance || ':' || id as issue_id, (payload->>'points')::double as points from raw.jira_issues
        where is_current and deleted_at is null
    """,
    "models/issues.sql": """
        {{ config(schema='marts') }}
        select issue_id, points, cast(meta.as_of() as varchar) as as_of, meta.currency() as currency
        from {{ ref('stg_issues') }}
    """,
    "models/totals.sql": "{{ config(schema='marts') }} select sum(points) as points from {{ ref('issues') }}",
    "models/models.yml": """
        models:
          - name: issues
            description: One row per issue.
            columns:
              - name: issue_id
                description: The issue.
                data_tests: [unique, not_null]
              - name: points
                data_tests:
                  - not_null: {config: {severity: warn}}
    """,
    "tests/points_are_positive.sql": "select * from {{ ref('issues') }} where points < 0",
    "tests/names.yml": """
        data_tests:
          - name: points_are_positive
            description: Nobody estimates less than nothing.
    """,
}


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What dbt keeps of the project once it has read it, its own macros above all."""
    folder = tmp_path_factory.mktemp("parsed")
    write(folder / "project", FILES)
    return build.parse(folder / "dbt", project=folder / "project").with_name("partial_parse.msgpack")


@pytest.fixture
def project(tmp_path: Path, parsed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project, of which dbt has to read only what a test changes."""
    monkeypatch.setenv("DBT_PARTIAL_PARSE_FILE_PATH", str(parsed))
    folder = tmp_path / "project"
    write(folder, FILES)
    return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = text.strip("\n").splitlines()
        indent = len(lines[0]) - len(lines[0].lstrip())
        file.write_text("\n".join(line[indent:] for line in lines) + "\n")


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    return Zone(tmp_path / "data" / "landing")


def land(zone: Zone, **points: float | None) -> None:
    rows = [Row(issue, {"points": value}) for issue, value in points.items()]
    zone.open("acme", "jira_issues").append(rows, cursor=None, synced_at=NOON)


def built(zone: Zone, project: Path, **options: Any) -> build.BuildResult:
    output = Path(zone.uri).parent / "warehouse.duckdb"
    return build.build(
        zone, output, as_of=NOON, variables=VARIABLES, tables=["jira_issues"], project=project, **options
    )  # fmt: skip


def asked(zone: Zone, sql: str) -> list[tuple[Any, ...]]:
    with query.connect(Path(zone.uri).parent / "warehouse.duckdb") as connection:
        return connection.execute(sql).fetchall()


def test_what_landed_is_published(zone: Zone, project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Raw, models, checks, file; settings reach SQL; progress is told; nothing is printed, set or left in the source tree."""
    environment = dict(os.environ)
    land(zone, a=1.0, b=2.5)
    before = sorted(project.rglob("*"))
    steps: list[tuple[str, int, int]] = []
    result = built(zone, project, progress=lambda *step: steps.append(step))
    assert result.row_counts == {"marts.issues": 2, "marts.totals": 1}
    assert result.warnings == ()
    assert asked(zone, "from issues order by issue_id") == [
        ("acme:a", 1.0, "2026-11-24 12:00:00", "EUR"),
        ("acme:b", 2.5, "2026-11-24 12:00:00", "EUR"),
    ]
    assert asked(zone, "select as_of, timezone, currency, hub_version from meta.build") == [
        ("2026-11-24T12:00:00Z", "Europe/Berlin", "EUR", "0.1.0")
    ]
    assert asked(zone, "select comment from duckdb_columns() where column_name = 'issue_id'") == [("The issue.",)]
    assert {name for name, _, _ in steps} >= {"stg_issues", "issues", "totals", "points_are_positive"}
    assert {total for _, _, total in steps} == {7}
    assert sorted(done for _, done, _ in steps) == [1, 2, 3, 4, 5, 6, 7]
    assert capfd.readouterr() == ("", "")
    assert dict(os.environ) == environment
    assert sorted(project.rglob("*")) == before


PROVEN = {
    **{
        str(file): (build.PROJECT / file).read_text()
        for file in ("macros/prove.sql", "macros/table.sql", "tests/generic/grain.sql", "tests/generic/conserves.sql")
    },
    "models/stg_issues.sql": """
        {{ config(schema='staging') }}
        select instance || ':' || id as issue_id, (payload->>'points')::double as points from raw.jira_issues
        where is_current and (payload->>'points')::double <> 13
    """,
    "seeds/rules.csv": "name,value\nstale,5\n",
    "seeds/seeds.yml": """
        seeds:
          - name: rules
            config: {meta: {grain: [name]}, post_hook: "{{ prove(this, model.config.meta) }}"}
    """,
    "models/sources.yml": "sources: [{name: raw, database: hub, tables: [{name: jira_issues}]}]",
    "models/staging.yml": """
        models:
          - name: stg_issues
            config: {meta: {grain: ["coalesce(points, '-1')"], conserves: {table: jira_issues, id: issue_id}}}
    """,
}
"""The tiny project's staging as a table that proves what it must hold, by the hub's own macros."""


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (
            {"a": 1.0, "b": 1.0},
            'stg_issues: .*rows share their grain .* or leave it open, 1 of them, such as .*"row_count":2',
        ),
        ({"a": 1.0, "b": 13.0}, 'stg_issues: .*records of raw.jira_issues were lost, 1 of them, such as .*"id":"b"'),
    ],
)
def test_a_relation_that_does_not_hold_what_it_must_ends_the_build(
    zone: Zone, project: Path, points: dict[str, float], words: str
) -> None:
    """It is told with an example; nothing is made from it, and nothing published."""
    write(project, PROVEN)
    land(zone, **points)
    with pytest.raises(build.BuildError, match=words) as failure:
        built(zone, project)
    assert "further steps were not taken" in str(failure.value)
    assert not (Path(zone.uri).parent / "warehouse.duckdb").exists()
    land(zone, b=2.0)
    assert built(zone, project).row_counts == {"marts.issues": 2, "marts.totals": 1}


def test_a_rule_that_stands_there_twice_ends_the_build(zone: Zone, project: Path) -> None:
    """Seeds are edited by hand; which of the two rows counts nobody could say."""
    write(project, {**PROVEN, "seeds/rules.csv": "name,value\nstale,5\nstale,7\n"})
    land(zone, a=1.0)
    with pytest.raises(build.BuildError, match=r'rules: .*rows share their grain \(name\).*"name":"stale"'):
        built(zone, project)


def test_a_failed_check_publishes_nothing(zone: Zone, project: Path) -> None:
    """The published file stays as it was, and the error says in words what did not hold."""
    land(zone, a=1.0)
    built(zone, project)
    land(zone, a=-1.0)
    with pytest.raises(build.BuildError, match="nothing was published") as failure:
        built(zone, project)
    assert failure.value.failed_checks == (
        "issues: points_are_positive (Nobody estimates less than nothing.): 1 row does not hold",
    )
    assert asked(zone, "select points from issues") == [(1.0,)]
    land(zone, a=3.0)
    built(zone, project)
    assert asked(zone, "select points from issues") == [(3.0,)]


def test_a_check_that_warns_blocks_nothing(zone: Zone, project: Path) -> None:
    """It is told, with the column and the number of rows."""
    land(zone, a=1.0, b=None)
    result = built(zone, project)
    assert result.warnings == ("issues, column points: not_null_issues_points: 1 row does not hold",)
    assert asked(zone, "select count(*) from issues") == [(2,)]


def test_a_broken_model_publishes_nothing(zone: Zone, project: Path) -> None:
    """The database's own words come through, and what could not be built after it is counted."""
    land(zone, a=1.0)
    (project / "models/issues.sql").write_text("{{ config(schema='marts') }} select 'x'::int as issue_id, 1 as points")
    with pytest.raises(build.BuildError, match="further steps were not taken") as failure:
        built(zone, project)
    assert len(failure.value.failed_checks) == 1
    assert failure.value.failed_checks[0].startswith("issues: ")
    assert "Could not convert string 'x'" in failure.value.failed_checks[0]
    assert not (Path(zone.uri).parent / "warehouse.duckdb").exists()


def test_a_project_that_does_not_compile_is_an_error(zone: Zone, project: Path) -> None:
    """Also when dbt gives up before its first step."""
    (project / "models/issues.sql").write_text("select * from {{ ref('nowhere') }}")
    with pytest.raises(build.BuildError, match="nowhere"):
        built(zone, project)


def test_a_landing_table_without_its_log_ends_the_build(zone: Zone, project: Path) -> None:
    """Published without it, the warehouse would hold fewer rows and nobody would know. All such tables are named."""
    land(zone, a=1)
    zone.open("beta", "jira_issues").append([Row("b", {"points": 1})], cursor=None, synced_at=NOON)
    built(zone, project)
    folders = [Path(zone.uri) / instance / "jira_issues" for instance in ("acme", "beta")]
    for folder in folders:
        shutil.rmtree(folder / "_delta_log")
    with pytest.raises(build.BuildError, match="nothing was published") as refusal:
        built(zone, project)
    assert all(str(folder) in str(refusal.value) for folder in folders)
    assert str(refusal.value).count("Restore the folder from a backup") == 1
    assert len(asked(zone, "select 1 from marts.issues")) == 2


def test_one_build_at_a_time(zone: Zone, project: Path) -> None:
    """The second is told so and disturbs nothing."""
    build_file = Path(zone.uri).parent / "warehouse_build.duckdb"
    with publish.held(build_file, "a build"), pytest.raises(build.BuildError, match="a build is already under way"):
        built(zone, project)


def test_nothing_landed_still_builds(zone: Zone, project: Path) -> None:
    """Every mart is there, empty."""
    assert built(zone, project).row_counts == {"marts.issues": 0, "marts.totals": 1}


def test_a_model_that_is_gone_leaves_no_table(zone: Zone, project: Path) -> None:
    """The build file is made anew each time."""
    built(zone, project)
    (project / "models/totals.sql").unlink()
    assert built(zone, project).row_counts == {"marts.issues": 0}


def test_the_same_landing_zone_gives_the_same_warehouse(zone: Zone, project: Path) -> None:
    """A warehouse can be thrown away and built again."""
    land(zone, a=1.0, b=2.0)
    built(zone, project)
    first = asked(zone, "from issues order by all")
    for file in Path(zone.uri).parent.glob("*.duckdb"):
        file.unlink()
    built(zone, project)
    assert asked(zone, "from issues order by all") == first


def test_another_moment_is_no_reason_to_parse_again(zone: Zone, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project is read once: the instant and the settings are in the build file, not in the SQL."""
    monkeypatch.delenv("DBT_PARTIAL_PARSE_FILE_PATH")
    output = Path(zone.uri).parent / "warehouse.duckdb"
    parsed = build.dbt_folder(output.with_name("warehouse_build.duckdb")) / "partial_parse.msgpack"
    written = []
    for hours, currency in ((0, "EUR"), (1, "USD")):
        build.build(
            zone, output, as_of=NOON + timedelta(hours=hours), variables={"currency": currency}, tables=["jira_issues"],
            project=project,
        )  # fmt: skip
        written.append(parsed.stat().st_mtime_ns)  # dbt writes it after it has parsed anything
    assert len(set(written)) == 1
    elsewhere = output.with_name("of_another_day.duckdb")
    for known, own in ((parsed.parent, False), (None, True)):
        build.build(zone, elsewhere, as_of=NOON, variables={}, tables=["jira_issues"], project=project, parsed=known)
        its_own = build.dbt_folder(elsewhere.with_name("of_another_day_build.duckdb")) / "partial_parse.msgpack"
        assert its_own.exists() is own


def test_the_steps_can_be_taken_one_by_one(zone: Zone, project: Path, tmp_path: Path) -> None:
    """As an orchestrator takes them: compile, load, and count what is in the build file."""
    manifest = build.parse(tmp_path / "dbt", project=project)
    assert manifest.is_file()
    land(zone, a=1.0)
    build_file = tmp_path / "data" / "build.duckdb"
    build.load_raw(zone, build_file, as_of=NOON, tables=["jira_issues"], variables=VARIABLES)
    assert build.row_counts(build_file) == {"build": 1, "hub_sync_attempts": 0, "jira_issues": 1}
    with duckdb.connect(build_file) as connection:
        connection.execute("create schema marts; create table marts.issues as select 1 as x")
    with pytest.raises(publish.NotApproved, match="not all of its checks have passed"):
        publish.publish(build_file, tmp_path / "data" / "warehouse.duckdb")
    build.approve(build_file)
    published = publish.publish(build_file, tmp_path / "data" / "warehouse.duckdb")
    assert (published.table_count, published.row_count) == (1, 1)


def test_a_part_that_fails_takes_the_approval_with_it(zone: Zone, tmp_path: Path) -> None:
    """Built again in part a file stays what it was, unless that breaks off; it no longer counts as built of one piece."""
    build_file = tmp_path / "data" / "build.duckdb"
    build_file.parent.mkdir()
    with pytest.raises(build.BuildError, match="build everything once"), build.in_part(build_file):
        pass
    build.load_raw(zone, build_file, as_of=NOON, tables=[], variables=VARIABLES, fingerprint="f")
    build.approve(build_file)
    with build.in_part(build_file):
        pass
    publish.publish(build_file, tmp_path / "data" / "warehouse.duckdb", schemas=[])
    assert asked(zone, "select fingerprint from meta.build") == [("",)]
    with pytest.raises(ZeroDivisionError), build.in_part(build_file):
        raise ZeroDivisionError
    with pytest.raises(publish.NotApproved):
        publish.publish(build_file, tmp_path / "data" / "warehouse.duckdb", schemas=[])


def test_whoever_writes_a_build_file_groups_its_rows_alike(zone: Zone, project: Path) -> None:
    """Told another size, DuckDB would make all tables anew when the next one writes, which takes longer than to build them."""
    rows = 2 * raw.ROWS_PER_GROUP
    (project / "models" / "totals.sql").write_text(f"select range as points from range({rows})")
    built(zone, project)
    with duckdb.connect(Path(zone.uri).parent / "warehouse_build.duckdb", read_only=True) as connection:
        connection.execute("use marts")
        groups = connection.execute(
            "select sum(count) from pragma_storage_info('totals') where segment_type <> 'VALIDITY' group by row_group_id"
        ).fetchall()
    assert groups == [(raw.ROWS_PER_GROUP,), (raw.ROWS_PER_GROUP,)]


def test_ctrl_c_while_dbt_works_is_no_error_of_the_build(
    tmp_path: Path, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dbt hands it over as what went wrong, without a word."""
    from dbt.cli.main import dbtRunner, dbtRunnerResult

    interrupted = dbtRunnerResult(success=False, exception=KeyboardInterrupt())
    monkeypatch.setattr(dbtRunner, "invoke", lambda *_: interrupted)
    with pytest.raises(KeyboardInterrupt):
        build.build(zone, tmp_path / "warehouse.duckdb", as_of=NOON, tables=[], variables=VARIABLES)
