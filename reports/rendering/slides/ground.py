"""The ground of slides: sizes and colours, a section's slides with their titles and feet, and plain text on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from reports.document import Status
from reports.drawing.charts import COLOURS
from reports.rendering.neutral import neutral
from reports.rendering.slides import runs

WIDTH = 13.333
MARGIN, TOP, BOTTOM = 0.6, 1.2, 6.85
"""In inches, as everything here; TOP and BOTTOM bound what a section shows."""

GAP = 0.3
WIDE = WIDTH - 2 * MARGIN
INK, MUTED, RULE, RED, PAPER = (COLOURS[role] for role in ("ink", "muted", "rule", "red", "ground"))
FILLS: dict[Status, tuple[str, str]] = {
    "green": ("#0b6b4f", PAPER),
    "amber": ("#f0b13c", INK),
    "red": (RED, PAPER),
    "white": ("#e6e8ec", INK),
}
Side: TypeAlias = Literal["LEFT", "CENTER", "RIGHT"]
MOST_MESSAGE = 120
"""Signs of what a slide says, which stands on one line beneath its title."""


@dataclass
class Ground:
    """The slides of one section: what comes next goes beneath what is there, or on a new slide of the same title."""

    deck: Any
    title: str
    foot: str
    slide: Any = None
    at: float = TOP
    slides: list[Any] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """Notes for the speaker from before there was a slide."""

    def room(self) -> float:
        """The height that is left; none before the first slide."""
        return BOTTOM - self.at if self.slide is not None else 0.0

    def turn(self) -> None:
        """Goes on on a new slide."""
        self.slide, self.at = _slide(self.deck, self.title, self.foot), TOP
        self.slides.append(self.slide)
        self.tell(self.waiting)
        self.waiting = []

    def name(self, message: str) -> bool:
        """Puts what the slide shows beneath its title; not where something else stands on the slide already."""
        if self.slide is None:
            self.turn()
        if not message or self.at > TOP:
            return False
        paragraph = self.slide.shapes.title.text_frame.add_paragraph()
        write(paragraph, ((runs.short(neutral(message), MOST_MESSAGE), ""),), 14, MUTED)
        _align(paragraph, "LEFT")
        return True

    def tell(self, lines: Sequence[str]) -> None:
        """Notes for the speaker, on the slide that is there or on the next one."""
        if self.slide is None:
            self.waiting += lines
        elif lines:
            frame = self.slide.notes_slide.notes_text_frame
            frame.text = "\n".join([*filter(None, [frame.text]), *(neutral(line) for line in lines)])

    def number(self) -> None:
        """Says of each slide of several the how many it is."""
        for place, slide in enumerate(self.slides if len(self.slides) > 1 else (), start=1):
            slide.shapes.title.text_frame.paragraphs[0].runs[0].text += f" ({place} of {len(self.slides)})"

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
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    place = slide.shapes.title
    head(place, title, (MARGIN, 0.35, WIDE, 0.8), 26)
    text(slide, [foot], (MARGIN, 7.05, WIDE - 1, 0.3), size=10, colour=MUTED)
    text(slide, [str(len(deck.slides))], (WIDTH - MARGIN - 0.8, 7.05, 0.8, 0.3), size=10, colour=MUTED, side="RIGHT")
    return slide


def head(place: Any, title: str, box: tuple[float, float, float, float], size: int) -> None:
    """The title in its placeholder, so that outlines and screen readers find it."""
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Inches

    place.left, place.top, place.width, place.height = (Inches(one) for one in box)
    place.text_frame.margin_left, place.text_frame.vertical_anchor = 0, MSO_ANCHOR.TOP
    write(place.text_frame.paragraphs[0], ((neutral(title), ""),), size, INK, is_bold=True)
    _align(place.text_frame.paragraphs[0], "LEFT")


def _align(paragraph: Any, side: Side) -> None:
    from pptx.enum.text import PP_ALIGN

    paragraph.alignment = getattr(PP_ALIGN, side)


def entries(slide: Any, lines: Sequence[runs.Line], box: tuple[float, float, float, float]) -> None:
    """A list: heads bold, choices in ink, the rest smaller and quiet."""
    from pptx.util import Inches, Pt

    frame = slide.shapes.add_textbox(*(Inches(one) for one in box)).text_frame
    frame.word_wrap, frame.margin_left, frame.margin_right = True, 0, 0
    for index, line in enumerate(lines):
        paragraph = frame.add_paragraph() if index else frame.paragraphs[0]
        size, ink = {"head": (16, INK), "choice": (14, INK), "quiet": (13, MUTED)}[line.kind]
        write(paragraph, line.runs, size, ink, is_bold=line.kind == "head")
        paragraph.space_before = Pt({"head": 10, "choice": 3, "quiet": 0}[line.kind] if index else 0)


def write(paragraph: Any, of: Sequence[runs.Run], size: float, ink: str, *, is_bold: bool = False) -> None:
    """Pieces as runs of a paragraph, each in its tone."""
    from pptx.util import Pt

    for said, tone in of:
        run = paragraph.add_run()
        run.text = said
        run.font.size, run.font.bold = Pt(size), is_bold or tone in ("strong", "bad")
        run.font.color.rgb = rgb({"bad": RED, "quiet": MUTED}.get(tone, ink))


def text(
    slide: Any,
    lines: Sequence[str],
    box: tuple[float, float, float, float],
    *,
    size: int,
    colour: str = INK,
    is_bold: bool = False,
    side: Side = "LEFT",
) -> Any:
    """Lines in a box."""
    from pptx.util import Inches, Pt

    shape = slide.shapes.add_textbox(*(Inches(one) for one in box))
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    for index, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if not index else frame.add_paragraph()
        write(paragraph, ((neutral(line), ""),), size, colour, is_bold=is_bold)
        paragraph.space_before = Pt(10 if index else 0)
        _align(paragraph, side)
    return shape


def rgb(colour: str) -> Any:
    """A colour as python-pptx takes it."""
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour.removeprefix("#").upper())  # type: ignore[no-untyped-call] # python-pptx is typed in part
