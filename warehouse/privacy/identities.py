"""Who is mentioned in what the sources sent: the names, logins and mails that stand in records as such.

Found by the form of the objects in a payload, in all versions of all streams, whether or not a SQL model reads them.
Not here: which of them are one person (int_accounts__identified).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

PERSONAL_KEYS = frozenset({"login", "accountId", "displayName", "emailAddress", "user_id", "email"})
"""Keys of the sources' objects whose value is an identifier and can be nothing else."""

_TELLING = frozenset({"displayName", "login", "email", "field", "key", "user_id"})
"""Keys of which an object has one if it is about a person."""

_ORGANISATIONS = frozenset({"owner", "organization"})
"""Keys whose objects look like a person's account and mostly are an organisation's: its name is part of every address."""
_NO_PERSONS = ("Bot", "app", "Organization")
_PERSON_FIELDS = ("assignee", "reporter", "creator")
_PERSON_TAGS = ("mlflow.user", "hub.owner", "owner")
_SHEET_NAMES = ("person", "owner", "sponsor")
_SHEET_ACCOUNTS = ("email", "jira", "github", "mlflow")


@dataclass(frozen=True, slots=True)
class Mention:
    """What one object says of one person: names, and what belongs to nobody else (logins, mails)."""

    names: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


@dataclass(slots=True)
class Mentions:
    """All that was found in the payloads told so far. `vocabulary` are words that mean something else as well."""

    found: set[Mention] = field(default_factory=set)
    vocabulary: set[str] = field(default_factory=set)

    def add(self, table: str, payload: Any) -> None:
        """Take in one record of a landing table."""
        if table.startswith("sheets_"):
            self.found.update(_in_sheet(table, payload))
        else:
            self.found.update(_in_objects(payload, self.vocabulary))

    def names(self) -> set[str]:
        """Every name, also as `Last, First`."""
        plain = {name for mention in self.found for name in mention.names}
        return plain | {turned for name in plain for turned in _turned(name)}

    def accounts(self) -> set[str]:
        """Every login, account id and mail, and what else stands for a mail."""
        return {known for mention in self.found for known in accounts_of(mention)}


def accounts_of(mention: Mention) -> Iterator[str]:
    """The accounts of a mention, with the first part of a mail that spells the name and the hash that avatars are named by."""
    yield from mention.accounts
    for mail in mention.accounts:
        local, at, _ = mail.partition("@")
        if not at:
            continue
        yield hashlib.md5(mail.strip().lower().encode(), usedforsecurity=False).hexdigest()
        parts = sorted(re.findall(r"\w+", local.casefold()))
        if len(parts) > 1 and any(parts == sorted(re.findall(r"\w+", name.casefold())) for name in mention.names):
            yield local


def names_of(mention: Mention) -> Iterator[str]:
    """The names of a mention, also the other way round."""
    for name in mention.names:
        yield name
        yield from _turned(name)


def _turned(name: str) -> list[str]:
    parts = name.split()
    return [f"{parts[1]}, {parts[0]}", f"{parts[1]} {parts[0]}"] if len(parts) == 2 else []


def mention(*texts: Any) -> Mention | None:
    """Texts of one person, sorted by their form: what holds a blank is a name, the rest are accounts."""
    told = {" ".join(text.split()) for text in texts if isinstance(text, str) and re.search(r"[^\W\d_]", text)}
    names = frozenset(text for text in told if " " in text and "@" not in text)
    return Mention(names, frozenset(told - names)) if told else None


def _named(name: Any, *accounts: Any) -> Mention | None:
    """A name, whatever its form, and accounts."""
    found = mention(*accounts) or Mention()
    if isinstance(name, str) and re.search(r"[^\W\d_]", name):
        text = " ".join(name.split())
        is_mail = "@" in text
        found = Mention(
            found.names | (frozenset() if is_mail else {text}), found.accounts | ({text} if is_mail else frozenset())
        )
    return found if found.names or found.accounts else None


def _in_objects(payload: Any, vocabulary: set[str]) -> Iterator[Mention]:
    waiting: list[Any] = [payload]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += [inner for inner in node if isinstance(inner, dict | list)]
            continue
        vocabulary.update(node)
        people = [] if _TELLING.isdisjoint(node) else list(_of(node))
        yield from (person for person in people if person)
        if not people:
            vocabulary.update(value for key in ("name", "state", "status") if isinstance(value := node.get(key), str))
        for key, inner in node.items():
            if isinstance(inner, dict | list) and key not in _ORGANISATIONS:
                waiting.append(inner)


def _of(node: dict[str, Any]) -> Iterator[Mention | None]:
    """The people an object is about; None for an account that is a machine's or an organisation's."""
    if ("login" in node or "displayName" in node) and any(
        node.get(kind) in _NO_PERSONS for kind in ("__typename", "type", "accountType")
    ):
        yield None
    elif "displayName" in node and node.keys() & {"accountId", "emailAddress", "key"}:
        accounts = (node.get("accountId"), node.get("key"), None if "accountId" in node else node.get("name"))
        yield _named(node["displayName"], node.get("emailAddress"), *accounts)
    elif "login" in node:
        login = node["login"]
        is_bot = isinstance(login, str) and login.endswith("[bot]")
        yield None if is_bot else _named(node.get("name"), login, node.get("email"))
    elif "email" in node and "name" in node:
        user = node.get("user")
        login = user.get("login") if isinstance(user, dict) else None
        is_bot = "[bot]" in f"{login} {node['name']} {node['email']}"
        yield None if is_bot else _named(node["name"], node["email"], login)
    elif node.get("field") in _PERSON_FIELDS:
        yield _named(node.get("fromString"), node.get("from"))
        yield _named(node.get("toString"), node.get("to"))
    elif node.get("key") in _PERSON_TAGS and "value" in node:
        yield mention(node["value"])
    elif isinstance(node.get("user_id"), str):
        yield mention(node["user_id"])


def _in_sheet(table: str, payload: Any) -> Iterator[Mention]:
    typed = payload.get("typed") or {}
    if table == "sheets_people":
        accounts = [typed.get(name) for name in _SHEET_ACCOUNTS]
        listed = [one for value in accounts for one in (value if isinstance(value, list) else [value])]
        if found := _named(typed.get("name"), *listed):
            yield found
        return
    for name in _SHEET_NAMES:
        if found := mention(typed.get(name)):
            yield found
