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
    r"^[A-Za-z0-9_-]+$": "the long id in the spreadsheet's address, between /d/ and /edit",
    r"^customfield_\d+$": "the id of a custom field such as customfield_10016",
}
"""What each pattern of the tree means in words."""

_TYPES = {
    "string_type": "text in quotes",
    "string_too_short": "text that is not empty",
    "int_type": "a whole number without quotes",
    "float_type": "a number without quotes",
    "bool_type": "true or false, without quotes",
    "date_type": "a day without quotes or time, such as 2027-12-02",
    "list_type": 'a list in brackets, such as ["one", "another"]',
    "dict_type": "a table of keys and values",
    "model_type": "a table of keys and values",
}
"""What each type that pydantic misses is in a TOML file."""


def said(fault: Any, tree: type[BaseModel]) -> str:
    """One of pydantic's faults in a file that is read as this tree."""
    key = (
        "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"])
        .lstrip(".")
        .removesuffix(".[key]")
    )
    if fault["type"] == "extra_forbidden":
        known = _known_keys(fault["loc"], tree)
        near = difflib.get_close_matches(str(fault["loc"][-1]), known, 1)
        if not near and len(fault["loc"]) > 1 and fault["loc"][-1] in tree.model_fields:
            return f"{key}: a key of the whole file; move it above the first table"
        return f"{key}: unknown key" + (
            f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(known))}"
        )
    if fault["type"] == "missing":
        return f"{key}: missing; add it"
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] in _TYPES:
        is_table = fault["type"] == "list_type" and isinstance(fault["input"], dict)
        message = f"expected {'[[' + key + ']] in two brackets' if is_table else _TYPES[fault['type']]}"
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
