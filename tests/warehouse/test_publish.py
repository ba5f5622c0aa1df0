"""The published file: what is in it, and how it takes its predecessor's place."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from warehouse import query
from warehouse.publish import Busy, held, previous, publish

SECRET = "anna.secret@example.com, mailed to nobody at all, ever"


@pytest.fixture
def build_file(tmp_path: Path) -> Path:
    """A build with raw mails, a staging view over them, and two marts."""
    path = tmp_path / "build" / "program.duckdb"
    path.parent.mkdir()
    with duckdb.connect(path) as connection:
        connection.execute(
            f"""
            create schema raw; create schema staging; create schema marts;
            create table raw.people as select '{SECRET}' as email, 7 as person_number from range(1000);
            create view staging.people as select person_number from program.raw.people;
            create table marts.issues (issue_id varchar, labels varchar[], hours double, facts map(varchar, double));
            insert into marts.issues values ('acme:1', ['a', 'b'], 1.5, map {{'loss': 0.1}}), ('acme:2', [], null, null);
            create table marts.empty (day_date date);
            comment on table marts.issues is 'A Jira issue; it''s one row each';
            comment on column marts.issues.hours is 'Hours, "elapsed"';
            """
        )
    return path


def mark(build_file: Path, value: str) -> Path:
    """A build whose only mart says which one it is."""
    with duckdb.connect(build_file) as connection:
        connection.execute(
            f"create schema if not exists marts; create or replace table marts.which as select '{value}' v"
        )
    return build_file


def which(path: Path) -> str:
    with query.connect(path) as connection:
        return str(connection.execute("select v from which").fetchall()[0][0])


def test_only_the_chosen_schemas_are_in_the_file(build_file: Path, tmp_path: Path) -> None:
    """Marts come with their types and rows; of the mails in raw no byte is left."""
    target = tmp_path / "warehouse.duckdb"
    assert publish(build_file, target).row_counts == {"marts.empty": 0, "marts.issues": 2}
    with query.connect(target) as connection:
        assert connection.execute("from issues order by issue_id").fetchall() == [
            ("acme:1", ["a", "b"], 1.5, {"loss": 0.1}),
            ("acme:2", [], None, None),
        ]
        schemas = connection.execute("select schema_name from duckdb_schemas() where database_name = 'warehouse'")
        assert {name for (name,) in schemas.fetchall()} & {"raw", "staging", "marts", "meta"} == {"marts"}
    assert SECRET.encode() in build_file.read_bytes(), "the search is able to find it"
    assert SECRET.encode() not in target.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".warehouse.duckdb.lock", "build", "warehouse.duckdb"]


def test_comments_are_carried_over(build_file: Path, tmp_path: Path) -> None:
    """Tables and columns are described in the published file as in the build."""
    target = tmp_path / "warehouse.duckdb"
    publish(build_file, target)
    with query.connect(target) as connection:
        tables = connection.execute("select table_name, comment from duckdb_tables() order by 1").fetchall()
        columns = connection.execute("select comment from duckdb_columns() where column_name = 'hours'").fetchall()
    assert tables == [("empty", None), ("issues", "A Jira issue; it's one row each")]
    assert columns == [('Hours, "elapsed"',)]


def test_views_are_published_as_tables(build_file: Path, tmp_path: Path) -> None:
    """A view over what is not published keeps its rows."""
    target = tmp_path / "warehouse.duckdb"
    assert publish(build_file, target, ("marts", "staging")).row_counts["staging.people"] == 1000
    with query.connect(target) as connection:
        assert connection.execute("select sum(person_number) from staging.people").fetchall() == [(7000,)]


def test_the_file_says_what_it_was_built_from(build_file: Path, tmp_path: Path) -> None:
    """`meta.build` is one row of text."""
    target = tmp_path / "warehouse.duckdb"
    with duckdb.connect(build_file) as connection:
        connection.execute("create schema meta")
        connection.execute(
            "create table meta.build as select '2026-11-24T06:00:00Z' as as_of, 'Europe/Berlin' as timezone"
        )
    assert publish(build_file, target).table_count == 2
    with query.connect(target) as connection:
        assert connection.execute("from meta.build").fetchall() == [("2026-11-24T06:00:00Z", "Europe/Berlin")]


def test_older_clients_can_open_the_file(build_file: Path, tmp_path: Path) -> None:
    """The storage version in the header is that of DuckDB 1.2."""
    target = tmp_path / "warehouse.duckdb"
    publish(build_file, target)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{target}' as w (read_only)")
        tags = connection.execute("select tags from duckdb_databases() where database_name = 'w'").fetchall()[0][0]
    assert tags["storage_version"].startswith("v1.2.0")


def test_three_previous_versions_are_kept(tmp_path: Path) -> None:
    """The newest as `.1`, the oldest falls off."""
    target = tmp_path / "warehouse.duckdb"
    for value in "ABCDE":
        publish(mark(tmp_path / "build.duckdb", value), target)
    assert which(target) == "E"
    assert [path.name for path in previous(target)] == [f"warehouse.{number}.duckdb" for number in (1, 2, 3)]
    assert [which(path) for path in previous(target)] == ["D", "C", "B"]


def test_readers_are_undisturbed(tmp_path: Path) -> None:
    """A reader keeps its version while two newer ones are published; who connects next sees the newest."""
    target = tmp_path / "warehouse.duckdb"
    publish(mark(tmp_path / "build.duckdb", "A"), target)
    reader = query.connect(target)
    for value in "BCDEF":
        publish(mark(tmp_path / "build.duckdb", value), target)
        assert which(target) == value
        assert reader.execute("select v from which").fetchall() == [("A",)]
    reader.close()


def test_a_missing_build_changes_nothing(tmp_path: Path) -> None:
    """A publish that fails leaves the target and its predecessors as they are, and the next one clears up."""
    target = tmp_path / "warehouse.duckdb"
    publish(mark(tmp_path / "build.duckdb", "A"), target)
    with pytest.raises(duckdb.Error):
        publish(tmp_path / "absent.duckdb", target)
    assert (which(target), previous(target)) == ("A", [])
    (tmp_path / ".warehouse.duckdb.new").write_bytes(b"half a file")
    (tmp_path / ".warehouse.duckdb.new.wal").write_bytes(b"and its log")
    publish(mark(tmp_path / "build.duckdb", "B"), target)
    assert which(target) == "B"
    assert not list(tmp_path.glob(".*.new*"))


def test_a_kept_version_is_not_kept_twice(tmp_path: Path) -> None:
    """Killed between keeping the old target and swapping in the new one, a second attempt keeps no copy more."""
    target = tmp_path / "warehouse.duckdb"
    publish(mark(tmp_path / "build.duckdb", "A"), target)
    (tmp_path / "warehouse.1.duckdb").hardlink_to(target)
    publish(mark(tmp_path / "build.duckdb", "B"), target)
    assert [which(path) for path in previous(target)] == ["A"]


def test_one_publisher_at_a_time(tmp_path: Path) -> None:
    """The second is told so."""
    target = tmp_path / "warehouse.duckdb"
    with held(target, "publishing"), pytest.raises(Busy, match="already under way"):
        publish(mark(tmp_path / "build.duckdb", "A"), target)


def test_a_look_can_neither_write_nor_leave(tmp_path: Path) -> None:
    """`hub query` reads the warehouse alone."""
    target = tmp_path / "warehouse.duckdb"
    publish(mark(tmp_path / "build.duckdb", "A"), target)
    with query.connect(target) as connection:
        for statement in (
            "create table marts.x (a int)",
            "delete from which",
            f"copy which to '{tmp_path}/stolen.csv'",
            f"from read_text('{tmp_path}/build.duckdb')",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)


def test_nothing_published_is_said_plainly(tmp_path: Path) -> None:
    """The message says what to do."""
    with pytest.raises(query.WarehouseMissing, match="hub run"):
        query.connect(tmp_path / "warehouse.duckdb")
