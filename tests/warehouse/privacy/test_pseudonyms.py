"""What is published under pseudonyms: no identifier in any type of column, the same joins, the same every time."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse import publish
from warehouse.landing.rows import canonical
from warehouse.privacy.secret import secret

MAIL, NAME, LOGIN, ACCOUNT = "kim.lee@example.com", "Kim Lee", "kimlee", "712020:77aa"
PERSON = "person-" + hashlib.md5(MAIL.encode(), usedforsecurity=False).hexdigest()[:12]
ISSUE = {
    "assignee": {"accountId": ACCOUNT, "displayName": NAME, "emailAddress": MAIL},
    "status": {"name": "Done"},
    "summary": f"Ask {NAME} or @{LOGIN}",
}
PULL = {"author": {"login": LOGIN, "__typename": "User"}, "owner": {"login": "acme"}, "state": "OPEN"}
BOT = {"author": {"login": "dependabot", "__typename": "Bot"}}
TERSE = {"author": {"login": "done", "__typename": "User"}}


@pytest.fixture
def build_file(tmp_path: Path) -> Path:
    path = tmp_path / "build.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create schema raw; create schema marts; create schema meta")
        for table, payloads in (("jira_issues", [ISSUE]), ("github_pull_requests", [PULL, BOT, TERSE])):
            connection.execute(f"create table raw.{table} (payload json)")
            connection.executemany(
                f"insert into raw.{table} values (?)", [[canonical(one).decode()] for one in payloads]
            )
        connection.execute(
            f"""
            create table marts.everything as select
                '{PERSON}' as person_id, 'Assigned to {NAME} ({MAIL})' as text, ['{LOGIN}', 'acme'] as list,
                map {{'owner': '{MAIL}'}} as map, {{'by': '{NAME}', 'n': 1}} as struct, [{{'who': ['{NAME}']}}] as deep,
                '{{"{LOGIN}": "{LOGIN}"}}'::json as json, 1 as number, null::varchar as nothing, 'done' as status,
                'done' as account, 'dependabot' as bot, {{'x': 1}} as textless;
            create view marts.seen as select '{NAME}' as name, 'blocked by {PERSON}' as reason;
            comment on column marts.everything.text is 'a text';
            create table meta.build as select 'now' as as_of, true as is_approved;
            """
        )
    return path


def published(build_file: Path, folder: str, **options: Any) -> duckdb.DuckDBPyConnection:
    target = build_file.parent / folder / "warehouse.duckdb"
    target.parent.mkdir(exist_ok=True)
    publish.publish(build_file, target, ("marts", "raw"), **options)
    return duckdb.connect(target, read_only=True)


def told(connection: duckdb.DuckDBPyConnection) -> str:
    tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables() order by all").fetchall()
    return "\n".join(str(connection.execute(f"from {table}").fetchall()) for (table,) in tables)


def test_no_identifier_is_left_in_any_type_of_column(build_file: Path) -> None:
    """In texts, lists, maps, structs and JSON, in tables and in views; bots, organisations and statuses stay."""
    with published(build_file, "here", secret=secret(build_file.parent)) as connection:
        text = told(connection)
        for identifier in (MAIL, NAME, LOGIN, ACCOUNT, PERSON, PERSON.removeprefix("person-")):
            # A key of JSON is no value, so the one that is a login by chance stays.
            assert identifier.casefold() not in text.casefold().replace(f'{{"{LOGIN}":', "")
        row = connection.execute("select list[2], bot, status, number, nothing, textless from marts.everything")
        assert row.fetchall() == [("acme", "dependabot", "done", 1, None, {"x": 1})]
        assert '"name":"Done"' in text
        assert "'OPEN'" in text or '"OPEN"' in text


def test_the_same_identifier_has_the_same_pseudonym_wherever_it_stands(build_file: Path) -> None:
    """So whatever was joined by it still is; and types, comments and rows are those of the build."""
    with published(build_file, "here", secret=secret(build_file.parent)) as connection:
        ((name, mail, person, who, by, owner, reason),) = connection.execute(
            """
            select
                regexp_extract(text, 'to (.*) [(]', 1), regexp_extract(text, '[(](.*)[)]', 1), person_id, deep[1].who[1],
                struct.by, map['owner'], (select reason from marts.seen)
            from marts.everything
            """
        ).fetchall()
        assert {name, who, by} == {name}
        assert name.startswith("Person ")
        assert mail == owner
        assert reason == f"blocked by {person}"
        kinds = dict(connection.execute("select column_name, data_type from duckdb_columns()").fetchall())
        assert kinds["deep"] == "STRUCT(who VARCHAR[])[]"
        assert connection.execute("select comment from duckdb_columns() where column_name = 'text'").fetchall() == [
            ("a text",)
        ]
        assert connection.execute("select is_pseudonymised from meta.build").fetchall() == [(True,)]


def test_a_login_that_is_also_a_word_is_replaced_only_where_an_account_stands(build_file: Path) -> None:
    """Somebody whose login is `done` does not change what a status is called."""
    with published(build_file, "here", secret=secret(build_file.parent)) as connection:
        ((account, status),) = connection.execute("select account, status from marts.everything").fetchall()
        assert (account.startswith("user-"), status) == (True, "done")


def test_pseudonyms_are_those_of_the_installation(build_file: Path) -> None:
    """The same in every build of one, others in another; the secret is its owner's alone."""
    first = secret(build_file.parent)
    again, elsewhere = secret(build_file.parent), secret(build_file.parent / "elsewhere")
    texts = [
        told(published(build_file, name, secret=key)) for name, key in (("a", first), ("b", again), ("c", elsewhere))
    ]
    assert texts[0] == texts[1] != texts[2]
    assert stat.S_IMODE((build_file.parent / "privacy.key").stat().st_mode) == 0o600


def test_earlier_versions_that_name_people_are_not_kept(build_file: Path) -> None:
    """Switching pseudonyms on takes effect for the whole folder; from then on versions are kept as always."""
    key, target = secret(build_file.parent), build_file.parent / "here" / "warehouse.duckdb"
    for _ in range(2):
        published(build_file, "here").close()
    assert len(publish.previous(target)) == 1
    published(build_file, "here", secret=key).close()
    assert publish.previous(target) == []
    published(build_file, "here", secret=key).close()
    assert [publish.names_people(path) for path in publish.previous(target)] == [False]
