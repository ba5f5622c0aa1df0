"""The roadmap as a native chart that can be edited: a bar per milestone, from its baseline to what is now expected.

Months, targets and today lie around the chart as lines: a chart of bars has no place for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from reports import figures, months
from reports.document import Table, Track
from reports.drawing.charts import COLOURS
from reports.rendering import plain_text
from reports.rendering.neutral import neutral
from reports.rendering.slides.ground import MARGIN, MUTED, PAPER, RULE, WIDE, rgb, text
from reports.rendering.slides.runs import short
from reports.words import MONTHS

EPOCH = date(1899, 12, 30)
"""The day that spreadsheets count from."""

MOST_BARS, MOST_NAME = 14, 44
"""Milestones of a chart, and signs of a name."""

SERIES = (
    ("starts", None),
    ("behind its baseline", "muted"),
    ("behind baseline and target", "red"),
    ("forecast", "accent"),
    ("ahead of its baseline", "soft"),
)
"""Each part of a bar and its colour; the first only moves the others to their place."""

UNIT = "Each bar runs from the baseline to the forecast, even odds to eight chances in ten"
MARKS = (("\N{BLACK CIRCLE}", "even odds", "accent"), ("\N{LIGHT VERTICAL BAR}", "target", "ink"), ("\N{BOX DRAWINGS LIGHT QUADRUPLE DASH VERTICAL}", "today", "muted"))  # fmt: skip
"""What is drawn upon the bars, by its sign and colour in the key."""

NAMES = 3.4
"""Inches left of the bars."""

MOST_MONTHS = 10
KEPT_CLEAR = 7
"""Days that the first month and the last one keep from the first day and the last."""


@dataclass(frozen=True)
class Plan:
    """A milestone with its days."""

    name: str
    baseline: date
    likely: date
    safe: date
    target: date | None = None
    today: date | None = None
    is_late: bool = False

    def parts(self) -> tuple[int, int, int, int, int]:
        """The lengths of SERIES in days: as on the page, only a milestone that misses its target is behind in red."""
        start = min(self.baseline, self.likely)
        behind = max(0, (self.likely - self.baseline).days)
        kept, missed = (0, behind) if self.is_late else (behind, 0)
        ahead = max(0, (self.baseline - self.safe).days)
        return ((start - EPOCH).days, kept, missed, max(0, (self.safe - self.likely).days), ahead)


def plans(table: Table) -> list[Plan]:
    """The rows of a table whose tracks know a baseline and a forecast."""
    found = []
    for row in table.rows:
        track = next((cell for cell in row if isinstance(cell, Track)), None)
        baseline, likely, safe = track.dates if track else (None, None, None)
        if track and baseline and likely and safe:
            name = short(neutral(plain_text.cell(row[0]).split(" · ")[0]), MOST_NAME)
            found.append(Plan(name, baseline, likely, safe, track.target_date, track.today_date, track.is_late))
    return found


def draw(slide: Any, message: str, shown: Sequence[Plan], top: float, height: float) -> None:
    """Stacked bars over days, the first milestone on top; months behind them, and what is no length upon them."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches, Pt

    text(slide, [UNIT], (MARGIN, top, WIDE, 0.3), size=11, colour=MUTED)
    _key(slide, top + 0.3)
    data = CategoryChartData(number_format="0")  # type: ignore[no-untyped-call] # python-pptx is typed in part
    data.categories = [plan.name for plan in shown]
    for index, (name, colour) in enumerate(SERIES):
        values = [plan.parts()[index] for plan in shown]
        data.add_series(name, values, "0" if colour else "d mmm yyyy")  # type: ignore[no-untyped-call] # as above
    box = (MARGIN, top + 0.65, WIDE, height - 0.65)
    scale = _scale(shown, (box[0] + NAMES, box[1], box[2] - NAMES - 0.3, box[3] - 0.35))
    _months(slide, scale)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, *(Inches(one) for one in box), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", neutral(f"{message}. {UNIT}."))  # noqa: SLF001 # what screen readers say
    drawn = frame.chart
    drawn.has_title = drawn.has_legend = False
    drawn.font.size, drawn.font.color.rgb = Pt(12), rgb(MUTED)
    drawn.plots[0].gap_width, drawn.plots[0].overlap = 70, 100
    for (_, colour), series in zip(SERIES, drawn.plots[0].series, strict=True):
        _fill(series, colour)
    _axes(drawn, scale)
    _lay(drawn, scale.box, box)
    _mark(slide, shown, scale)


