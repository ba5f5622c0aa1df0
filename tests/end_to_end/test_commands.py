"""The hub command against the demo's program: it finds the sources sound, answers while a build writes, tells faults."""

import duckdb
import pytest
from click.testing import CliRunner

from connectors.sandbox.story import facts
from pipelines.cli import main
from warehouse import publish, query


@pytest.fixture
def hub(program):
    """Runs a hub command with the demo's settings."""
    return lambda *arguments: CliRunner().invoke(main, arguments, env=program.environment)


def test_check_finds_every_source_sound_and_names_the_bad_cells(hub):
    answer = hub("check")
    for source in ("jira", "github", "mlflow", "sheets"):
        assert f"{source} lindholm" in answer.output
    assert 'Budget!F68: "12k" is not an amount' in answer.output


def test_a_query_is_answered_while_a_build_is_writing(hub, program):
    with publish.held(program.settings.build_file, "a build"), duckdb.connect(program.settings.build_file) as building:
        building.execute("begin; create table raw.half_done (id integer)")
        answer = hub("query", "--csv", "select count(*) as initiatives from marts.initiatives")
        building.execute("rollback")
    assert answer.exit_code == 0
    assert answer.output.split() == ["initiatives", "4"]


def test_a_query_cannot_change_anything(hub):
    answer = hub("query", "drop table marts.issues")
    assert answer.exit_code == 1
    assert "read-only" in answer.output


def test_the_four_initiatives_stand_as_the_story_says(program):
    with query.connect(program.settings.warehouse) as connection:
        found = dict(
            connection.execute(
                "select initiative_id, map_from_entries(list((dimension, status))) from marts.program_status"
                " where initiative_id is not null group by all"
            ).fetchall()
        )
    for initiative, fact in facts.FACTS.items():
        assert {dimension: found[initiative].get(dimension) for dimension in fact.colours} == fact.colours


def test_the_models_stand_as_the_story_says(program):
    with query.connect(program.settings.warehouse) as connection:
        found = dict(
            connection.execute(
                "select registered_models.name, model_health.status from marts.model_health join marts.registered_models using (model_id)"
            ).fetchall()
        )
    assert {name: found.get(name) for name in facts.MODEL_COLOURS} == facts.MODEL_COLOURS


def test_every_report_is_written_as_a_page_of_its_own(program):
    import reports

    for name in reports.REPORTS:
        assert (program.settings.reports_dir / f"{name}.html").stat().st_size > 10_000


def test_what_was_known_eight_weeks_ago_is_real(program):
    with query.connect(program.settings.warehouse) as connection:
        [(weeks,)] = connection.execute("select count(distinct seen_at) from marts.budget_changes").fetchall()
    assert weeks >= 3
