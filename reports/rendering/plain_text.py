"""Pieces of a report as plain text: for slides and comma-separated values, where nothing is drawn or linked."""

from __future__ import annotations

import re

from reports.document import WORDS, Bar, Cell, Inline, Light, Spark, Track, Value
from reports.figures import plain

# A full value that says more than its rounded text, and nothing else: an ISO day, month or instant, an amount, a number, a share.
_EXACT = re.compile(
    r"\d{4}-\d\d(-\d\d( \d\d:\d\d:\d\d UTC)?)?|\N{MINUS SIGN}?\D{0,4}\d[\d,]*(\.\d+)?( (hours|days)|%)?"
)


def inline(one: Inline) -> str:
    """A piece as words; what is only drawn has its words elsewhere."""
    if isinstance(one, Spark | Track):
        return ""
    if isinstance(one, Light):
        return WORDS[one.status]
    if isinstance(one, Value):
        return f" · {one.text}" if one.tone in ("under", "fine") and one.text else one.text
    return one.text if isinstance(one, Bar) else one


def sentence(parts: tuple[Inline, ...]) -> str:
    """Pieces in a row as one text."""
    return " ".join(plain("".join(inline(part) for part in parts)).split())


def cell(one: Cell) -> str:
    """A table cell as words."""
    return sentence(one if isinstance(one, tuple) else (one,)).removeprefix("· ")


def exact(one: Cell) -> str:
    """A table cell with its full value where that is a figure or a date."""
    if isinstance(one, Value) and _EXACT.fullmatch(full := plain(one.full)):
        return full
    return cell(one)
