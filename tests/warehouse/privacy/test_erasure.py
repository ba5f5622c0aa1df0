"""Erasing a person: found by anything that means them, out of every landed version, and not landed again."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.landing import LandingConflict, Row, Zone
from warehouse.privacy import erasure, pseudonyms
from warehouse.privacy.secret import secret

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MAIL, NAME, LOGIN, ACCOUNT = "kim.lee@example.com", "Kim Lee", "kimlee", "712020:77aa"
USER = {"accountId": ACCOUNT, "displayName": NAME, "emailAddress": MAIL}
OTHER = {"accountId": "712020:88bb", "displayName": "Kim Lee", "emailAddress": "kim.lee@other.example"}
ALEX = {"accountId": "712020:99cc", "displayName": "Alex Roe", "emailAddress": "alex@example.com"}


def issue(number: int, *, assignee: dict[str, str] = ALEX, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "assignee": assignee, "summary": f"Item {number}", **more}


ISSUES = [issue(1, assignee=USER), issue(2, description=f"cc\n{NAME} <{MAIL}>"), issue(3)]
PULL = {"author": {"login": LOGIN}, "commits": [{"email": MAIL, "name": "K. Lee", "user": {"login": LOGIN}}]}
PERSON = {"typed": {"name": NAME, "email": MAIL, "github": [LOGIN]}, "cells": {}, "key": MAIL}


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    """Two versions of everything, in three tables."""
    zone = Zone(tmp_path / "landing")
    for day, note in enumerate(("first", f"told by {NAME}")):
        at = NOON + timedelta(days=day)
        for name, rows in (
            ("jira_issues", [Row(one["id"], {**one, "note": note}) for one in ISSUES]),
            ("github_pull_requests", [Row("7", {**PULL, "note": note})]),
            ("sheets_people", [Row(MAIL, {**PERSON, "note": note})]),
        ):
            zone.open("acme", name).append(rows, cursor={"day": day}, synced_at=at)
    return zone


@pytest.fixture
def build_file(tmp_path: Path) -> Path:
    """What a build knows of accounts and people."""
    path = tmp_path / "build.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(
            f"""
            create schema intermediate;
            create table intermediate.int_accounts__seen (source text, instance text, account text, name text, email text);
            create table intermediate.int_accounts__identified (source text, instance text, account text, person_id text);
            insert into intermediate.int_accounts__seen values
                ('jira', 'acme', '{ACCOUNT}', '{NAME}', '{MAIL}'), ('github', 'acme', '{LOGIN}', null, null),
                ('jira', 'acme', '712020:99cc', 'Alex Roe', 'alex@example.com'), ('jira', 'acme', '1', 'Alex Roe', 'x@y.zz');
            insert into intermediate.int_accounts__identified values
                ('jira', 'acme', '{ACCOUNT}', 'person-aaaaaaaaaaaa'), ('github', 'acme', '{LOGIN}', 'person-aaaaaaaaaaaa'),
                ('jira', 'acme', '712020:99cc', 'person-bbbbbbbbbbbb'), ('jira', 'acme', '1', 'person-cccccccccccc');
            """
        )
    return path


def landed(zone: Zone) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, oldest first."""
    rows = {}
    for instance, name in zone.tables():
        with duckdb.connect() as connection:
            source = zone.open(instance, name).scan(connection, "*")
            rows[name] = connection.execute(f"from {source} order by synced_at, id").fetchall()
    return rows


def stored(folder: Path) -> str:
    """All that the files of a landing zone hold: their bytes, and what Parquet holds compressed."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    texts = [path.read_bytes().decode(errors="replace") for path in files]
    read = "from read_parquet(?, hive_partitioning = false)"
    texts += [str(duckdb.execute(read, [str(path)]).fetchall()) for path in files if path.suffix == ".parquet"]
    return "\n".join(texts).casefold()


def erase(zone: Zone, build_file: Path, called: str = MAIL) -> erasure.Person:
    person = erasure.find(build_file.parent, build_file, zone, called)
    zone.rewrite(erasure.suppress(build_file.parent, person.entries))
    return person


@pytest.mark.parametrize("called", [MAIL, "KIM LEE", LOGIN, ACCOUNT, "person-aaaaaaaaaaaa"])
def test_a_person_is_found_by_anything_that_means_them(zone: Zone, build_file: Path, called: str) -> None:
    """With all that stands beside it in what landed: the name in a commit, the hash that avatars are named by."""
    found = erasure.find(build_file.parent, build_file, zone, called)
    assert found.person_id == "person-aaaaaaaaaaaa"
    assert {MAIL, NAME, "Lee, Kim", "K. Lee", LOGIN, ACCOUNT, "kim.lee"} <= set(found.identifiers)
    assert not any("alex" in identifier.casefold() for identifier in found.identifiers)


def test_a_person_is_found_by_their_pseudonym(zone: Zone, build_file: Path) -> None:
    """Who reads only pseudonymised reports has nothing else."""
    key = secret(build_file.parent)
    for called in (pseudonyms.pseudonym(key, NAME), pseudonyms.person_pseudonym(key, "person-aaaaaaaaaaaa")):
        assert erasure.find(build_file.parent, build_file, zone, called).person_id == "person-aaaaaaaaaaaa"


def test_a_name_of_two_people_asks_for_an_id_and_a_stranger_is_refused(zone: Zone, build_file: Path) -> None:
    """Nobody is erased by mistake."""
    with pytest.raises(erasure.AmbiguousPerson) as ambiguous:
        erasure.find(build_file.parent, build_file, zone, "Alex Roe")
    assert [text.split()[0] for text in ambiguous.value.people] == ["person-bbbbbbbbbbbb", "person-cccccccccccc"]
    with pytest.raises(erasure.UnknownPerson):
        erasure.find(build_file.parent, build_file, zone, "Nobody")


def test_a_namesakes_mail_and_account_stay(zone: Zone, build_file: Path) -> None:
    """The name itself goes for both, and is told beforehand to be shared."""
    zone.open("acme", "jira_issues").append([Row("4", issue(4, assignee=OTHER))], cursor={}, synced_at=NOON)
    person = erase(zone, build_file)
    assert NAME in person.shared_names
    text = stored(Path(zone.uri))
    assert (OTHER["accountId"] in text, "@other.example" in text) == (True, True)


def test_nothing_of_the_person_is_left_in_any_file(zone: Zone, build_file: Path) -> None:
    """Not in older versions, not in ids, not in the log's statistics; all else is as it was, versions and cursors included."""
    before = landed(zone)
    person = erase(zone, build_file)
    text = stored(Path(zone.uri))
    for identifier in person.identifiers:
        assert identifier.casefold() not in text
    after = landed(zone)
    for name, rows in before.items():
        # One row more: the control row of the rewriting.
        assert [row[3] for row in rows] == [row[3] for row in after[name]][:-1]
        assert zone.open("acme", name).cursor == {"day": 1}
    untouched = [row for row in before["jira_issues"] if row[0] == "3" and "told by" not in row[1]]
    assert set(untouched) <= set(after["jira_issues"])


