"""The story's people under pseudonyms in all that is published, and one of them erased for good.

It stands before the increments: what they edit would come in with the whole read after an erasure.
"""

import re
import shutil
import sqlite3
import zipfile
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import reports
from pipelines import erase, report_files, sources, steps
from pipelines.settings import SOURCES
from pipelines.sync import Options
from warehouse import build, landing, publish, query
from warehouse.privacy.secret import secret


def people(program):
    """Every name, mail and account of the story's people, machines left out."""
    told = [person for person in program.stage.sandbox.program.people if not person.is_bot]
    return {
        person.name: [
            text
            for text in (person.name, person.email, person.jira_account_id, person.github_login, person.mlflow_user)
            if text
        ]
        for person in told
    }


def tables(file: Path) -> dict[str, list]:
    """Every row of every table of a published file."""
    with duckdb.connect(file, read_only=True) as connection:
        names = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        return {name: connection.execute(f"from {name}").fetchall() for (name,) in names}


def figures(rows: list) -> list[float]:
    """Every figure of a table, sorted column by column: sums of the same numbers differ in their last digit."""
    columns = ([value for value in column if isinstance(value, int | float)] for column in zip(*rows, strict=True))
    return [value for column in columns for value in sorted(column)]


def written(folder: Path) -> dict[str, str]:
    """The text of every report, of slides their XML."""
    texts = {}
    for path in folder.rglob("*.*"):
        if path.suffix == ".pptx":
            with zipfile.ZipFile(path) as slides:
                texts[path.name] = "".join(slides.read(name).decode(errors="replace") for name in slides.namelist())
        else:
            texts[path.name] = path.read_text(encoding="utf-8")
    return texts


def found(texts: dict[str, object], identifiers: list[str]) -> list[tuple[str, str]]:
    """Where an identifier stands."""
    folded = {name: str(text).casefold() for name, text in texts.items()}
    return [(name, one) for name, text in folded.items() for one in identifiers if one.casefold() in text]


@pytest.fixture(scope="module")
def pseudonymised(program, tmp_path_factory):
    """Everything published under pseudonyms, raw payloads too, and the reports of it."""
    folder = tmp_path_factory.mktemp("pseudonymised")
    key = secret(folder)
    for name, published in (("one", ("marts", "staging", "raw")), ("two", ("marts",))):
        (folder / name).mkdir()
        publish.publish(program.settings.build_file, folder / name / "warehouse.duckdb", published, secret=key)
    report_files.write(
        program.settings, list(reports.REPORTS), None, folder / "one" / "warehouse.duckdb", folder / "reports"
    )
    return folder


def test_nobody_of_the_story_is_named_in_the_published_file_or_a_report(program, pseudonymised):
    """Not in one text of one column, payloads included; what is published without pseudonyms names them all."""
    identifiers = [one for texts in people(program).values() for one in texts]
    assert found(tables(pseudonymised / "one" / "warehouse.duckdb"), identifiers) == []
    assert found(written(pseudonymised / "reports"), identifiers) == []
    named = {one for _, one in found(tables(program.settings.warehouse), identifiers)}
    assert {name for name in people(program) if name in named}


def test_pseudonyms_change_no_count_and_no_join(program, pseudonymised):
    """As many people, accounts per person and issues per assignee; a second publication is the same, whatever else is in it."""
    query_of = """
        select
            (select count(*) from marts.people), (select count(distinct display_name) from marts.people),
            (select list(n order by n) from (select count(*) as n from marts.identities group by person_id)),
            (select list(n order by n) from (
                select count(*) as n from marts.issues join marts.people on assignee_person_id = person_id group by person_id
            )),
            (select list(n order by n) from (
                select count(*) as n from marts.pull_requests join marts.people on author_person_id = person_id group by person_id
            ))
    """
    answers = []
    for file in (program.settings.warehouse, pseudonymised / "one" / "warehouse.duckdb"):
        with query.connect(file) as connection:
            answers.append(connection.execute(query_of).fetchall())
    assert answers[0] == answers[1]
    one, two = (tables(pseudonymised / name / "warehouse.duckdb") for name in ("one", "two"))
    assert {name for name in one if name.startswith("marts.")} <= two.keys()
    assert {name: Counter(map(str, one[name])) for name in two} == {
        name: Counter(map(str, rows)) for name, rows in two.items()
    }


def test_what_would_be_erased_is_listed_and_nothing_changes(program, tmp_path, capsys):
    """By table, with the way to go on; in the sheets' tables alone, which are small."""
    landed = Path(program.settings.landing_uri)
    for table in landed.glob("lindholm/sheets_*"):
        shutil.copytree(table, tmp_path / "landing" / table.relative_to(landed))
    shutil.copy(program.settings.build_file, tmp_path / "build.duckdb")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "landing").rglob("*")}
    copy = program.settings.model_copy(update={"data_dir": str(tmp_path)})
    assert erase.erase(copy, "twrona", is_confirmed=False, now=program.stage.sandbox.now) == 0
    told = capsys.readouterr().out
    assert "tomasz.wrona@" in told
    assert re.search(r"^  lindholm sheets_people: \d+ version", told, re.MULTILINE)
    assert "repeat with --yes" in told
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "landing").rglob("*")}


