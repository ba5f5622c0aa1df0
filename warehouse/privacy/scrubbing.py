"""Texts without the identifiers of people: names, logins and mails are replaced wherever they stand as whole words.

What is looked for is known as keyed hashes only, so that a list of them tells nobody who is on it. Not here: which
identifiers these are (identities.py, erasure.py) and where the texts come from (pseudonyms.py, landing).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from warehouse.privacy.identities import PERSONAL_KEYS
from warehouse.privacy.secret import keyed_hash

_LETTERS = r"[\w\u0300-\u036f]+"
_ATOMS = re.compile(_LETTERS)
_JSON_ATOMS = re.compile(rf"\\(?:u[0-9a-fA-F]{{4}}|.)|{_LETTERS}")  # an escape is no part of the word behind it
_ATOMS_REMEMBERED = 2**17
_PERSONAL_FIELD = re.compile(rf'"(?:{"|".join(sorted(PERSONAL_KEYS))})":"$')
_LONGEST_KEY = max(map(len, PERSONAL_KEYS)) + 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One identifier to replace: hashes of its first word and of the whole, its number of words, what stands there instead.

    One that is also a common word (a login `open`) is replaced only where nothing else can be meant.
    """

    first: str
    whole: str
    words: int
    replacement: str
    is_common: bool = False


def folded(text: str) -> str:
    """The form in which identifiers are compared: no case, no accents, single spaces."""
    if text.isascii():  # has no accents, and nearly all words are
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def words(text: str) -> list[str]:
    """The words of an identifier: tomasz.wrona@example.com has four."""
    return _ATOMS.findall(text)


def entry(secret: bytes, identifier: str, replacement: str, *, is_common: bool = False) -> Entry:
    """What to look for to find an identifier. It must have a word in it."""
    found = words(identifier)
    first, whole = _first(secret, found[0]), _whole(secret, _from_first_to_last(identifier))
    return Entry(first, whole, len(found), replacement, is_common)


class Scrubber:
    """Replaces the identifiers of its entries. The longest one that fits at a place counts; keys of JSON stay."""

    def __init__(self, secret: bytes, entries: Iterable[Entry]) -> None:
        self._secret = secret
        self._by_first: dict[str, dict[int, dict[str, Entry]]] = {}
        for one in entries:
            self._by_first.setdefault(one.first, {}).setdefault(one.words, {}).setdefault(one.whole, one)
        self._candidates = lru_cache(_ATOMS_REMEMBERED)(self._looked_up)

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def text(self, text: str, *, is_account: bool = False) -> str:
        """A text; `is_account` says that it is nothing but the name of an account."""
        return self._replaced(text, _ATOMS, is_json=False, is_account=is_account)

    def id(self, text: str) -> str:
        """The id of a record: two that differ stay two, even if they differ in no more than the spelling of a name."""
        fresh = self.text(text)
        return text if fresh == text else f"{fresh} ~{keyed_hash(self._secret, 'record', text)[:8]}"

    def json(self, text: str) -> str:
        """Canonical JSON (no blanks between its tokens)."""
        return self._replaced(text, _JSON_ATOMS, is_json=True, is_account=False)

    def _looked_up(self, atom: str) -> dict[int, dict[str, Entry]] | None:
        return self._by_first.get(_first(self._secret, atom))

    def _replaced(self, text: str, pattern: re.Pattern[str], *, is_json: bool, is_account: bool) -> str:
        if not self._by_first or not (beginnings := set(filter(self._candidates, set(pattern.findall(text))))):
            return text
        spans = [match.span() for match in pattern.finditer(text) if text[match.start()] != "\\"]
        parts: list[str] = []
        done = at = 0
        while at < len(spans):
            start, end = spans[at]
            if text[start:end] not in beginnings or not (
                found := self._at(text, spans, at, is_json=is_json, is_account=is_account)
            ):
                at += 1
                continue
            parts += [text[done:start], found.replacement]
            at += found.words
            done = spans[at - 1][1]
        return "".join([*parts, text[done:]])

    def _at(self, text: str, spans: list[tuple[int, int]], at: int, *, is_json: bool, is_account: bool) -> Entry | None:
        """The longest entry whose words begin with the one at this place."""
        start = spans[at][0]
        candidates = self._candidates(text[start : spans[at][1]]) or {}
        for count in sorted(candidates, reverse=True):
            if at + count > len(spans):
                continue
            end = spans[at + count - 1][1]
            found = candidates[count].get(_whole(self._secret, text[start:end]))
            if found is None or (is_json and count == 1 and text[end : end + 2] == '":'):
                continue
            is_whole = is_account and not (text[:start] + text[end:]).strip()
            if not found.is_common or is_whole or _is_surely_meant(text, start, is_json=is_json):
                return found
        return None


def _is_surely_meant(text: str, start: int, *, is_json: bool) -> bool:
    """Whether a common word is mentioned as a login (@open, [~open]) or is the value of a key that holds logins."""
    if text[max(0, start - 1) : start] in {"@", "~"}:
        return True
    return is_json and _PERSONAL_FIELD.search(text[max(0, start - _LONGEST_KEY) : start]) is not None


def _from_first_to_last(identifier: str) -> str:
    """The identifier without signs before its first and behind its last word."""
    spans = [match.span() for match in _ATOMS.finditer(identifier)]
    return identifier[spans[0][0] : spans[-1][1]]


def _first(secret: bytes, atom: str) -> str:
    return keyed_hash(secret, "first word", folded(atom))


def _whole(secret: bytes, identifier: str) -> str:
    return keyed_hash(secret, "identifier", folded(identifier))
