"""A build that could only repeat the published warehouse is skipped, and says so; missing reports are reason enough for a run."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import reports
from pipelines import jobs, settings, steps
from warehouse import fingerprint, landing

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def program(tmp_path):
    """Settings whose warehouse was published at noon from an empty landing zone."""
    site = settings.Jira(name="acme", url="https://acme.example", token="env:JIRA_TOKEN", projects=["APP"])
    program = settings.Settings(data_dir=str(tmp_path / "data"), timezone="Europe/Berlin", jira=[site])
    program.warehouse.parent.mkdir()
    mark = fingerprint.take(steps.landed(program), as_of=NOON, **steps.depends_on(program))
    with duckdb.connect(program.warehouse) as connection:
        connection.execute("create schema meta")
        connection.execute("create table meta.build as select ? as fingerprint, ? as as_of", [mark, str(NOON)])
    return program


def land(program):
    zone = landing.Zone(program.landing_uri)
    zone.open("acme", "jira_issues").append([landing.Row("1", {})], cursor=None, synced_at=NOON)


def test_a_build_without_news_is_skipped_and_says_why(program, capsys):
    assert steps.build(program, NOON + timedelta(hours=1)) == 0
    said = capsys.readouterr().out
    assert said.startswith(
        f"skipped: nothing new has landed since {program.warehouse} was built as of 2026-11-24 12:00"
    )
    assert "--force" in said
    assert not program.build_file.exists()


def test_news_another_day_and_another_file_are_no_repetition(program, tmp_path):
    assert steps.repeated(program, NOON)
    assert steps.repeated(program, NOON + timedelta(days=1)) is None
    assert steps.repeated(program, NOON, tmp_path / "other.duckdb") is None
    land(program)
    assert steps.repeated(program, NOON) is None


def test_an_empty_landing_zone_replaces_no_warehouse_that_shows_sources(program, capsys):
    """It was removed or its place renamed. A sync reads everything anew, and then it is built."""
    with duckdb.connect(program.warehouse) as connection:
        connection.execute("create schema marts; create table marts.source_freshness (last_success_at timestamp)")
        connection.execute("insert into marts.source_freshness values (null)")
    assert steps.repeated(program, NOON)
    with duckdb.connect(program.warehouse) as connection:
        connection.execute("insert into marts.source_freshness values ('2026-11-24')")
    published = program.warehouse.read_bytes()
    assert steps.repeated(program, NOON) is None
    assert steps.build(program, NOON, force=True) == 1
    assert capsys.readouterr().err.startswith(
        f"nothing was published: {program.landing_uri}: the landing zone is empty"
    )
    assert program.warehouse.read_bytes() == published
    land(program)
    assert list(steps.landed(program).tables()) == [("acme", "jira_issues")]


def test_a_run_is_needed_until_its_reports_are_as_new_as_the_warehouse(program):
    assert jobs.unneeded(program, NOON) is None
    program.reports_dir.mkdir()
    for name in reports.REPORTS:
        (program.reports_dir / f"{name}.html").write_text("")
    assert "nothing new has landed" in jobs.unneeded(program, NOON)
    os.utime(program.reports_dir / f"{name}.html", (0, 0))
    assert jobs.unneeded(program, NOON) is None


def test_a_landing_table_without_its_log_is_no_news_but_an_error(program, capsys):
    land(program)
    folder = next(path.parent for path in Path(program.landing_uri).glob("*/*/_delta_log"))
    shutil.rmtree(folder / "_delta_log")
    assert steps.build(program, NOON) == 1
    assert f"nothing was published: {folder}: the files of a landing table lie here" in capsys.readouterr().err


def test_a_build_names_the_instance_and_the_tab_that_it_leaves_out(program, capsys):
    """What was renamed or taken out of the settings; a table that is damaged ends this build before it begins."""
    land(program)
    zone = landing.Zone(program.landing_uri)
    for instance, name in (("old", "jira_issues"), ("plan", "sheets_budget"), ("plan", "sheets_risks")):
        zone.open(instance, name).append([landing.Row("1", {})], cursor=None, synced_at=NOON)
    shutil.rmtree(zone.place("acme", "jira_issues") / "_delta_log")
    plan = settings.Sheets(name="plan", spreadsheet="1AbC", tabs={"budget": "Budget"})
    assert steps.build(program.model_copy(update={"sheets": [plan]}), NOON) == 1
    told = capsys.readouterr().err
    assert [line.partition(":")[0] for line in told.splitlines() if line.startswith("warning")] == [
        "warning  jira 'old' has landed but is not in the settings",
        "warning  sheets risks of 'plan' has landed but is not under [sheets.tabs]",
    ]
