"""A person who asked to be forgotten: who that is, what identifies them, and that none of it lands again.

What remains is a tombstone for each identifier, so that whatever was joined or counted by it stays so, and a list of
keyed hashes by which the next sync knows what it must not land. Not here: how tables are rewritten (landing/).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import duckdb
import orjson

from warehouse.landing import CONTROL_ID, Zone
from warehouse.privacy import pseudonyms
from warehouse.privacy.identities import Mention, Mentions, accounts_of, mention, names_of
from warehouse.privacy.scrubbing import Entry, Scrubber, folded
from warehouse.privacy.secret import keyed_hash, secret, write_private

FILE = "erased.json"
"""In the data folder: for each identifier of an erased person hashes, the number of its words and its tombstone."""

_BATCH = 2000
_ACCOUNTS = """
    select identified.person_id, seen.source, seen.account, seen.name, seen.email
    from intermediate.int_accounts__identified as identified
    inner join intermediate.int_accounts__seen as seen using (source, instance, account)
    where identified.person_id is not null
"""


class UnknownPerson(LookupError):  # noqa: N818 - a state, not a fault
    """Nobody the hub knows is called so."""


class AmbiguousPerson(LookupError):  # noqa: N818 - a state, not a fault
    """Several people are called so; `people` are their ids, each with an account of theirs."""

    def __init__(self, people: list[str]) -> None:
        super().__init__("several people are called so")
        self.people = people


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with all that identifies them. `shared_names` are also the names of others."""

    person_id: str | None
    identifiers: tuple[str, ...]
    shared_names: tuple[str, ...]
    entries: tuple[Entry, ...]


def tombstone(key: bytes, identifier: str) -> str:
    """What stands for an identifier from then on; a mail becomes one that nobody can have."""
    digits = keyed_hash(key, "tombstone", folded(identifier))[:12]
    return f"erased-{digits}@erased.invalid" if "@" in identifier else f"erased-{digits}"


def scrubber(data_dir: Path) -> Scrubber | None:
    """What must not land any more; None if nobody was erased."""
    entries = _suppressed(data_dir)
    return Scrubber(secret(data_dir), entries) if entries else None


def trial(data_dir: Path, entries: Iterable[Entry]) -> Scrubber:
    """What would be replaced, without any consequence."""
    return Scrubber(secret(data_dir), entries)


def suppress(data_dir: Path, entries: Iterable[Entry]) -> Scrubber:
    """Add identifiers to those that must not land any more."""
    known = {one.whole: one for one in (*_suppressed(data_dir), *entries)}
    write_private(data_dir / FILE, json.dumps([asdict(one) for one in known.values()], indent=1))
    return Scrubber(secret(data_dir), known.values())


def _suppressed(data_dir: Path) -> list[Entry]:
    path = data_dir / FILE
    return [Entry(**one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def find(data_dir: Path, build_file: Path, zone: Zone, called: str) -> Person:
    """The person of a person id, account, mail, name or pseudonym, as the last build has joined accounts to people.

    Names, mails and logins that stand beside one of these in any landed version are theirs too, if they stand beside
    nobody else's. Raises UnknownPerson or AmbiguousPerson, FileNotFoundError without a build.
    """
    if not build_file.exists():
        raise FileNotFoundError(build_file)
    key = secret(data_dir)
    with duckdb.connect(build_file, read_only=True) as connection:
        accounts = connection.execute(_ACCOUNTS).fetchall()
        common = pseudonyms.rule_words(connection)
    found = {row[0] for row in accounts if folded(called) in _ways_to_call(key, row)}
    if len(found) > 1:
        one_each = {row[0]: f"{row[0]} ({row[1]} {row[2]})" for row in accounts if row[0] in found}
        raise AmbiguousPerson(sorted(one_each.values()))
    landed = landed_mentions(zone)
    theirs = [mention(*row[2:]) for row in accounts if row[0] in found] if found else [mention(called)]
    whole, shared = _gathered([one for one in theirs if one], landed.found)
    if not found and not any(folded(called) in _folded_all(one) for one in landed.found):
        raise UnknownPerson(called)
    only = Mentions({whole}, landed.vocabulary)
    tables = {part for pair in zone.tables() for part in pair}
    entries = pseudonyms.entries(only, key, tombstone, common={*common, *tables, *(t.split("_")[0] for t in tables)})
    identifiers = tuple(sorted(whole.names | whole.accounts))
    return Person(next(iter(found), None), identifiers, tuple(sorted(shared)), tuple(entries))


def landed_mentions(zone: Zone) -> Mentions:
    """Everybody who is mentioned in any landed version."""
    mentions = Mentions()
    for _, name, rows in _landed(zone):
        for record_id, payload in rows:
            if payload is not None and record_id != CONTROL_ID:
                mentions.add(name, orjson.loads(payload))
    return mentions


def occurrences(zone: Zone, scrub: Scrubber) -> dict[tuple[str, str], int]:
    """In how many versions of which table there is something to replace."""
    counts = Counter[tuple[str, str]]()
    for instance, name, rows in _landed(zone):
        for record_id, payload in rows:
            counts[instance, name] += (scrub.id(record_id), scrub.json(payload or "")) != (record_id, payload or "")
    return dict(+counts)


def _landed(zone: Zone) -> Iterator[tuple[str, str, Iterator[tuple[str, str | None]]]]:
    """Each table with the id and payload of every version."""
    for instance, name in zone.tables():
        with duckdb.connect() as connection:
            source = zone.open(instance, name).scan(connection, "id", "payload")
            if source is not None:
                cursor = connection.execute(f"select id, payload from {source}")  # noqa: S608 - our own file list
                batches = iter(partial(cursor.fetchmany, _BATCH), [])
                yield instance, name, chain.from_iterable(batches)


def _ways_to_call(key: bytes, row: tuple[str | None, ...]) -> set[str]:
    """All that may be said to mean the person of an account: also what is published if people have pseudonyms."""
    person_id, _, *told = row
    texts = [text for text in told if text]
    ways = {folded(text) for text in (*texts, *(pseudonyms.pseudonym(key, text) for text in texts))}
    return ways | {str(person_id), pseudonyms.person_pseudonym(key, str(person_id))}


def _gathered(theirs: list[Mention], landed: set[Mention]) -> tuple[Mention, set[str]]:
    """All that identifies a person, and which of their names are also others'."""
    accounts = {folded(one) for mine in theirs for one in mine.accounts}
    beside = [one for one in landed if accounts & {folded(text) for text in one.accounts}]
    elsewhere = [one for one in landed if one.accounts and not accounts & {folded(text) for text in one.accounts}]
    of_others = {folded(text) for one in elsewhere for text in one.accounts}
    found = {text for one in (*theirs, *beside) for text in accounts_of(one) if folded(text) not in of_others}
    names = {text for one in (*theirs, *beside) for text in names_of(one)}
    shared = {text for one in elsewhere for text in one.names if folded(text) in set(map(folded, names))}
    return Mention(frozenset(names), frozenset(found)), shared


def _folded_all(one: Mention) -> set[str]:
    return {folded(text) for text in (*one.names, *one.accounts)}
