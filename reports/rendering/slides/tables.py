"""Tables of slides: which columns have room, how wide and how high they become, and native cells that hold them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reports.document import LETTERS, Cell, Light, Matrix, Spark, Status, Table, Track, Value
from reports.rendering import plain_text
from reports.rendering.neutral import neutral
from reports.rendering.slides.ground import FILLS, INK, MARGIN, MUTED, RULE, WIDE, rgb

HEAD = 0.42
LINE, UNDER, AIR = 0.2, 0.17, 0.14
"""Heights in inches of a line in a cell, of a quiet line beneath, and around both."""

SIGNS_PER_INCH = 11.5
MOST_CELL = 120
UNBROKEN = 14
"""Texts up to this length stay on one line: dates, amounts, letters."""

NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's "No Style, No Grid": the rules here are our own."""


@dataclass(frozen=True)
class Texts:
    """A cell: its text, a quiet line beneath, and its colour if it is a light."""

    text: str
    under: str = ""
    status: Status | None = None


@dataclass(frozen=True)
class Grid:
    """A table as it stands on slides; widths in inches."""

    heads: list[str]
    rows: list[list[Texts]]
    numbers: list[bool]
    widths: list[float]


def grid(one: Table | Matrix) -> Grid:
    """A table with all columns that have room, else without those that only a page has; what is only drawn is left out."""
    if isinstance(one, Matrix):
        rows = [[Texts(neutral(title)), *(_letter(light) for light in lights)] for title, lights in one.rows]
        heads = [neutral(head) for head in (one.subject, *one.dimensions)]
        return Grid(heads, rows, [False] * len(heads), _widths(heads, rows))
    drawn = {
        index for index in range(len(one.columns)) if all(isinstance(row[index], Track | Spark) for row in one.rows)
    }
    every = [index for index in range(len(one.columns)) if index not in drawn]
    found = _kept(one, every)
    if sum(_least(found.heads, found.rows)) > WIDE:
        found = _kept(one, [index for index in every if not one.columns[index].is_page_only])
    return found


def _kept(one: Table, kept: Sequence[int]) -> Grid:
    heads = [neutral(one.columns[index].title) for index in kept]
    rows = [[_texts(row[index]) for index in kept] for row in one.rows]
    return Grid(heads, rows, [one.columns[index].is_number for index in kept], _widths(heads, rows))


def _letter(light: Light | None) -> Texts:
    if light is None:
        return Texts("–")
    return Texts(f"{LETTERS[light.status]}{'*' if light.is_overridden else ''}", "", light.status)


def _texts(one: Cell) -> Texts:
    """A cell's words; the word of a colour is left out where others say what it means."""
    parts = one if isinstance(one, tuple) else (one,)
    status = next((part.status for part in parts if isinstance(part, Light)), None)
    under = [part.text for part in parts if isinstance(part, Value) and part.tone in ("under", "fine")]
    rest = tuple(part for part in parts if not (isinstance(part, Value) and part.tone in ("under", "fine")))
    if len(rest) > 1:
        rest = tuple(part for part in rest if not (isinstance(part, Light) and part.is_narrow))
    said, beneath = (neutral(one, is_shown_only=True) for one in (plain_text.cell(rest), " ".join(under)))
    return Texts(short(said), short(beneath), status)


