"""A report as PowerPoint: native, editable charts and tables. What does not fit stays in the report, and the slide says so.

python-pptx is imported inside the functions: it costs half a second and only the pack needs it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reports import plain_text
from reports.charts import COLOURS
from reports.document import (
    Block,
    Chart,
    Charts,
    Document,
    Heading,
    Items,
    Light,
    Matrix,
    Prose,
    Spark,
    Status,
    Table,
    Tiles,
    Track,
)
from reports.neutral import neutral
from reports.page import LETTERS

WIDTH, HEIGHT = 13.333, 7.5
MARGIN, TOP = 0.6, 1.45
MOST_SLIDES = 3
"""Of one table or list."""

ROOM = HEIGHT - TOP - 0.75
SIGNS_PER_INCH = 13
ROW_LINE, ITEM_LINE = 0.19, 0.27
"""Heights in inches of a line in a table's cell and in a list."""

MOST_CELL = 110
FILLS: dict[Status, tuple[str, str]] = {
    "green": ("0B6B4F", "FFFFFF"),
    "amber": ("F0B13C", "1B1F24"),
    "red": ("B3261E", "FFFFFF"),
    "white": ("E6E8EC", "1B1F24"),
}
INK, MUTED, RULE, ACCENT = "1B1F24", "59616D", "DFE2E7", "1D5FA6"


@dataclass(frozen=True)
class _Grid:
    """A table as it stands on slides: texts, and the colour of those cells that are lights."""

    heads: list[str]
    rows: list[list[tuple[str, Status | None]]]
    numbers: list[bool]


