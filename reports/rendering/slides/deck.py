"""A report as PowerPoint: its sections flow over slides; tables and charts are native, so that a committee can edit them.

What does not fit stays in the report, and the slide says so. python-pptx is imported inside the functions: it costs half
a second and only the pack needs it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

from reports.document import (
    LETTERS,
    Block,
    Charts,
    Document,
    Heading,
    Item,
    Items,
    Matrix,
    Prose,
    Status,
    Table,
    Tile,
    Tiles,
)
from reports.rendering import plain_text
from reports.rendering.neutral import neutral
from reports.rendering.slides import charts, gantt, tables
from reports.rendering.slides.ground import BOTTOM, FILLS, MARGIN, MUTED, WIDE, WIDTH, Ground, rgb, text

MOST_SLIDES = 3
"""Of one table or list."""

SIGNS_PER_INCH = 10.5
"""Of a list's text."""

HEAD_LINE, ITEM_LINE = 0.3, 0.245
TILE_HEIGHT, CAPTION_HEIGHT = 0.95, 0.36
LEAST_CHART = 3.4


def write(document: Document) -> bytes:
    """The whole report as a presentation, one section after another."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(7.5)
    deck.core_properties.title, deck.core_properties.author = document.title, "ML Program Hub"
    _cover(deck, document)
    for section in document.sections:
        ground = Ground(deck, section.title, f"{document.title} · as of {document.as_of.text}")
        caption = ""
        for one in section.blocks:
            caption = one.text if isinstance(one, Heading) else caption
            _block(ground, caption, one)
        if ground.slide is None:
            # An item of the agenda is never left out: what it says of itself is all there is.
            said = [plain_text.sentence(one.parts) for one in section.blocks if isinstance(one, Prose)]
            _said(ground, said or ["Nothing is known."])
    written = io.BytesIO()
    deck.save(written)
    return written.getvalue()


def _cover(deck: Any, document: Document) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    text(slide, [document.audience], (MARGIN, 1.2, WIDE, 0.4), size=16, colour=MUTED)
    text(slide, [document.title], (MARGIN, 1.6, WIDE, 1.0), size=44, is_bold=True)
    text(slide, [f"As of {document.as_of.text}"], (MARGIN, 2.5, WIDE, 0.4), size=18, colour=MUTED)
    if document.light is not None:
        _sign(slide, document.light.status, 3.55)
    left = MARGIN + (0.85 if document.light is not None else 0.0)
    verdict = plain_text.sentence(document.verdict)
    text(slide, [verdict], (left, 3.45, WIDTH - left - MARGIN, 2.4), size=24)
    ages = [f"{source.name} {source.age.text}{', stale' if source.is_stale else ''}" for source in document.sources]
    line = " · ".join(ages) or "No source has been read yet."
    text(slide, [line], (MARGIN, 6.75, WIDE, 0.4), size=12, colour=MUTED)


def _sign(slide: Any, status: Status, top: float) -> None:
    """The colour of the whole as a box with its letter."""
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Inches, Pt

    box = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, Inches(MARGIN), Inches(top), Inches(0.55), Inches(0.55))
    ground, ink = FILLS[status]
    box.fill.solid()
    box.fill.fore_color.rgb = rgb(ground)
    box.line.fill.background()
    box.shadow.inherit = False
    box.text_frame.text = LETTERS[status]
    font = box.text_frame.paragraphs[0].runs[0].font
    font.size, font.bold, font.color.rgb = Pt(20), True, rgb(ink)


def _block(ground: Ground, caption: str, one: Block) -> None:
    match one:
        case Table() | Matrix():
            if not one.rows:
                _said(ground, [one.empty])
            else:
                _roadmap(ground, one)
                _table(ground, one.caption if isinstance(one, Matrix) else caption or one.caption, tables.grid(one))
        case Items():
            _items(ground, caption, one)
        case Charts():
            drawn = [chart for chart in one.charts if chart.picture.series]
            for index in range(0, len(drawn), 2):
                top = ground.take_rest(LEAST_CHART)
                charts.draw(ground.slide, drawn[index : index + 2], top, BOTTOM - top)
            for chart in one.charts:
                if not chart.picture.series and chart.table.rows:  # of no kind that PowerPoint draws over days
                    _table(ground, chart.title, tables.grid(chart.table))
        case Tiles():
            top = ground.take(TILE_HEIGHT)
            width = WIDE / len(one.tiles)
            for index, tile in enumerate(one.tiles):
                _tile(ground.slide, tile, MARGIN + index * width, top, width - 0.2)
        case Prose() if one.tone == "":
            _said(ground, [plain_text.sentence(one.parts)])
        case _:
            return


def _roadmap(ground: Ground, one: Table | Matrix) -> None:
    """The tracks of a table as a chart of its own slide, in front of the table."""
    if isinstance(one, Table) and one.message and (plans := gantt.plans(one)):
        ground.turn()
        gantt.draw(ground.slide, one.message, plans, ground.at, BOTTOM - ground.at)
        ground.at = BOTTOM


def _said(ground: Ground, lines: Sequence[str]) -> None:
    """Sentences, where there is nothing to show."""
    height = sum(math.ceil(len(line) / (WIDE * SIGNS_PER_INCH)) for line in lines) * HEAD_LINE + 0.1
    top = ground.take(height)
    text(ground.slide, lines, (MARGIN, top, WIDE, height), size=16, colour=MUTED)


def _tile(slide: Any, tile: Tile, left: float, top: float, width: float) -> None:
    """A headline figure under its label."""
    label = tile.label or (tile.light.status.capitalize() if tile.light else "")
    text(slide, [label], (left, top, width, 0.3), size=12, colour=MUTED)
    text(slide, [tile.value.text], (left, top + 0.22, width, 0.45), size=24, is_bold=True)
    text(slide, [tile.note], (left, top + 0.65, width, 0.3), size=11, colour=MUTED)


def _table(ground: Ground, caption: str, grid: tables.Grid) -> None:
    heights = [tables.height(row, grid) for row in grid.rows]
    least = CAPTION_HEIGHT + tables.HEAD + sum(heights[:3])
    first = 0
    for number in range(1, MOST_SLIDES + 1):
        if number > 1 or ground.room() < least:
            ground.turn()
        room = ground.room() - CAPTION_HEIGHT - tables.HEAD - (0.35 if number == MOST_SLIDES else 0.0)
        last = _fitting(heights, first, room)
        top = ground.take(CAPTION_HEIGHT + tables.HEAD + sum(heights[first:last]))
        text(ground.slide, [caption], (MARGIN, top, WIDE, CAPTION_HEIGHT), size=13, colour=MUTED)
        tables.draw(ground.slide, grid, grid.rows[first:last], top + CAPTION_HEIGHT)
        first = last
        if first == len(grid.rows):
            return
    left = len(grid.rows) - first
    text(ground.slide, [f"… and {left} more in the report."], (MARGIN, BOTTOM - 0.1, 6.0, 0.3), size=12, colour=MUTED)


def _fitting(heights: Sequence[float], first: int, room: float) -> int:
    """The end of what fits from `first` on: at least one."""
    last, used = first, 0.0
    while last < len(heights) and (last == first or used + heights[last] <= room):
        used += heights[last]
        last += 1
    return last


def _items(ground: Ground, caption: str, one: Items) -> None:
    if not one.items:
        _said(ground, [one.empty])
        return
    heights = [_item_height(item) for item in one.items]
    first = 0
    for number in range(1, MOST_SLIDES + 1):
        if number > 1 or ground.room() < CAPTION_HEIGHT + heights[0]:
            ground.turn()
        if ground.slide is None:
            ground.turn()
        at = CAPTION_HEIGHT if caption else 0.0
        last = _fitting(heights, first, ground.room() - at - 0.35)
        top = ground.take(at + sum(heights[first:last]))
        if caption:
            text(ground.slide, [caption], (MARGIN, top, WIDE, CAPTION_HEIGHT), size=13, colour=MUTED)
        lines = [line for item in one.items[first:last] for line in _item(item)]
        text(ground.slide, lines, (MARGIN, top + at, WIDE, sum(heights[first:last])), size=16)
        first = last
        if first == len(one.items):
            return
    left = len(one.items) - first
    text(ground.slide, [f"… and {left} more in the report."], (MARGIN, BOTTOM - 0.1, 6.0, 0.3), size=12, colour=MUTED)


def _item(item: Item) -> list[str]:
    """An entry's lines; four spaces in front of those that explain it."""
    colour = f"{plain_text.inline(item.light)}: " if item.light else ""
    return [
        neutral(f"{colour}{plain_text.sentence(item.head)}"),
        *(f"    {neutral(tables.short(plain_text.sentence(line), 360))}" for line in item.lines),
    ]


def _item_height(item: Item) -> float:
    head, *lines = _item(item)
    wrapped = sum(math.ceil(len(line) / (WIDE * SIGNS_PER_INCH * 1.15)) for line in lines)
    return math.ceil(len(head) / (WIDE * SIGNS_PER_INCH)) * HEAD_LINE + wrapped * ITEM_LINE + 0.15