def short(text: str, most: int = MOST_CELL) -> str:
    """A text of a bearable length."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _least(heads: Sequence[str], rows: Sequence[Sequence[Texts]]) -> list[float]:
    """The width in inches below which a column breaks its words, dates or amounts."""
    found = []
    for index, head in enumerate(heads):
        words = [word for cell in (row[index] for row in rows) for word in _unbroken(cell.text)]
        signs = max([len(word) for word in [*head.split(), *words]], default=4)
        found.append(min(2.2, max(4, signs) / SIGNS_PER_INCH * 1.12) + 0.2)
    return found


def _unbroken(text: str) -> Iterator[str]:
    if len(text) <= UNBROKEN:
        yield text
    else:
        yield from text.split()


def _widths(heads: Sequence[str], rows: Sequence[Sequence[Texts]]) -> list[float]:
    """Each column as wide as it must be, and what is left by the lengths of the texts."""
    least = _least(heads, rows)
    longest = [
        min(70, max([len(head), *(max(len(row[index].text), len(row[index].under)) for row in rows)]))
        for index, head in enumerate(heads)
    ]
    wanted = [max(0.0, signs / SIGNS_PER_INCH + 0.25 - width) for signs, width in zip(longest, least, strict=True)]
    left = WIDE - sum(least)
    if left <= 0:
        return [width * WIDE / sum(least) for width in least]
    share = min(1.0, left / sum(wanted)) if sum(wanted) else 0.0
    return [width + want * share for width, want in zip(least, wanted, strict=True)]


def height(row: Sequence[Texts], of: Grid) -> float:
    """How high a row becomes when its texts wrap."""
    return (
        max(
            _lines(cell.text, width) * LINE + _lines(cell.under, width * 1.15) * UNDER
            for cell, width in zip(row, of.widths, strict=True)
        )
        + AIR
    )


def _lines(text: str, width: float) -> int:
    return math.ceil(len(text) / max(1.0, (width - 0.15) * SIGNS_PER_INCH))


def draw(slide: Any, of: Grid, rows: Sequence[Sequence[Texts]], top: float) -> None:
    """A native table: quiet headings, a rule beneath each row, colours as tiles with their letter or word."""
    from pptx.util import Inches

    heights = [HEAD, *(height(row, of) for row in rows)]
    shape = slide.shapes.add_table(
        len(rows) + 1, len(of.heads), Inches(MARGIN), Inches(top), Inches(sum(of.widths)), Inches(sum(heights))
    )
    table = shape.table
    table.horz_banding = False
    table._tbl.tblPr.find(f"{{{_DRAWING}}}tableStyleId").text = NO_STYLE  # noqa: SLF001 # python-pptx has no name for it
    for index, width in enumerate(of.widths):
        table.columns[index].width = Inches(width)
    for index, high in enumerate(heights):
        table.rows[index].height = Inches(high)
    for index, head in enumerate(of.heads):
        is_light = any(row[index].status and len(row[index].text) <= 2 for row in of.rows)
        _fill(table.cell(0, index), Texts(head), MUTED, is_right=of.numbers[index], is_centred=is_light)
    for at, row in enumerate(rows, start=1):
        for index, one in enumerate(row):
            is_letter = one.status is not None and len(one.text) <= 2
            _fill(table.cell(at, index), one, INK, is_bold=not index, is_right=of.numbers[index], is_centred=is_letter)


def _fill(
    cell: Any, one: Texts, ink: str, *, is_bold: bool = False, is_right: bool = False, is_centred: bool = False
) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Inches, Pt

    cell.margin_left = cell.margin_right = Inches(0.07)
    cell.margin_top = cell.margin_bottom = Inches(0.05)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE if one.status else MSO_ANCHOR.TOP
    frame = cell.text_frame
    frame.word_wrap = True
    frame.text = one.text
    lines = [(frame.paragraphs[0], 12, is_bold or one.status is not None, FILLS[one.status][1] if one.status else ink)]
    if one.under:
        beneath = frame.add_paragraph()
        beneath.text = one.under
        lines.append((beneath, 10, False, MUTED))
    for paragraph, size, is_strong, colour in lines:
        paragraph.alignment = PP_ALIGN.CENTER if is_centred else PP_ALIGN.RIGHT if is_right else PP_ALIGN.LEFT
        paragraph.font.size = Pt(size)  # of an empty cell too: it would else be as high as a title
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.color.rgb = Pt(size), is_strong, rgb(colour)
    if one.status:
        cell.fill.solid()
        cell.fill.fore_color.rgb = rgb(FILLS[one.status][0])
    else:
        cell.fill.background()
    _edges(cell, RULE, is_tile=one.status is not None)


_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def _edges(cell: Any, rule: str, *, is_tile: bool) -> None:
    """A thin rule beneath; around a colour a white edge, so that it stands as a tile."""
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 # python-pptx cannot draw borders
    edges = {"lnL": 38100, "lnR": 38100, "lnT": 19050, "lnB": 19050} if is_tile else {"lnB": 6350}
    for place, (name, width) in enumerate(edges.items()):
        line, fill, colour = (
            properties.makeelement(f"{{{_DRAWING}}}{tag}", attributes)
            for tag, attributes in (
                (name, {"w": str(width)}),
                ("solidFill", {}),
                ("srgbClr", {"val": "FFFFFF" if is_tile else rule}),
            )
        )
        fill.append(colour)
        line.append(fill)
        properties.insert(place, line)
