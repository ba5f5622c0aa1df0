"""What a report consists of, before it is a page or Markdown: sections of blocks, blocks of plain text.

Every text here is plain: escaping belongs to rendering/ alone, so that a new block cannot forget it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import ClassVar, Literal, TypeAlias

Status: TypeAlias = Literal["green", "amber", "red", "white"]
"""The four colours; white means unknown."""

WORST_FIRST: tuple[Status, ...] = ("red", "amber", "white", "green")
LETTERS: dict[Status, str] = {"green": "G", "amber": "A", "red": "R", "white": "?"}
WORDS: dict[Status, str] = {"green": "Green", "amber": "Amber", "red": "Red", "white": "Unknown"}
"""No colour is shown without its letter or its word."""


def status_of(value: object) -> Status:
    """The colour a mart's text names; anything else, null included, is unknown."""
    for status in WORST_FIRST:
        if value == status:
            return status
    return "white"


def rank_of(value: object) -> int:
    """Sort key: the worst colour first."""
    return WORST_FIRST.index(status_of(value))


@dataclass(frozen=True)
class Value:
    """A text people read, with the full value behind it (shown on hover) and a place to look at it.

    The tone "under" puts it below what it belongs to: a milestone's initiative, a model's owner; "fine" does the same
    with what has no room in Markdown.
    """

    kind: ClassVar[str] = "value"
    text: str
    full: str = ""
    href: str = ""
    tone: Literal["", "strong", "quiet", "bad", "under", "fine"] = ""


@dataclass(frozen=True)
class Light:
    """A status colour; it is always shown with its letter, and with its word unless the cell is narrow."""

    kind: ClassVar[str] = "light"
    status: Status
    is_narrow: bool = False
    full: str = ""
    is_overridden: bool = False


@dataclass(frozen=True)
class Bar:
    """A length against a limit, or two: all as shares of the same scale, with the words beside it."""

    kind: ClassVar[str] = "bar"
    share: float
    text: str
    limit_share: float | None = None
    is_over: bool = False
    full: str = ""
    upper_share: float | None = None


@dataclass(frozen=True)
class Spark:
    """A small curve inside a line of text; gaps are None."""

    kind: ClassVar[str] = "spark"
    values: tuple[float | None, ...]
    text: str


@dataclass(frozen=True)
class Track:
    """A milestone on the time axis that all rows of its table share; positions are shares of that axis."""

    kind: ClassVar[str] = "track"
    text: str
    today: float | None = None
    baseline: float | None = None
    target: float | None = None
    likely: float | None = None
    safe: float | None = None
    done: float | None = None
    is_late: bool = False
    dates: tuple[date | None, date | None, date | None] = (None, None, None)
    """Baseline, even odds and eight in ten, for programs that draw it themselves."""
    target_date: date | None = None
    today_date: date | None = None


Inline: TypeAlias = str | Value | Light | Bar | Spark | Track
Cell: TypeAlias = Inline | tuple[Inline, ...]


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    kind: ClassVar[str] = "prose"
    parts: tuple[Inline, ...]
    tone: Literal["", "quiet"] = ""
    is_page_only: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    kind: ClassVar[str] = "heading"
    text: str


def note(*parts: Inline, is_page_only: bool = False) -> Prose:
    """A quiet paragraph: an explanation, or that there is nothing."""
    return Prose(parts, "quiet", is_page_only)


@dataclass(frozen=True)
class Column:
    """A column of a table; `is_number` aligns right; `is_page_only` has no room in Markdown's narrow column; `is_wide` holds names that should stay on a line.

    With `beneath` the page sets it under the column before it, behind these words: as values it stays a column of its own.
    """

    title: str
    is_number: bool = False
    explain: str = ""
    is_page_only: bool = False
    is_wide: bool = False
    beneath: str | None = None


