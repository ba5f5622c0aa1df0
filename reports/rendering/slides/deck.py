"""A report as PowerPoint: its sections flow over slides; tables and charts are native, so that a committee can edit them.

What does not fit stays in the report, and the slide says so. python-pptx is imported inside the functions: it costs half
a second and only the pack needs it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from typing import Any

from reports.document import (
    LETTERS,
    Block,
    Charts,
    Document,
    Fold,
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
from reports.rendering.slides import charts, gantt, runs, tables
from reports.rendering.slides.ground import (
    BOTTOM,
    FILLS,
    MARGIN,
    MOST_MESSAGE,
    MUTED,
    TOP,
    WIDE,
    WIDTH,
    Ground,
    entries,
    head,
    rgb,
    text,
)

MOST_SLIDES = 3
"""Of one table or list."""

SIGNS_PER_INCH = 10.5
"""Of a list's text."""

HEAD_LINE, ITEM_LINE = 0.3, 0.255
TILE_HEIGHT, CAPTION_HEIGHT = 0.95, 0.36
LEAST_CHART = 3.4
LEGEND_SIGNS, LEGEND_LINE, MOST_LEGEND = 13.0, 0.19, 260
"""Of the small print beneath a table: signs per inch, the height of a line, and the signs that are read on a slide."""

MOST_LINE, MOST_HEAD = 360, 1200
"""Signs of a line beneath an entry of a list, and of its head."""

MORE_HEIGHT = 0.35
"""Of the line that says how many more there are."""

MOST_REST = 40
"""Rows without room on slides that the speaker finds in the notes."""

STEP = 0.1
"""Inches by which the height that each slide is filled to is tried."""


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
        _blocks(ground, section.blocks)
        if ground.slide is None:
            # An item of the agenda is never left out: what it says of itself is all there is.
            said = [plain_text.sentence(one.parts) for one in section.blocks if isinstance(one, Prose)]
            _said(ground, said or ["Nothing is known."])
        ground.number()
    written = io.BytesIO()
    deck.save(written)
    return written.getvalue()


def _cover(deck: Any, document: Document) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    text(slide, [document.audience], (MARGIN, 1.2, WIDE, 0.4), size=16, colour=MUTED)
    head(slide.shapes.title, document.title, (MARGIN, 1.6, WIDE, 0.85), 44)
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


def _blocks(ground: Ground, blocks: Sequence[Block]) -> None:
    caption, is_beneath = "", False
    for one in blocks:
        caption = one.text if isinstance(one, Heading) else caption
        if isinstance(one, Fold):
            ground.tell([f"More in the report: {one.summary}"])
        elif isinstance(one, Prose) and one.tone == "quiet":
            _quiet(ground, one, is_beneath=is_beneath)
        else:
            _block(ground, caption, one)
            is_beneath = isinstance(one, Table | Matrix | Items)


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


def _quiet(ground: Ground, one: Prose, *, is_beneath: bool) -> None:
    """What explains a table stands small beneath it where there is room; all else is the speaker's to say."""
    if one.is_page_only:
        return
    said = plain_text.sentence(one.parts)
    height = math.ceil(len(said) / (WIDE * LEGEND_SIGNS)) * LEGEND_LINE
    if is_beneath and ground.at > TOP and len(said) <= MOST_LEGEND and height <= ground.room() + 0.3:
        text(ground.slide, [said], (MARGIN, ground.at - 0.15, WIDE, height), size=11, colour=MUTED)
        ground.at += height
    else:
        ground.tell([said])


def _roadmap(ground: Ground, one: Table | Matrix) -> None:
    """The tracks of a table as a chart of its own slide, in front of the table."""
    if isinstance(one, Table) and one.message and (plans := gantt.plans(one)):
        ground.turn()
        ground.name(one.message)
        gantt.draw(ground.slide, one.message, plans[: gantt.MOST_BARS], ground.at, BOTTOM - ground.at)
        if (left := len(plans) - gantt.MOST_BARS) > 0:
            _beneath(ground, f"… and {left} more in the table that follows.")
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
    last = 0
    for first, last, top in _flow(ground, caption, heights, head=tables.HEAD, least=sum(heights[:3])):
        tables.draw(ground.slide, grid, grid.rows[first:last], top)
        ground.tell([note for note in grid.notes[first:last] if note])
    _rest(ground, [" · ".join(cell.text for cell in row) for row in grid.rows[last:]])


