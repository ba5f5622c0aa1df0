"""The roadmap as a native chart that can be edited: a bar per milestone, from its baseline to what is now expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from reports.document import Table, Track
from reports.drawing.charts import COLOURS
from reports.rendering import plain_text
from reports.rendering.neutral import neutral
from reports.rendering.slides.ground import MARGIN, MUTED, RULE, WIDE, rgb, text
from reports.rendering.slides.tables import short

EPOCH = date(1899, 12, 30)
"""The day that spreadsheets count from."""

MOST_BARS, MOST_NAME = 14, 44
SERIES = (
    ("starts", None),
    ("behind: baseline to even odds", "red"),
    ("forecast: even odds to eight in ten", "accent"),
    ("ahead: forecast to baseline", "soft"),
)
"""Each part of a bar and its colour; the first only moves the others to their place."""

UNIT = "Each bar runs from the baseline to the forecast, even odds to eight chances in ten"
WEEKS_APART = 4
"""Between two days on the axis, or a multiple of it."""

MOST_DAYS = 10


@dataclass(frozen=True)
class Plan:
    """A milestone with its three days."""

    name: str
    baseline: date
    likely: date
    safe: date

    def parts(self) -> tuple[int, int, int, int]:
        """The lengths of SERIES in days."""
        start = min(self.baseline, self.likely)
        behind = max(0, (self.likely - self.baseline).days)
        ahead = max(0, (self.baseline - self.safe).days)
        return ((start - EPOCH).days, behind, max(1, (self.safe - self.likely).days), ahead)


def plans(table: Table) -> list[Plan]:
    """The rows of a table whose tracks know a baseline and a forecast."""
    found = []
    for row in table.rows:
        track = next((cell for cell in row if isinstance(cell, Track)), None)
        baseline, likely, safe = track.dates if track else (None, None, None)
        if baseline and likely and safe:
            name = plain_text.cell(row[0]).split(" · ")[0]
            found.append(Plan(short(neutral(name), MOST_NAME), baseline, likely, safe))
    return found[:MOST_BARS]


def draw(slide: Any, message: str, shown: Sequence[Plan], top: float, height: float) -> None:
    """Stacked bars over days, the first milestone on top, under the sentence that they show."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches, Pt

    text(slide, [message], (MARGIN, top, WIDE, 0.4), size=14, is_bold=True)
    text(slide, [UNIT], (MARGIN, top + 0.32, WIDE, 0.3), size=11, colour=MUTED)
    _key(slide, top + 0.62)
    data = CategoryChartData(number_format="0")  # type: ignore[no-untyped-call] # python-pptx is typed in part
    data.categories = [plan.name for plan in shown]
    for index, (name, colour) in enumerate(SERIES):
        values = [plan.parts()[index] for plan in shown]
        data.add_series(name, values, "0" if colour else "d mmm yyyy")  # type: ignore[no-untyped-call] # as above
    box = (MARGIN, top + 0.95, WIDE, height - 0.95)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, *(Inches(one) for one in box), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", neutral(f"{message}. {UNIT}."))  # noqa: SLF001 # what screen readers say
    drawn = frame.chart
    drawn.has_title = drawn.has_legend = False
    drawn.font.size, drawn.font.color.rgb = Pt(12), rgb(MUTED)
    drawn.plots[0].gap_width, drawn.plots[0].overlap = 70, 100
    for (_, colour), series in zip(SERIES, drawn.plots[0].series, strict=True):
        _fill(series, colour)
    _axes(drawn, shown)


def _fill(series: Any, colour: str | None) -> None:
    if colour is None:
        series.format.fill.background()
        return
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = rgb(COLOURS[colour].removeprefix("#"))


def _key(slide: Any, top: float) -> None:
    """What the parts of a bar mean: a legend of the chart would name the part that is not seen too."""
    from pptx.util import Inches, Pt

    paragraph = slide.shapes.add_textbox(*(Inches(one) for one in (MARGIN, top, WIDE, 0.3))).text_frame.paragraphs[0]
    for name, colour in SERIES:
        if colour is None:
            continue
        for said, ink in (("\N{BLACK SQUARE} ", COLOURS[colour].removeprefix("#")), (f"{name}    ", MUTED)):
            run = paragraph.add_run()
            run.text, run.font.size, run.font.color.rgb = said, Pt(12), rgb(ink)


def _axes(drawn: Any, shown: Sequence[Plan]) -> None:
    """Months beneath, the first milestone on top."""
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK

    first = min(min(plan.baseline, plan.likely) for plan in shown) - timedelta(days=10)
    last = max(max(plan.baseline, plan.safe) for plan in shown) + timedelta(days=10)
    axis = drawn.value_axis
    axis.minimum_scale, axis.maximum_scale = (first - EPOCH).days, (last - EPOCH).days
    axis.major_unit = 7 * WEEKS_APART * max(1, -(-(last - first).days // (7 * WEEKS_APART * MOST_DAYS)))
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "d mmm yy", False
    axis.major_gridlines.format.line.color.rgb = rgb(RULE)
    axis.format.line.fill.background()
    drawn.category_axis.reverse_order = True
    axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH  # beneath, as the order is turned
    drawn.category_axis.format.line.color.rgb = rgb(RULE)
    drawn.category_axis.major_tick_mark = axis.major_tick_mark = XL_TICK_MARK.NONE