@dataclass(frozen=True)
class Scale:
    """Whole months, and the box in inches over which they spread."""

    first: date
    last: date
    box: tuple[float, float, float, float]

    def at(self, day: date) -> float:
        """Where a day stands from the left."""
        return self.box[0] + self.box[2] * (day - self.first).days / (self.last - self.first).days

    def months(self) -> list[date]:
        """The first days of the months that have room for their names."""
        found = months.through(self.first, self.last)
        return found[:: -(-(len(found) - 1) // MOST_MONTHS)]


def _scale(shown: Sequence[Plan], box: tuple[float, float, float, float]) -> Scale:
    """From the first of a month to the first of another, today and all targets included."""
    known = (day for plan in shown for day in (plan.baseline, plan.likely, plan.safe, plan.target, plan.today) if day)
    days = [figures.bare(day) for day in known]
    first, last = min(days) - timedelta(days=KEPT_CLEAR), max(days) + timedelta(days=KEPT_CLEAR)
    return Scale(first.replace(day=1), months.later(last, 1), box)


def _fill(series: Any, colour: str | None) -> None:
    if colour is None:
        series.format.fill.background()
        return
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = rgb(COLOURS[colour])


def _key(slide: Any, top: float) -> None:
    """What the parts of a bar mean: a legend of the chart would name the part that is not seen too."""
    from pptx.util import Inches, Pt

    paragraph = slide.shapes.add_textbox(*(Inches(one) for one in (MARGIN, top, WIDE, 0.3))).text_frame.paragraphs[0]
    for sign, name, colour in (*(("\N{BLACK SQUARE}", name, colour) for name, colour in SERIES), *MARKS):
        if colour is None:
            continue
        for said, ink in ((f"{sign} ", rgb(COLOURS[colour])), (f"{name}    ", rgb(MUTED))):
            run = paragraph.add_run()
            run.text, run.font.size, run.font.color.rgb = said, Pt(12), ink


def _months(slide: Any, scale: Scale) -> None:
    """A line at the first of each month with its name beneath: an axis of a chart has steps of equal days, and months are not."""
    _, top, _, height = scale.box
    for day in scale.months():
        at = scale.at(day)
        _line(slide, (at, top, top + height), "rule", 0.75)
        name = f"{MONTHS[day.month - 1]} {day:%y}"
        shape = text(slide, [name], (at - 0.4, top + height, 0.8, 0.3), size=11, colour=MUTED, side="CENTER")
        shape.name = f"Month {name}"


def _mark(slide: Any, shown: Sequence[Plan], scale: Scale) -> None:
    """Even odds, target and today, as on the page."""
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Inches

    _, top, _, height = scale.box
    step = height / len(shown)
    today = shown[0].today
    if today:
        _line(slide, (scale.at(today), top, top + height), "muted", 1, is_dashed=True)
    for place, plan in enumerate(shown):
        middle = top + (place + 0.5) * step
        size = min(0.16, step * 0.4)
        box = (scale.at(plan.likely) - size / 2, middle - size / 2, size, size)
        dot = slide.shapes.add_shape(MSO_SHAPE.OVAL, *(Inches(one) for one in box))
        dot.name = f"Even odds: {plan.name}"
        dot.fill.solid()
        dot.fill.fore_color.rgb = rgb(COLOURS["accent"])
        dot.line.color.rgb = rgb(PAPER)
        dot.shadow.inherit = False
        if plan.target:
            half = step * 0.42
            _line(slide, (scale.at(plan.target), middle - half, middle + half), "ink", 2)


def _line(slide: Any, place: tuple[float, float, float], role: str, width: float, *, is_dashed: bool = False) -> None:
    """Upright, from the left, the top and the bottom of its place."""
    from pptx.enum.dml import MSO_LINE_DASH_STYLE
    from pptx.enum.shapes import MSO_CONNECTOR
    from pptx.oxml.ns import qn
    from pptx.util import Inches, Pt

    at, top, bottom = place
    ends = (Inches(one) for one in (at, top, at, bottom))
    shape = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *ends)
    shape._element.remove(shape._element.find(qn("p:style")))  # noqa: SLF001 # the theme's shadow
    line = shape.line
    line.color.rgb, line.width = rgb(COLOURS[role]), Pt(width)
    if is_dashed:
        line.dash_style = MSO_LINE_DASH_STYLE.DASH


def _axes(drawn: Any, scale: Scale) -> None:
    """The first milestone on top; the months stand on the slide."""
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK

    axis = drawn.value_axis
    axis.minimum_scale, axis.maximum_scale = (scale.first - EPOCH).days, (scale.last - EPOCH).days
    axis.has_major_gridlines = False
    axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    axis.format.line.fill.background()
    drawn.category_axis.reverse_order = True
    drawn.category_axis.format.line.color.rgb = rgb(RULE)
    drawn.category_axis.major_tick_mark = axis.major_tick_mark = XL_TICK_MARK.NONE


def _lay(drawn: Any, inner: Sequence[float], outer: Sequence[float]) -> None:
    """Puts the bars exactly over their months; python-pptx has no name for it."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    places = {
        "x": (inner[0] - outer[0]) / outer[2],
        "y": (inner[1] - outer[1]) / outer[3],
        "w": inner[2] / outer[2],
        "h": inner[3] / outer[3],
    }
    said = "".join(f'<c:{name} val="{share:.5f}"/>' for name, share in places.items())
    area = drawn._chartSpace.chart.plotArea  # noqa: SLF001
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    area.insert(
        0,
        parse_xml(
            f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
            f'<c:yMode val="edge"/>{said}</c:manualLayout></c:layout>'
        ),
    )
