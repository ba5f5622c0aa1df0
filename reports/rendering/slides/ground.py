"""The ground of slides: sizes and colours, a section's slides with their titles and feet, and plain text on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.document import Status
from reports.rendering.neutral import neutral

WIDTH = 13.333
MARGIN, TOP, BOTTOM = 0.6, 1.2, 6.85
"""In inches, as everything here; TOP and BOTTOM bound what a section shows."""

GAP = 0.3
WIDE = WIDTH - 2 * MARGIN
FILLS: dict[Status, tuple[str, str]] = {
    "green": ("0B6B4F", "FFFFFF"),
    "amber": ("F0B13C", "1B1F24"),
    "red": ("B3261E", "FFFFFF"),
    "white": ("E6E8EC", "1B1F24"),
}
INK, MUTED, RULE = "1B1F24", "59616D", "DFE2E7"


@dataclass
class Ground:
    """The slides of one section: what comes next goes beneath what is there, or on a new slide of the same title."""

    deck: Any
    title: str
    foot: str
    slide: Any = None
    at: float = TOP

    def room(self) -> float:
        """The height that is left; none before the first slide."""
        return BOTTOM - self.at if self.slide is not None else 0.0

    def turn(self) -> None:
        """Goes on on a new slide."""
        self.slide, self.at = _slide(self.deck, self.title, self.foot), TOP

    def take(self, height: float) -> float:
        """The top of a box of that height, on a new slide if it does not fit on this one; a gap follows it."""
        if self.slide is None or (height > self.room() and self.at > TOP):
            self.turn()
        top = self.at
        self.at += height + GAP
        return top

    def take_rest(self, least: float) -> float:
        """The top of all that is left, on a new slide if that is less than `least`."""
        if self.slide is None or self.room() < least:
            self.turn()
        top = self.at
        self.at = BOTTOM
        return top


def _slide(deck: Any, title: str, foot: str) -> Any:
    """A white slide with its title on top, and at its foot which report this is, and its number."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches, Pt

    slide = deck.slides.add_slide(deck.slide_layouts[5])
    place = slide.shapes.title
    place.left, place.top, place.width, place.height = Inches(MARGIN), Inches(0.4), Inches(WIDE), Inches(0.65)
    place.text_frame.text = neutral(title)
    place.text_frame.margin_left = 0
    paragraph = place.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    for run in paragraph.runs:
        run.font.size, run.font.bold, run.font.color.rgb = Pt(26), True, rgb(INK)
    text(slide, [foot], (MARGIN, 7.05, WIDE - 1, 0.3), size=10, colour=MUTED)
    text(slide, [str(len(deck.slides))], (WIDTH - MARGIN - 0.8, 7.05, 0.8, 0.3), size=10, colour=MUTED, is_right=True)
    return slide


def text(
    slide: Any,
    lines: Sequence[str],
    box: tuple[float, float, float, float],
    *,
    size: int,
    colour: str = INK,
    is_bold: bool = False,
    is_right: bool = False,
) -> None:
    """Lines in a box; those that begin with four spaces are smaller and quiet."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches, Pt

    frame = slide.shapes.add_textbox(*(Inches(one) for one in box)).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    for index, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if not index else frame.add_paragraph()
        is_under = line.startswith("    ")
        run = paragraph.add_run()
        run.text = neutral(line)
        run.font.size = Pt(size - 3 if is_under else size)
        run.font.bold = is_bold or (len(lines) > 1 and not is_under)
        run.font.color.rgb = rgb(MUTED if is_under else colour)
        paragraph.space_before = Pt(0 if is_under or not index else 10)
        paragraph.alignment = PP_ALIGN.RIGHT if is_right else PP_ALIGN.LEFT


def rgb(colour: str) -> Any:
    """A colour as python-pptx takes it."""
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour.upper())  # type: ignore[no-untyped-call] # python-pptx is typed in part