def test_the_next_sync_lands_nothing_of_them_and_nothing_new(zone: Zone, build_file: Path) -> None:
    """Records that come again unchanged have the hash of the rewritten ones; new ones are scrubbed."""
    erase(zone, build_file)
    rows = len(landed(zone)["jira_issues"])
    synced = Zone(zone.uri, scrubber=erasure.scrubber(build_file.parent))
    again = [Row(one["id"], {**one, "note": f"told by {NAME}"}, None, synced.scrubber) for one in ISSUES]
    appended = synced.open("acme", "jira_issues").replace(again, cursor={"day": 1}, synced_at=NOON + timedelta(days=9))
    assert (appended.unchanged, len(landed(zone)["jira_issues"])) == (3, rows)
    person = [Row(MAIL, {**PERSON, "note": f"told by {NAME}"}, None, synced.scrubber)]
    appended = synced.open("acme", "sheets_people").replace(person, cursor={"day": 1}, synced_at=NOON)
    assert (appended.unchanged, appended.deleted) == (1, 0)
    fresh = [Row("9", issue(9, assignee=USER), None, synced.scrubber)]
    synced.open("acme", "jira_issues").append(fresh, cursor={"day": 2}, synced_at=NOON + timedelta(days=9))
    text = stored(Path(zone.uri))
    assert not any(identifier.casefold() in text for identifier in (MAIL, NAME, LOGIN, ACCOUNT))


def test_what_belonged_together_still_does(zone: Zone, build_file: Path) -> None:
    """One tombstone per identifier: accounts that were joined by a mail still are, and it still is a mail."""
    erase(zone, build_file)
    rows = landed(zone)
    (assignee,) = (
        json.loads(row[1])["assignee"] for row in rows["jira_issues"] if row[0] == "1" and "told" not in row[1]
    )
    (listed,) = (json.loads(row[1])["typed"] for row in rows["sheets_people"][:1])
    (author,) = (json.loads(row[1])["author"] for row in rows["github_pull_requests"][:1])
    assert assignee["emailAddress"] == listed["email"]
    assert listed["email"].endswith("@erased.invalid")
    assert (assignee["displayName"], [author["login"]]) == (listed["name"], listed["github"])


def test_a_sync_that_began_before_is_refused(zone: Zone, build_file: Path) -> None:
    """It would land what the erasure has not seen; also in a table that held nothing of the person."""
    zone.open("acme", "jira_boards").append([Row("1", {"name": "Board"})], cursor={}, synced_at=NOON)
    early = [zone.open("acme", name) for name in ("jira_issues", "jira_boards")]
    erase(zone, build_file)
    for table in early:
        with pytest.raises(LandingConflict):
            table.append([Row("5", issue(5, assignee=USER))], cursor={"day": 5}, synced_at=NOON)
    assert MAIL not in stored(Path(zone.uri))


def test_what_is_listed_is_what_is_replaced(zone: Zone, build_file: Path) -> None:
    """In as many versions of the same tables, none without a mention."""
    zone.open("acme", "jira_boards").append([Row("1", {"name": "Board"})], cursor={}, synced_at=NOON)
    person = erasure.find(build_file.parent, build_file, zone, MAIL)
    listed = erasure.occurrences(zone, erasure.trial(build_file.parent, person.entries))
    assert listed == zone.rewrite(erasure.suppress(build_file.parent, person.entries))
    assert ("acme", "jira_issues") in listed
    assert ("acme", "jira_boards") not in listed


def test_a_second_time_changes_nothing(zone: Zone, build_file: Path) -> None:
    """An erasure that was killed half way is simply repeated."""
    person = erase(zone, build_file)
    assert zone.rewrite(erasure.suppress(build_file.parent, person.entries)) == {}
    zone.compact()
    assert zone.open("acme", "jira_issues").cursor == {"day": 1}


def test_the_list_of_the_erased_tells_nobody_who_is_on_it(zone: Zone, build_file: Path) -> None:
    """It holds keyed hashes, and only its owner can read it."""
    person = erase(zone, build_file)
    path = build_file.parent / erasure.FILE
    listed = json.loads(path.read_text())
    assert len(listed) == len(person.entries)
    for one in listed:
        assert set(one) == {"first", "whole", "words", "replacement", "is_common"}
        assert not any(part in json.dumps(one).casefold() for part in ("kim", "lee", "712020"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert erasure.scrubber(build_file.parent / "elsewhere") is None
