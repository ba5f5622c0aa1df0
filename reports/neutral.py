"""Texts as they may stand in files that spreadsheets open: nothing in them is taken for a formula."""

from __future__ import annotations

from reports.page import visible

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """The text on one line, behind an apostrophe if a spreadsheet would run it; invisible characters are left out."""
    shown = " ".join(str(visible(text)).split())
    return f"'{shown}" if shown.startswith(FORMULA_SIGNS) else shown
