"""Tables of slides: which columns have room, how wide and how high they become, and native cells that hold them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reports.document import LETTERS, WORDS, Cell, Inline, Light, Matrix, Spark, Status, Table, Track, Value
from reports.figures import plain
from reports.rendering import plain_text
from reports.rendering.neutral import neutral
from reports.rendering.slides import runs
from reports.rendering.slides.ground import FILLS, INK, MARGIN, MUTED, PAPER, RULE, WIDE, rgb, write

HEAD = 0.42
LINE, UNDER, AIR = 0.2, 0.17, 0.14
"""Heights in inches of a line in a cell, of a quiet line beneath, and around both."""

SIGNS_PER_INCH = 11.5
BOLD = 1.12
"""So much wider than others bold letters are."""

MOST_CELL = 160
UNBROKEN = 14
"""Texts up to this length stay on one line: dates, amounts, letters."""

NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's "No Style, No Grid": the rules here are our own."""


@dataclass(frozen=True)
class Texts:
    """A cell: its text, a quiet line beneath, its colour if it is a light, and the pieces of the text with their tones."""

    text: str
    under: str = ""
    status: Status | None = None
    runs: tuple[runs.Run, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A table as it stands on slides; widths in inches, and of each row what the speaker may be asked for, if anything."""

    heads: list[str]
    rows: list[list[Texts]]
    numbers: list[bool]
    widths: list[float]
    notes: Sequence[str] = ()


def grid(one: Table | Matrix) -> Grid:
    """A table with all columns that have room, else without those that only a page has; what is only drawn is left out."""
    if isinstance(one, Matrix):
        rows = [[Texts(neutral(title)), *(_letter(light) for light in lights)] for title, lights in one.rows]
        heads = [neutral(head) for head in (one.subject, *one.dimensions)]
        notes = [_note(heads, (title, *(light or "" for light in lights)), row) for (title, lights), row in zip(one.rows, rows, strict=True)]  # fmt: skip
        return Grid(heads, rows, [False] * len(heads), _widths(heads, rows), notes)
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
    notes = [_note(heads, [row[index] for index in kept], texts) for row, texts in zip(one.rows, rows, strict=True)]
    return Grid(heads, rows, [one.columns[index].is_number for index in kept], _widths(heads, rows), notes)


def _note(heads: Sequence[str], cells: Sequence[Cell], texts: Sequence[Texts]) -> str:
    """What a row has no room for: full values, the reasons of its colours, texts that were cut."""
    said = []
    for head, cell, shown in zip(heads, cells, texts, strict=True):
        parts = cell if isinstance(cell, tuple) else (cell,)
        behind = [full for part in parts if (full := _behind(part))]
        if shown.text.endswith("…"):
            behind.insert(0, plain_text.cell(cell))
        said += [f"{head} {'; '.join(behind)}"] if behind else []
    return f"{texts[0].text}: {' · '.join(said)}" if said else ""


def _behind(one: Inline) -> str:
    """The full value behind a piece, where it says more; green needs no reason."""
    if isinstance(one, Light):
        return "" if one.status == "green" or not one.full else f"{WORDS[one.status].lower()}: {plain(one.full)}"
    full = plain(getattr(one, "full", ""))
    return full if full != plain_text.inline(one).strip() else ""


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
    said, beneath = (neutral(one, is_shown_only=True) for one in (plain_text.cell(rest), " · ".join(under)))
    said, beneath = runs.short(said, MOST_CELL), runs.short(beneath, MOST_CELL)
    return Texts(said, beneath, status, runs.runs(rest, said))


def _least(heads: Sequence[str], rows: Sequence[Sequence[Texts]]) -> list[float]:
    """The width in inches below which a column breaks its words, dates or amounts."""
    found = []
    for index, head in enumerate(heads):
        signs = max(
            [
                *(len(word) for word in head.split()),
                *(len(word) * _wide(row[index]) for row in rows for word in _unbroken(row[index].text)),
            ],
            default=4,
        )
        found.append(min(2.2, max(4, signs) / SIGNS_PER_INCH * 1.25) + 0.2)
    return found


def _wide(cell: Texts) -> float:
    return BOLD if any(tone in ("strong", "bad") for _, tone in cell.runs) else 1.0


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
            _lines(cell.text, width / (BOLD if not place else _wide(cell))) * LINE
            + _lines(cell.under, width * 1.05) * UNDER
            for place, (cell, width) in enumerate(zip(row, of.widths, strict=True))
        )
        + AIR
    )


def _lines(text: str, width: float) -> int:
    return math.ceil(len(text) / max(1.0, (width - 0.15) * SIGNS_PER_INCH))


def draw(slide: Any, of: Grid, rows: Sequence[Sequence[Texts]], top: float) -> None:
    """A native table: quiet headings, a rule beneath each row, colours as tiles with their letter or word."""
    from pptx.oxml.ns import qn
    from pptx.util import Inches

    heights = [HEAD, *(height(row, of) for row in rows)]
    shape = slide.shapes.add_table(
        len(rows) + 1, len(of.heads), Inches(MARGIN), Inches(top), Inches(sum(of.widths)), Inches(sum(heights))
    )
    table = shape.table
    table.horz_banding = False
    table._tbl.tblPr.find(qn("a:tableStyleId")).text = NO_STYLE  # noqa: SLF001 # python-pptx has no name for it
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
    pieces = one.runs if one.runs and not one.status else ((one.text, ""),)
    lines = [(pieces, 12, is_bold or one.status is not None, FILLS[one.status][1] if one.status else ink)]
    if one.under:
        lines.append((((one.under, ""),), 10, False, MUTED))
    for place, (of, size, is_strong, colour) in enumerate(lines):
        paragraph = frame.add_paragraph() if place else frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.CENTER if is_centred else PP_ALIGN.RIGHT if is_right else PP_ALIGN.LEFT
        paragraph.font.size = Pt(size)  # of an empty cell too: it would else be as high as a title
        write(paragraph, tuple(run for run in of if run[0]), size, colour, is_bold=is_strong)
    if one.status:
        cell.fill.solid()
        cell.fill.fore_color.rgb = rgb(FILLS[one.status][0])
    else:
        cell.fill.background()
    _edges(cell, is_tile=one.status is not None)


def _edges(cell: Any, *, is_tile: bool) -> None:
    """A thin rule beneath; around a colour a white edge, so that it stands as a tile."""
    from pptx.oxml.ns import qn

    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 # python-pptx cannot draw borders
    edges = {"lnL": 38100, "lnR": 38100, "lnT": 19050, "lnB": 19050} if is_tile else {"lnB": 6350}
    for place, (name, width) in enumerate(edges.items()):
        line, fill, colour = (
            properties.makeelement(qn(f"a:{tag}"), attributes)
            for tag, attributes in (
                (name, {"w": str(width)}),
                ("solidFill", {}),
                ("srgbClr", {"val": str(rgb(PAPER if is_tile else RULE))}),
            )
        )
        fill.append(colour)
        line.append(fill)
        properties.insert(place, line)
