"""The hub command against the demo's program: it finds the sources sound, answers while a build writes, tells faults."""

import re
from datetime import timedelta

import duckdb
import pytest
from click.testing import CliRunner

from connectors.sandbox.story import facts
from pipelines.cli import main
from tests.reports.reading import Page
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


READING = re.compile(
    r"GET .*|POST \S*/(search/jql|search/approximate-count|issue/bulkfetch|changelog/bulkfetch|worklog/list|graphql|token)(\?.*)?"
)
"""What changes nothing: POST is how Jira takes long lists of ids, GitHub its queries, and Google gives tokens."""


def test_the_hosted_sources_were_only_read(program):
    """In nine weeks of syncs and a whole run."""
    asked = program.stage.sandbox.requests
    assert len(asked) > 500
    assert [line for line in asked if not READING.fullmatch(line)] == []


def test_no_mail_address_of_the_story_is_published(program):
    """Accounts, tags and the registry's trail are of people who are known by one."""
    mails = "|".join(re.escape(person.email) for person in program.stage.sandbox.program.people if person.email)
    with query.connect(program.settings.warehouse) as connection:
        marts = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        found = [
            name
            for (name,) in marts
            if connection.execute(
                f"select 1 from marts.{name} as row where regexp_matches(lower(row::varchar), ?) limit 1", [mails]
            ).fetchall()
        ]
    assert mails
    assert found == []


def test_every_report_is_written_as_a_page_of_its_own(program):
    import reports

    for name in reports.REPORTS:
        assert (program.settings.reports_dir / f"{name}.html").stat().st_size > 10_000


def test_what_was_known_eight_weeks_ago_is_real(program):
    with query.connect(program.settings.warehouse) as connection:
        [(weeks,)] = connection.execute("select count(distinct seen_at) from marts.budget_changes").fetchall()
    assert weeks >= 3


def test_a_report_of_another_day_tells_what_was_known_then(hub, program):
    """Before the newest actuals came in: without them, in a folder of its own, and today's file and pages stay."""
    with query.connect(program.settings.warehouse) as connection:
        [(seen_at, late)] = connection.execute(
            "select seen_at, sum(new_amount - coalesce(old_amount, 0)) from marts.budget_changes where field = 'actual'"
            " group by seen_at order by seen_at desc limit 1"
        ).fetchall()
        [(spent,)] = connection.execute(
            "select sum(actual_amount) from marts.budget_lines where not is_reserve and month_date < date_trunc('month', ?::timestamp)",
            [seen_at],
        ).fetchall()
    day = (seen_at - timedelta(days=1)).date()
    pages = {path: path.read_bytes() for path in program.settings.reports_dir.glob("*.html")}
    answer = hub("report", "budget", "--as-of", day.isoformat(), "--format", "html")
    assert answer.exit_code == 0, answer.output
    folder = program.settings.reports_dir / f"as-of-{day.isoformat()}"
    assert {path.name for path in folder.iterdir()} == {"budget.html", "index.html"}
    then, now = (Page((at / "budget.html").read_text()) for at in (folder, program.settings.reports_dir))
    assert f"As of {day:%-d %b %Y}, 23:59" in then.text
    hovers = {value for _, name, value in then.attributes if name == "title"}
    assert late > 0
    # What misses a cell is said to be at least so much.
    assert any(f"€{spent - late:,.2f}" in hover for hover in hovers)
    later = {value for _, name, value in now.attributes if name == "title"} - hovers
    assert any(f"€{spent:,.2f}" in hover for hover in later)
    assert {path: path.read_bytes() for path in pages} == pages
    assert not list(program.settings.reports_dir.glob(".as-of-*"))