def _flow(
    ground: Ground, caption: str, heights: Sequence[float], *, head: float, least: float
) -> Iterator[tuple[int, int, float]]:
    """What each slide holds of a list, from where to where, and its top beneath the caption: evenly over as few as can be."""
    above = CAPTION_HEIGHT if caption else 0.0
    room, whole = (height - above - head for height in (ground.room(), BOTTOM - TOP))
    if ground.slide is None or room < (sum(heights) if sum(heights) <= whole else least):
        ground.turn()
        room = whole
    first = 0
    for last in ends(heights, [room, *[whole] * (MOST_SLIDES - 2), whole - MORE_HEIGHT]):
        if first:
            ground.turn()
        under = 0.0 if ground.name(caption) else above
        top = ground.take(under + head + sum(heights[first:last]))
        if under:
            text(ground.slide, [caption], (MARGIN, top, WIDE, CAPTION_HEIGHT), size=13, colour=MUTED)
        yield first, last, top + under
        first = last


def ends(heights: Sequence[float], rooms: Sequence[float]) -> list[int]:
    """Where each slide ends: the lowest height is filled with which no further slide is needed."""
    greedy = _filled(heights, rooms)
    if greedy[-1] < len(heights):
        return greedy
    lower = (
        _filled(heights, [min(room, number * STEP) for room in rooms])
        for number in range(1, math.ceil(max(rooms) / STEP) + 1)
    )
    return next(found for found in lower if len(found) <= len(greedy) and found[-1] == len(heights))


def _filled(heights: Sequence[float], rooms: Sequence[float]) -> list[int]:
    found: list[int] = []
    for room in rooms:
        first = found[-1] if found else 0
        if first < len(heights):
            found.append(_fitting(heights, first, room))
    return found


def _rest(ground: Ground, rows: Sequence[str]) -> None:
    """What has no room: how much it is, and for the speaker what it is."""
    if rows:
        _beneath(ground, f"… and {len(rows)} more in the report.")
        ground.tell(["Without room on the slides:", *rows[:MOST_REST]])


def _beneath(ground: Ground, line: str) -> None:
    text(ground.slide, [line], (MARGIN, BOTTOM - 0.1, 6.0, 0.3), size=12, colour=MUTED)


def _fitting(heights: Sequence[float], first: int, room: float) -> int:
    """The end of what fits from `first` on: at least one."""
    last, used = first, 0.0
    while last < len(heights) and (last == first or used + heights[last] <= room + 1e-6):
        used += heights[last]
        last += 1
    return last


def _items(ground: Ground, caption: str, one: Items) -> None:
    if not one.items:
        _said(ground, [one.empty])
        return
    fitted = [_fitted(_item(item)) for item in one.items]
    lines = [shown for shown, _ in fitted]
    heights = [_height(each) for each in lines]
    last = 0
    for first, last, top in _flow(ground, caption, heights, head=0.0, least=heights[0]):
        shown = [line for each in lines[first:last] for line in each]
        entries(ground.slide, shown, (MARGIN, top, WIDE, sum(heights[first:last])))
        for each, left in fitted[first:last]:
            if left:
                ground.tell([f"Without room on the slide, of “{runs.short(each[0].text, MOST_MESSAGE)}”:", *left])
    _rest(ground, [each[0].text for each in lines[last:]])


def _item(item: Item) -> list[runs.Line]:
    """An entry's lines: its head, then what explains it or is to be chosen from."""
    colour = f"{plain_text.inline(item.light)}: " if item.light else ""
    head = runs.Line(((neutral(runs.short(f"{colour}{plain_text.sentence(item.head)}", MOST_HEAD)), ""),))
    return [head, *(runs.line(line, MOST_LINE) for line in item.lines)]


def _fitted(lines: list[runs.Line]) -> tuple[list[runs.Line], list[str]]:
    """What of an entry's lines fits on a slide of its own, with how many do not; and those that do not."""
    most = BOTTOM - TOP - CAPTION_HEIGHT - MORE_HEIGHT
    last = len(lines)
    shown = lines
    while _height(shown) > most:
        last -= 1
        shown = [*lines[:last], runs.Line(((f"… and {len(lines) - last} more in the notes.", ""),), "quiet")]
    return shown, [line.text for line in lines[last:]]


def _height(lines: Sequence[runs.Line]) -> float:
    head, *others = lines
    wrapped = sum(
        math.ceil(len(line.text) / (WIDE * SIGNS_PER_INCH * (1.08 if line.kind == "choice" else 1.15)))
        for line in others
    )
    return math.ceil(len(head.text) / (WIDE * SIGNS_PER_INCH)) * HEAD_LINE + wrapped * ITEM_LINE + 0.15