@pytest.fixture(scope="module")
def history(program, tmp_path_factory):
    """A copy of what Dagster remembers, in which runs may be forgotten."""
    copy = tmp_path_factory.mktemp("history") / "state"
    shutil.copytree(program.environment["HUB_STATE"], copy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUB_STATE", str(copy))
        yield copy


@pytest.fixture(scope="module")
def erased(program, tmp_path_factory, history, compiled):
    """A copy of the program in which Tomasz Wrona was erased; then every source was read whole again and all built.

    The models are made without dbt, whose checks of the same rows the program's own build has passed.
    """
    folder = tmp_path_factory.mktemp("erased")
    assert history.exists()
    shutil.copytree(program.settings.landing_uri, folder / "landing")
    shutil.copy(program.settings.build_file, folder / "build.duckdb")
    copy = program.settings.model_copy(update={"data_dir": str(folder)})
    with query.connect(program.settings.warehouse) as connection:
        [(as_of,)] = connection.execute("select as_of from meta.build").fetchall()
    moment = datetime.fromisoformat(as_of)
    assert erase.erase(copy, "twrona", is_confirmed=True, now=moment) == 0
    assert steps.sync(copy, SOURCES, moment - timedelta(seconds=1), Options(full=True, census=True)) == 0
    zone = landing.Zone(copy.landing_uri)
    build.load_raw(zone, copy.build_file, as_of=moment, tables=sources.raw_tables(), variables=copy.variables)
    compiled.build(copy.build_file)
    publish.publish(copy.build_file, copy.warehouse, ("marts",))
    report_files.write(copy, list(reports.REPORTS), None, copy.warehouse, copy.reports_dir)
    return copy


def test_an_erased_person_stays_erased_after_the_next_sync_and_build(program, erased, history):
    """In the landing zone's files, in the build file, in what is published, in the reports, in what Dagster has shown."""
    identifiers = people(program)["Tomasz Wrona"]
    landed = {}
    for path in Path(erased.landing_uri).rglob("*"):
        if path.is_file():
            landed[str(path)] = path.read_bytes().decode(errors="replace")
        if path.suffix == ".parquet":
            parquet = duckdb.execute("from read_parquet(?, hive_partitioning = false)", [str(path)])
            landed[f"{path} read"] = str(parquet.fetchall())
    assert found(landed, identifiers) == []
    assert found(tables(erased.build_file), identifiers) == []
    assert found(written(erased.reports_dir), identifiers) == []
    remembered = {path.name: path.read_bytes().decode(errors="replace") for path in history.rglob("*.db")}
    assert found(remembered, identifiers) == []
    assert any(path.name == "index.db" for path in history.rglob("*.db"))


def test_erasure_changes_no_figure_and_the_next_sync_lands_nothing(program, erased):
    """The same rows in every mart, and no version more than before in any stream, except that one attempt more was made.

    Answers judged more than a week after they were given are seen by a read of everything alone, erasure or not.
    """
    before, after = tables(program.settings.warehouse), tables(erased.warehouse)
    for side in (before, after):
        del side["marts.genai_daily"]
    assert {name: len(rows) for name, rows in before.items()} == {name: len(rows) for name, rows in after.items()}
    changed = {name for name, rows in before.items() if figures(rows) != pytest.approx(figures(after[name]), rel=1e-9)}
    assert changed <= {"marts.source_freshness", "meta.build"}


def test_a_sync_under_way_lets_nobody_be_erased_and_the_other_way_round(erased, capsys):
    """Each is refused with a sentence, and nothing has changed."""
    with steps.landing_zone(erased):
        assert (
            erase.erase(erased, "aylin-demir", is_confirmed=True, now=datetime.fromisoformat("2026-11-24T06:00Z")) == 1
        )
    assert "a sync or another erasure is already under way" in capsys.readouterr().err
    with publish.held(Path(erased.data_dir) / "landing", "an erasure"), pytest.raises(publish.Busy):
        steps.sync(erased, ("sheets",), datetime.fromisoformat("2026-11-24T06:00Z"), Options())


def test_a_history_that_somebody_reads_is_told_with_what_to_do(erased, history):
    """Deleted rows would stay in its files."""
    assert erased
    with closing(sqlite3.connect(next(history.rglob("index.db")))) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from sqlite_master").fetchall()
        with pytest.raises(sqlite3.OperationalError) as refusal:
            erase._forget_shown()
    told = erase._said(refusal.value, "twrona")
    assert told.startswith("Dagster's history could not be cleared")
    assert told.endswith("stop its UI and repeat")
