"""Parts of the README that programs write: each stands between two marks with its name, `<!-- name: generated -->` and `<!-- end of name -->`."""

from __future__ import annotations

from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def part(name: str) -> str:
    """What the README now says in the part of this name."""
    return _divided(name)[1]


def write(name: str, text: str) -> None:
    """Puts a text into the part, in place of what was there."""
    before, _, after = _divided(name)
    README.write_text(before + text.strip() + "\n" + after, encoding="utf-8")


def _divided(name: str) -> tuple[str, str, str]:
    """The README up to the part, marks included; the part; the rest."""
    begin, end = f"<!-- {name}: generated -->\n", f"<!-- end of {name} -->\n"
    text = README.read_text(encoding="utf-8")
    if text.count(begin) != 1 or text.count(end) != 1:
        message = f"README.md has no part {begin.strip()} ... {end.strip()}"
        raise LookupError(message)
    start, stop = text.index(begin) + len(begin), text.index(end)
    return text[:start], text[start:stop], text[stop:]
