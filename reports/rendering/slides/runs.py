"""Texts of slides as pieces with their tones: what a page shows bold or red is so on a slide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reports.document import Inline, Value
from reports.rendering import plain_text
from reports.rendering.neutral import neutral

Run = tuple[str, str]
"""A text and its tone, one of those of a Value."""


@dataclass(frozen=True)
class Line:
    """A line of a list: its head, a choice that people weigh, or what explains it."""

    runs: tuple[Run, ...]
    kind: Literal["head", "choice", "quiet"] = "head"

    @property
    def text(self) -> str:
        """The line without its tones."""
        return "".join(text for text, _ in self.runs)


def runs(parts: tuple[Inline, ...], said: str) -> tuple[Run, ...]:
    """The pieces of `said` with their tones; it is one piece where it was cut or made neutral."""
    pieces = [
        (neutral(f"x{plain_text.inline(part)}x")[1:-1], part.tone if isinstance(part, Value) else "") for part in parts
    ]
    if pieces:
        pieces[0] = (pieces[0][0].lstrip(), pieces[0][1])
        pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
    pieces = [(text, tone) for text, tone in pieces if text]
    if "".join(text for text, _ in pieces) != said:
        return ((said, ""),)
    return tuple(pieces)


def line(parts: tuple[Inline, ...], most: int) -> Line:
    """A line beneath an entry: one that begins with a strong word, such as "Option A", is to be read."""
    said = neutral(short(plain_text.sentence(parts), most))
    is_choice = any(isinstance(part, Value) and part.tone == "strong" for part in parts)
    return Line(runs(parts, said), "choice" if is_choice else "quiet")


def short(text: str, most: int) -> str:
    """A text of a bearable length."""
    if len(text) <= most:
        return text
    whole, _, torn = text[:most].rpartition(" ")
    return f"{(whole or torn[:-1]).rstrip(' ,;:')}…"
