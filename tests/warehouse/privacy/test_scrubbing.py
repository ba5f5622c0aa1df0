"""Identifiers leave texts wherever they stand as whole words, and nothing else changes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.landing.rows import canonical
from warehouse.privacy.scrubbing import Scrubber, entry

SECRET = b"a secret of thirty-two bytes: 32"
SCRUBBER = Scrubber(
    SECRET,
    [
        entry(SECRET, "Tomasz Wrona", "NAME"),
        entry(SECRET, "tomasz.wrona@example.com", "MAIL"),
        entry(SECRET, "tomasz.wrona", "LOCAL"),
        entry(SECRET, "twrona", "LOGIN"),
        entry(SECRET, "712020:5a1b-4d3e", "ACCOUNT"),
        entry(SECRET, "open", "WORD", is_common=True),
    ],
)
PLAIN = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ask Tomasz Wrona, please", "ask NAME, please"),
        ("TOMASZ\u00a0 WRONA", "NAME"),
        ("Tomasz Wro\u0144a", "NAME"),  # accents do not hide a name
        ("tomasz.wrona@example.com", "MAIL"),
        ("<Tomasz.Wrona@Example.com>", "<MAIL>"),
        ("tomasz.wrona@elsewhere.org", "LOCAL@elsewhere.org"),
        ("twrona/DEM-1-fix @twrona twrona's", "LOGIN/DEM-1-fix @LOGIN LOGIN's"),
        ("?accountId=712020:5a1b-4d3e&x=1", "?accountId=ACCOUNT&x=1"),
        ("twronak, mytwrona, t.wrona, Tomasz W., Wrona", "twronak, mytwrona, t.wrona, Tomasz W., Wrona"),
        ("open the door, ask @open or [~open]", "open the door, ask @WORD or [~WORD]"),
        ("", ""),
    ],
)
def test_whole_words_are_replaced(text: str, expected: str) -> None:
    """Without regard to case, accents and kinds of blanks; a common word only where a login is meant."""
    assert SCRUBBER.text(text) == expected


def test_a_common_word_is_replaced_where_it_is_all_an_account_column_holds() -> None:
    """And nowhere else: a status is no login."""
    assert (SCRUBBER.text("open", is_account=True), SCRUBBER.text("open")) == ("WORD", "open")


def test_json_keeps_its_keys_and_its_escapes() -> None:
    """A line break before a name hides it as little as a quote behind it."""
    payload = {"twrona": 1, "a": 'x\nTomasz Wrona\t"twrona"', "login": "open", "state": "open", "b": ["open", "twrona"]}
    scrubbed = json.loads(SCRUBBER.json(canonical(payload).decode()))
    assert scrubbed == {"twrona": 1, "a": 'x\nNAME\t"LOGIN"', "login": "WORD", "state": "open", "b": ["open", "LOGIN"]}


def test_ids_that_differ_stay_different() -> None:
    """Two spellings of a name are one person, but two records."""
    first, second = (SCRUBBER.id(f"{name} / A / 2026-01") for name in ("Tomasz Wrona", "tomasz wrona"))
    assert first != second
    assert first.startswith("NAME / A / 2026-01 ~")
    assert SCRUBBER.id("10042") == "10042"


@given(PLAIN, PLAIN, st.sampled_from(["Tomasz Wrona", "tomasz.wrona@example.com", "712020:5a1b-4d3e"]))
def test_no_text_hides_an_identifier(before: str, after: str, identifier: str) -> None:
    """Whatever stands around it, as long as it is not part of a longer word; and a second time finds nothing."""
    payload = canonical({"text": f"{before} {identifier} {after}"}).decode()
    scrubbed = SCRUBBER.json(payload)
    assert identifier.casefold() not in scrubbed.casefold()
    assert SCRUBBER.json(scrubbed) == scrubbed
    assert set(json.loads(scrubbed)) == {"text"}


@given(st.recursive(st.none() | st.integers() | PLAIN, lambda inner: st.lists(inner) | st.dictionaries(PLAIN, inner)))
def test_what_holds_no_identifier_stays_as_it_is(payload: object) -> None:
    """Letter for letter: the hash by which a version is told from another does not move."""
    text = canonical({"payload": payload}).decode()
    if not any(word in text.casefold() for word in ("wrona", "712020", "open")):
        assert SCRUBBER.json(text) == text