@dataclass(frozen=True)
class Table:
    """A table. `empty` is the sentence that stands in its place when there are no rows.

    `layout` "cards" stacks each row on a narrow screen, "scroll" keeps the grid and lets it scroll. `limit` rows are open, the others are folded away; Markdown leaves them out and says so.
    `message` is what its tracks show, said where a program draws them itself.
    """

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    empty: str
    layout: Literal["cards", "scroll"] = "cards"
    limit: int = 25
    is_caption_shown: bool = False
    message: str = ""


@dataclass(frozen=True)
class Matrix:
    """Colours of subjects by dimension: a grid of lights on the page, a list of the colours in words in Markdown.

    The first dimension sums up the others. A light's `full` is its reason; a cell without a light was not judged.
    """

    kind: ClassVar[str] = "matrix"
    caption: str
    subject: str
    dimensions: tuple[str, ...]
    rows: Sequence[tuple[str, tuple[Light | None, ...]]]
    empty: str
    limit: int = 40


@dataclass(frozen=True)
class Series:
    """One line or set of bars; gaps are None. `label` is a fixed word of ours, drawn at the end of the line."""

    label: str
    values: Sequence[float | None]
    role: Literal["ink", "muted", "accent", "soft"] = "accent"
    style: Literal["line", "dashed", "bars"] = "line"


@dataclass(frozen=True)
class Picture:
    """A chart that is drawn when somebody looks: values, slides and the front page need no drawing.

    `days` and `series` are what is drawn, for programs that draw it themselves.
    """

    draw: Callable[[], tuple[str, str]] = field(compare=False, repr=False)
    days: tuple[date, ...] = ()
    series: tuple[Series, ...] = ()

    @cached_property
    def drawn(self) -> tuple[str, str]:
        """Both variants, as SVG."""
        return self.draw()

    @property
    def page(self) -> str:
        """Takes its colours from the page around it."""
        return self.drawn[0]

    @property
    def plain(self) -> str:
        """Stands alone on a light ground."""
        return self.drawn[1]


@dataclass(frozen=True)
class Chart:
    """A chart whose title says its message; the table beneath holds what was drawn.

    `currency` is that of its amounts, for programs that draw their own axis.
    """

    kind: ClassVar[str] = "chart"
    title: str
    unit: str
    alternative: str
    picture: Picture
    table: Table
    currency: str = ""


@dataclass(frozen=True)
class Charts:
    """Charts side by side where there is room."""

    kind: ClassVar[str] = "charts"
    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class Tile:
    """One headline figure under its label; a light stands for the label or before it."""

    label: str
    value: Value
    note: str = ""
    spark: Spark | None = None
    light: Light | None = None


@dataclass(frozen=True)
class Tiles:
    """Headline figures in a row."""

    kind: ClassVar[str] = "tiles"
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Item:
    """An entry of a list: what it is, then lines that explain it."""

    head: tuple[Inline, ...]
    lines: tuple[tuple[Inline, ...], ...] = ()
    light: Light | None = None


@dataclass(frozen=True)
class Items:
    """A list; `empty` stands in its place when there is nothing in it."""

    kind: ClassVar[str] = "items"
    items: Sequence[Item]
    empty: str
    limit: int = 12


@dataclass(frozen=True)
class Fold:
    """Blocks that open on demand. Markdown shows them under their summary."""

    kind: ClassVar[str] = "fold"
    summary: str
    blocks: tuple[Block, ...]
    is_in_markdown: bool = True


Block: TypeAlias = Heading | Prose | Table | Matrix | Charts | Tiles | Items | Fold


@dataclass(frozen=True)
class Section:
    """A headed part of the report; `anchor` is its address in the page."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Source:
    """How old one source is, for the line on top of every report."""

    name: str
    age: Value
    is_stale: bool
    note: str = ""


@dataclass(frozen=True)
class Document:
    """A whole report. `verdict` is the colour and the sentence that an executive reads if nothing else."""

    name: str
    title: str
    audience: str
    as_of: Value
    sources: tuple[Source, ...]
    verdict: tuple[Inline, ...]
    light: Light | None
    sections: tuple[Section, ...]
    numbers: Mapping[str, float] = field(default_factory=dict)
