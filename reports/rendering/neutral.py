"""Texts that reach no further than their own place: no invisible characters, and in spreadsheets no formula."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from reports.figures import plain

# Invisible characters that would reach beyond their cell: controls, and overrides of the writing direction.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")

# A number with a sign, as these reports say amounts and shares: it is what it says.
_SIGNED = re.compile(r"[+-][€$£¥₹]?\d[\d.,]*(?: (?:k|M|bn)|%)?")

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def visible(value: Any) -> Any:
    """A text without invisible characters and origins of figures; anything else as it is."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return plain(_INVISIBLE.sub("", value))


def neutral(text: str, *, is_shown_only: bool = False) -> str:
    """The text on one line, behind an apostrophe if a spreadsheet would run it; invisible characters are left out.

    Where a text is only shown and never run, as on a slide, "+€80 k" needs no apostrophe.
    """
    shown = " ".join(str(visible(text)).split())
    return (
        f"'{shown}" if shown.startswith(FORMULA_SIGNS) and not (is_shown_only and _SIGNED.fullmatch(shown)) else shown
    )
