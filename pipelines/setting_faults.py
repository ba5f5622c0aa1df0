"""What pydantic finds wrong in hub.toml, in the file's own words. Not here: what the file may hold (settings.py)."""

from __future__ import annotations

import difflib
from typing import Any, get_args

from pydantic import BaseModel

_PATTERNS = {
    r"^[a-z0-9][a-z0-9_-]*$": "lower-case letters, digits, - and _",
    r"^https?://[^\s/@]+(/[^@]*)?$": "an address that begins with http:// or https:// and holds no password",
    r"^[A-Z]{3}$": "a currency code such as EUR",
    r"^[^/\s]+/[^/\s]+$": "owner/name",
    r"^customfield_\d+$": "the id of a custom field such as customfield_10016",
}
"""What each pattern of the tree means in words."""


def said(fault: Any, tree: type[BaseModel]) -> str:
    """One of pydantic's faults in a file that is read as this tree."""
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]).lstrip(".")
    if fault["type"] == "extra_forbidden":
        known = _known_keys(fault["loc"], tree)
        near = difflib.get_close_matches(str(fault["loc"][-1]), known, 1)
        return f"{key}: unknown key" + (
            f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(known))}"
        )
    if fault["type"] == "missing":
        return f"{key}: missing; add it"
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "string_pattern_mismatch":
        message = f"expected {_PATTERNS[fault['ctx']['pattern']]}"
    plain = isinstance(fault["input"], str | int | float | bool) and not _names_secret(fault["loc"])
    return f"{key}: {fault['input']!r} is wrong: {message}" if plain else f"{key or 'file'}: {message}"


def _known_keys(location: tuple[int | str, ...], tree: type[BaseModel]) -> list[str]:
    """The keys that are allowed where an unknown one stood: those of its table, else of the whole file."""
    if len(location) > 1 and (table := tree.model_fields.get(str(location[0]))):
        for kind in (table.annotation, *get_args(table.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                return list(kind.model_fields)
    return list(tree.model_fields)


def _names_secret(location: tuple[int | str, ...]) -> bool:
    """Whether the key may hold a secret that somebody wrote out by mistake: it must not be printed."""
    return str(location[-1]) in {"token", "password", "private_key", "credentials", "webhook"}
