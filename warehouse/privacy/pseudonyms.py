"""People in the published file under pseudonyms: the same person under the same one, in every table and every build.

A pseudonym is a keyed hash of the identifier it stands for, so that whatever was joined or counted by it stays so. The
build file keeps the identifiers. Not here: the copying (publish.py), what an identifier is (identities.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import duckdb
import orjson

from warehouse.privacy.identities import Mentions, mention
from warehouse.privacy.scrubbing import Entry, Scrubber, entry, folded, words
from warehouse.privacy.secret import keyed_hash

_DIGITS = 12
_PERSON_ID = re.compile(rf"\bperson-([0-9a-f]{{{_DIGITS}}})\b")
_ACCOUNT_COLUMN = re.compile(
    r"(^|_)(account|accounts|login|email|author|assignee|reporter|creator|owner|sponsor|person|actor|user)"
    r"(_name|_account|_login|_email)?$|^display_name$"
)
"""Columns that hold nothing but an account or a name: there a common word is one too."""

_BATCH = 2000
_REMEMBERED = 2**16


def pseudonym(secret: bytes, identifier: str) -> str:
    """What stands for an identifier: a mail becomes a mail nobody has, a login a login, a name a name."""
    digits = keyed_hash(secret, "pseudonym", folded(identifier))[:_DIGITS]
    if "@" in identifier:
        return f"{digits}@pseudonym.invalid"
    return f"Person {digits}" if " " in identifier.strip() else f"user-{digits}"


def person_pseudonym(secret: bytes, person_id: str) -> str:
    """A person id that cannot be told from a mail: the build's is a hash without a key."""
    return _PERSON_ID.sub(lambda found: "person-" + keyed_hash(secret, "person", found[1])[:_DIGITS], person_id)


def entries(
    mentions: Mentions, secret: bytes, replacement: Callable[[bytes, str], str], *, common: Iterable[str] = ()
) -> list[Entry]:
    """What to look for to find everybody who is mentioned. A name the other way round has the same replacement.

    A word that means something else as well, in the payloads or among the words `common`, is replaced with care.
    """
    vocabulary = {folded(word) for word in (*mentions.vocabulary, *common)}
    accounts = mentions.accounts()
    found: dict[str, Entry] = {}
    for identifier in sorted(accounts | mentions.names()):
        is_word = len(words(identifier)) == 1
        is_common = is_word and (identifier not in accounts or len(identifier) < 3 or folded(identifier) in vocabulary)
        last, comma, first = identifier.partition(", ")
        named = f"{first} {last}" if comma else identifier
        one = entry(secret, identifier, replacement(secret, named), is_common=is_common)
        found.setdefault(one.whole, one)
    return list(found.values())


class Pseudonyms:
    """What a build's tables are selected through to be published."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, secret: bytes) -> None:
        """Looks for people in schema `raw` of the connection's database and makes the functions that replace them."""
        self._secret = secret
        self._scrubber = Scrubber(secret, _known(connection, secret))
        plain, account, json = (
            lru_cache(_REMEMBERED)(self._with_person_ids(replace))
            for replace in (self._scrubber.text, self._account, self._scrubber.json)
        )
        for name, function in (
            ("pseudonymised", plain),
            ("pseudonymised_account", account),
            ("pseudonymised_json", json),
        ):
            connection.create_function(name, function, ["VARCHAR"], "VARCHAR")

    def column(self, name: str, kind: Any) -> str:
        """A column of this type as SQL that selects it without identifiers."""
        quoted = '"' + name.replace('"', '""') + '"'
        function = "pseudonymised_account" if _ACCOUNT_COLUMN.search(name) else "pseudonymised"
        replaced = _expression(quoted, kind, function)
        return quoted if replaced is None else f"{replaced} as {quoted}"

    def _account(self, text: str) -> str:
        return self._scrubber.text(text, is_account=True)

    def _with_person_ids(self, replace: Callable[[str], str]) -> Callable[[str], str]:
        return lambda text: person_pseudonym(self._secret, replace(text))


def _expression(value: str, kind: Any, function: str, depth: int = 0) -> str | None:
    """The same value with every text in it replaced; None if there is no text in it."""
    inner = f"inner_{depth}"

    def within(part: str, kind: Any) -> str | None:
        return _expression(part, kind, function, depth + 1)

    expression = None
    match "json" if str(kind) == "JSON" else kind.id:
        case "json":
            expression = f"cast(pseudonymised_json(cast({value} as varchar)) as json)"
        case "varchar":
            expression = f"{function}({value})"
        case "list" | "array":
            if element := within(inner, dict(kind.children)["child"]):
                expression = f"list_transform({value}, lambda {inner}: {element})"
        case "map" | "struct" as nested:
            whole = value if nested == "struct" else inner
            parts = {name: f"struct_extract({whole}, {_quoted(name)})" for name, _ in kind.children}
            replaced = {name: within(parts[name], child) for name, child in kind.children}
            packed = ", ".join(f'"{name}" := {replaced[name] or part}' for name, part in parts.items())
            if any(replaced.values()) and nested == "struct":
                expression = f"case when {value} is not null then struct_pack({packed}) end"
            elif any(replaced.values()):
                expression = (
                    f"map_from_entries(list_transform(map_entries({value}), lambda {inner}: struct_pack({packed})))"
                )
    return expression


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _known(connection: duckdb.DuckDBPyConnection, secret: bytes) -> list[Entry]:
    """Everybody in the raw tables of a build file, and every account the SQL models know."""
    mentions = Mentions()
    tables = dict(_relations(connection, "raw"))
    for table in tables:
        cursor = connection.execute(f'select payload from raw."{table}" where payload is not null')  # noqa: S608 - a table of ours
        while rows := cursor.fetchmany(_BATCH):
            for (payload,) in rows:
                mentions.add(table, orjson.loads(payload))
    if "int_accounts__seen" in dict(_relations(connection, "intermediate")):
        seen = "select account, name, email from intermediate.int_accounts__seen where not is_bot"
        mentions.found.update(found for texts in connection.execute(seen).fetchall() if (found := mention(*texts)))
    bots = _bots(connection)
    mentions.found = {found for found in mentions.found if not any(bots.fullmatch(one) for one in found.accounts)}
    return entries(mentions, secret, pseudonym, common=rule_words(connection))


def _bots(connection: duckdb.DuckDBPyConnection) -> re.Pattern[str]:
    """The accounts that the seed `bots` calls machines."""
    patterns: list[str] = []
    if "bots" in dict(_relations(connection, "rules")):
        patterns = [pattern for (pattern,) in connection.execute("select account_pattern from rules.bots").fetchall()]
    parts = ["".join(".*" if sign == "%" else "." if sign == "_" else re.escape(sign) for sign in p) for p in patterns]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


def rule_words(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The words the rules are written in: statuses, stages, gates, dimensions."""
    found: set[str] = set()
    for table, columns in _relations(connection, "rules"):
        for column in columns:
            query = f'select distinct "{column}" from rules."{table}" where "{column}" is not null'  # noqa: S608 - names of ours
            found.update(text for (text,) in connection.execute(query).fetchall())
    return found


def _relations(connection: duckdb.DuckDBPyConnection, schema: str) -> list[tuple[str, list[str]]]:
    """The tables of a schema of the present database, each with its columns of text."""
    return connection.execute(
        """
        select table_name, list(column_name) filter (data_type = 'VARCHAR')
        from duckdb_columns()
        where database_name = current_database() and schema_name = ?
        group by table_name
        order by table_name
        """,
        [schema],
    ).fetchall()