def write(document: Document) -> bytes:
    """The whole report as a presentation, one section after another."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    deck.core_properties.title, deck.core_properties.author = document.title, "ML Program Hub"
    _cover(deck, document)
    for section in document.sections:
        before, subtitle = len(deck.slides), ""
        for one in section.blocks:
            subtitle = one.text if isinstance(one, Heading) else subtitle
            _block(deck, section.title, subtitle, one)
        if len(deck.slides) == before:
            # An item of the agenda is never left out: what it says of itself is all there is.
            said = [plain_text.sentence(one.parts) for one in section.blocks if isinstance(one, Prose)]
            _text(_slide(deck, section.title, ""), said or ["Nothing is known."], _body(), size=18, colour=MUTED)
    written = io.BytesIO()
    deck.save(written)
    return written.getvalue()


def _cover(deck: Any, document: Document) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    _text(slide, [document.audience], (MARGIN, 0.9, WIDTH - 2 * MARGIN, 0.4), size=16, colour=MUTED)
    _text(slide, [document.title], (MARGIN, 1.3, WIDTH - 2 * MARGIN, 1.0), size=44, is_bold=True)
    _text(slide, [f"As of {document.as_of.text}"], (MARGIN, 2.3, WIDTH - 2 * MARGIN, 0.4), size=18, colour=MUTED)
    if document.light is not None:
        _sign(slide, document.light.status, 3.2)
    left = MARGIN + (0.8 if document.light is not None else 0.0)
    verdict = plain_text.sentence(document.verdict)
    _text(slide, [verdict], (left, 3.1, WIDTH - left - MARGIN, 2.4), size=24)
    ages = [f"{source.name} {source.age.text}{', stale' if source.is_stale else ''}" for source in document.sources]
    _text(
        slide,
        [" · ".join(ages) or "No source has been read yet."],
        (MARGIN, 6.6, WIDTH - 2 * MARGIN, 0.4),
        size=12,
        colour=MUTED,
    )


def _sign(slide: Any, status: Status, top: float) -> None:
    """The colour of the whole as a box with its letter."""
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Inches, Pt

    box = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, Inches(MARGIN), Inches(top), Inches(0.55), Inches(0.55))
    ground, ink = FILLS[status]
    box.fill.solid()
    box.fill.fore_color.rgb = _rgb(ground)
    box.line.fill.background()
    box.text_frame.text = LETTERS[status]
    font = box.text_frame.paragraphs[0].runs[0].font
    font.size, font.bold, font.color.rgb = Pt(20), True, _rgb(ink)


def _block(deck: Any, title: str, subtitle: str, one: Block) -> None:
    match one:
        case Table():
            _table(deck, title, subtitle or one.caption, _of_table(one), one.empty)
        case Matrix():
            _table(deck, title, one.caption, _of_matrix(one), one.empty)
        case Items():
            _items(deck, title, subtitle, one)
        case Charts():
            for index in range(0, len(one.charts), 2):
                _charts(deck, title, one.charts[index : index + 2])
        case Tiles():
            heads = [tile.label or (tile.light.status.capitalize() if tile.light else "") for tile in one.tiles]
            rows = [[(tile.value.text, None) for tile in one.tiles], [(tile.note, None) for tile in one.tiles]]
            _table(
                deck,
                title,
                "In short",
                _Grid([neutral(head) for head in heads], _neutral(rows), [False] * len(heads)),
                "",
            )
        case Prose() if one.tone == "":
            _text(_slide(deck, title, subtitle), [plain_text.sentence(one.parts)], _body(), size=18)
        case _:
            return


def _of_table(one: Table) -> _Grid:
    """The columns that have room, those that are only drawn left out; the first light of a cell colours it."""
    kept = [
        index
        for index, column in enumerate(one.columns)
        if not column.is_page_only and not (one.rows and all(isinstance(row[index], Track | Spark) for row in one.rows))
    ]
    rows = [[(plain_text.cell(row[index]), _status(row[index])) for index in kept] for row in one.rows]
    return _Grid([neutral(one.columns[index].title) for index in kept], _neutral(rows), [one.columns[index].is_number for index in kept])  # fmt: skip


def _of_matrix(one: Matrix) -> _Grid:
    rows = [
        [
            (title, None),
            *((LETTERS[light.status] if light else "–", light.status if light else None) for light in lights),
        ]
        for title, lights in one.rows
    ]
    return _Grid([neutral(head) for head in (one.subject, *one.dimensions)], _neutral(rows), [False] * (len(one.dimensions) + 1))  # fmt: skip


def _status(cell: object) -> Status | None:
    parts = cell if isinstance(cell, tuple) else (cell,)
    return next((part.status for part in parts if isinstance(part, Light)), None)


def _neutral(rows: Sequence[Sequence[tuple[str, Status | None]]]) -> list[list[tuple[str, Status | None]]]:
    return [[(_short(neutral(text)), status) for text, status in row] for row in rows]


def _short(text: str) -> str:
    return text if len(text) <= MOST_CELL else f"{text[: MOST_CELL - 1].rstrip()}…"


def _pages(heights: Sequence[float], room: float) -> Iterator[tuple[int, int, int]]:
    """First, last and how many are left out, for each slide: as many as fit, at least one."""
    first = 0
    for number in range(1, MOST_SLIDES + 1):
        last, used = first, 0.0
        while last < len(heights) and (last == first or used + heights[last] <= room):
            used += heights[last]
            last += 1
        if last == first:
            return
        yield first, last, len(heights) - last if number == MOST_SLIDES else 0
        first = last


def _height(row: Sequence[tuple[str, Status | None]], widths: Sequence[float]) -> float:
    """How high a row becomes when its texts wrap."""
    lines = max(
        math.ceil(len(text) / max(1.0, width * (WIDTH - 2 * MARGIN) * SIGNS_PER_INCH))
        for (text, _), width in zip(row, widths, strict=True)
    )
    return max(1, lines) * ROW_LINE + 0.16


def _table(deck: Any, title: str, caption: str, grid: _Grid, empty: str) -> None:
    if not grid.rows:
        _text(_slide(deck, title, ""), [empty], _body(), size=18, colour=MUTED)
        return
    widths = _widths(grid)
    for first, last, left in _pages([_height(row, widths) for row in grid.rows], ROOM - 0.4):
        slide = _slide(deck, title, caption)
        _fill(slide, grid, grid.rows[first:last])
        if left:
            _text(slide, [f"… and {left} more in the report."], (MARGIN, HEIGHT - 0.6, 6.0, 0.4), size=12, colour=MUTED)


def _fill(slide: Any, grid: _Grid, rows: list[list[tuple[str, Status | None]]]) -> None:
    from pptx.util import Inches

    count = len(grid.heads)
    shape = slide.shapes.add_table(
        len(rows) + 1, count, Inches(MARGIN), Inches(TOP), Inches(WIDTH - 2 * MARGIN), Inches(0.35 * (len(rows) + 1))
    )
    table = shape.table
    table.horz_banding = False
    for index, share in enumerate(_widths(grid)):
        table.columns[index].width = Inches((WIDTH - 2 * MARGIN) * share)
    for index, head in enumerate(grid.heads):
        _cell(table.cell(0, index), head, RULE, INK, is_bold=True, is_right=grid.numbers[index])
    for at, row in enumerate(rows, start=1):
        for index, (text, status) in enumerate(row):
            ground, ink = FILLS[status] if status else ("FFFFFF", INK)
            _cell(table.cell(at, index), text, ground, ink, is_bold=index == 0, is_right=grid.numbers[index])


def _widths(grid: _Grid) -> list[float]:
    """Shares of the width by the longest text of each column, none starved and none greedy."""
    longest = [max(len(head), *(len(row[index][0]) for row in grid.rows), 1) for index, head in enumerate(grid.heads)]
    bounded = [min(60, max(9, length)) for length in longest]
    return [one / sum(bounded) for one in bounded]


def _cell(cell: Any, text: str, ground: str, ink: str, *, is_bold: bool, is_right: bool) -> None:
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    cell.fill.solid()
    cell.fill.fore_color.rgb = _rgb(ground)
    cell.text_frame.text = text
    cell.text_frame.word_wrap = True
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if is_right else PP_ALIGN.LEFT
    for run in paragraph.runs:
        run.font.size, run.font.bold, run.font.color.rgb = Pt(11), is_bold, _rgb(ink)


def _items(deck: Any, title: str, subtitle: str, one: Items) -> None:
    if not one.items:
        _text(_slide(deck, title, subtitle), [one.empty], _body(), size=18, colour=MUTED)
        return
    heights = [(1 + len(item.lines)) * ITEM_LINE + 0.15 for item in one.items]
    for first, last, left in _pages(heights, ROOM):
        slide = _slide(deck, title, subtitle)
        lines: list[str] = []
        for item in one.items[first:last]:
            colour = f"{plain_text.inline(item.light)}: " if item.light else ""
            lines.append(f"{colour}{plain_text.sentence(item.head)}")
            lines += [f"    {_short(plain_text.sentence(line))}" for line in item.lines]
        if left:
            lines.append(f"… and {left} more in the report.")
        _text(slide, lines, _body(), size=16)


def _charts(deck: Any, title: str, shown: Sequence[Chart]) -> None:
    slide = _slide(deck, title, "")
    width = (WIDTH - 2 * MARGIN - 0.4) / 2 if len(shown) > 1 else WIDTH - 2 * MARGIN
    for index, chart in enumerate(shown):
        left = MARGIN + index * (width + 0.4)
        _text(slide, [chart.title, chart.unit], (left, 1.15, width, 0.8), size=13)
        _chart(slide, chart, (left, 1.95, width, HEIGHT - 2.4))


def _chart(slide: Any, chart: Chart, box: tuple[float, float, float, float]) -> None:
    """A line chart whose numbers can be edited; bars become a line of their own, gaps stay gaps."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Inches, Pt

    data = CategoryChartData(number_format="#,##0.##")  # type: ignore[no-untyped-call] # python-pptx is typed in part
    data.categories = [day.isoformat() for day in chart.picture.days]
    for one in chart.picture.series:
        data.add_series(neutral(one.label or "value"), list(one.values))  # type: ignore[no-untyped-call] # as above
    frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE, *(Inches(one) for one in box), data)
    drawn = frame.chart
    drawn.has_title = False
    drawn.has_legend = len(chart.picture.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    drawn.font.size = Pt(11)
    for series, one in zip(drawn.plots[0].series, chart.picture.series, strict=True):
        series.smooth = False
        series.format.line.color.rgb = _rgb(COLOURS[one.role].removeprefix("#"))
        series.format.line.width = Pt(2.25)


def _slide(deck: Any, title: str, subtitle: str) -> Any:
    """A white slide with its title, and a quiet line beneath it."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches, Pt

    slide = deck.slides.add_slide(deck.slide_layouts[5])

    place = slide.shapes.title
    place.left, place.top, place.width, place.height = (
        Inches(MARGIN),
        Inches(0.35),
        Inches(WIDTH - 2 * MARGIN),
        Inches(0.65),
    )
    place.text_frame.text = neutral(title)
    paragraph = place.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    for run in paragraph.runs:
        run.font.size, run.font.bold, run.font.color.rgb = Pt(26), True, _rgb(INK)
    if subtitle:
        _text(slide, [subtitle], (MARGIN, 0.95, WIDTH - 2 * MARGIN, 0.4), size=13, colour=MUTED)
    return slide


def _body() -> tuple[float, float, float, float]:
    return (MARGIN, TOP, WIDTH - 2 * MARGIN, HEIGHT - TOP - 0.5)


def _text(
    slide: Any,
    lines: Sequence[str],
    box: tuple[float, float, float, float],
    *,
    size: int,
    colour: str = INK,
    is_bold: bool = False,
) -> None:
    from pptx.util import Inches, Pt

    frame = slide.shapes.add_textbox(*(Inches(one) for one in box)).text_frame
    frame.word_wrap = True
    for index, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if not index else frame.add_paragraph()
        is_under = line.startswith("    ")
        run = paragraph.add_run()
        run.text = neutral(line)
        run.font.size, run.font.bold = Pt(size - 2 if is_under else size), is_bold
        run.font.color.rgb = _rgb(MUTED if is_under else colour)
        paragraph.space_before = Pt(0 if is_under or not index else 10)


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour.upper())  # type: ignore[no-untyped-call] # python-pptx is typed in part
