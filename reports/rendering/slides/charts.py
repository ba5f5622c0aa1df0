"""Charts of slides: native, with the days and figures behind them in a sheet that PowerPoint opens for editing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from reports.document import Chart, Series
from reports.drawing.charts import COLOURS, is_of_days
from reports.figures import bare, plain
from reports.rendering.neutral import neutral
from reports.rendering.slides.ground import MARGIN, MUTED, RULE, WIDE, rgb, text
from reports.words import SYMBOLS

AMOUNTS = '[>=1000000]{0}0.0,," M";[>=1000]{0}0," k";{0}General'
"""How the axis says figures behind their currency: as people do."""

DATES = 5
"""So many days are named by an axis that is too short for months."""

TITLE_LINE, UNIT_LINE = 0.25, 0.2
TITLE_SIGNS, UNIT_SIGNS = 8.6, 12.5
"""Signs per inch of a chart's title and of its unit."""


def draw(slide: Any, shown: Sequence[Chart], top: float, height: float) -> None:
    """One chart over the whole slide, or two side by side, each under the sentence that it shows."""
    width = (WIDE - 0.5 * (len(shown) - 1)) / len(shown)
    # Charts side by side begin at the same height, beneath the longer title.
    title = max(_lines(chart.title, width * TITLE_SIGNS) for chart in shown) * TITLE_LINE
    unit = max(_lines(chart.unit, width * UNIT_SIGNS) for chart in shown) * UNIT_LINE
    head = title + unit + 0.2
    for index, chart in enumerate(shown):
        left = MARGIN + index * (width + 0.5)
        text(slide, [chart.title], (left, top, width, title), size=14, is_bold=True)
        text(slide, [chart.unit], (left, top + title, width, unit), size=11, colour=MUTED)
        _chart(slide, chart, (left, top + head, width, height - head))


def _lines(said: str, signs: float) -> int:
    return math.ceil(len(plain(said)) / signs)


def _chart(slide: Any, chart: Chart, box: tuple[float, float, float, float]) -> None:
    """Lines, or columns where all series are bars; gaps stay gaps."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Inches, Pt

    # A series without a name only marks a part of another one on the page.
    series = [one for one in chart.picture.series if one.label] or list(chart.picture.series)
    data = CategoryChartData(number_format="#,##0.##")  # type: ignore[no-untyped-call] # python-pptx is typed in part
    data.categories = [bare(day) for day in chart.picture.days]
    for one in series:
        data.add_series(neutral(one.label or "value"), [bare(value) for value in one.values])  # type: ignore[no-untyped-call] # as above
    is_bars = all(one.style == "bars" for one in series)
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED if is_bars else XL_CHART_TYPE.LINE
    frame = slide.shapes.add_chart(kind, *(Inches(one) for one in box), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", neutral(chart.alternative))  # noqa: SLF001 # what screen readers say
    drawn = frame.chart
    drawn.has_title = False
    drawn.has_legend = len(series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    drawn.font.size, drawn.font.color.rgb = Pt(11), rgb(MUTED)
    _axes(drawn, chart.picture.days, chart.currency)
    for one, shape in zip(series, drawn.plots[0].series, strict=True):
        _colour(shape, one, is_bars=is_bars)
    if is_bars:
        drawn.plots[0].gap_width = 40


def _axes(drawn: Any, days: Sequence[date], currency: str) -> None:
    """Quiet lines, and at most seven months beneath, or days where it is short."""
    from pptx.enum.chart import XL_TICK_MARK

    symbol = SYMBOLS.get(currency, f"{currency} ")
    drawn.value_axis.tick_labels.number_format = AMOUNTS.format(f'"{symbol}"' if currency else "")
    drawn.value_axis.tick_labels.number_format_is_linked = False
    drawn.value_axis.major_gridlines.format.line.color.rgb = rgb(RULE)
    drawn.value_axis.format.line.fill.background()
    is_short = is_of_days(days)
    drawn.category_axis.tick_labels.number_format = "d mmm" if is_short else "mmm yy"
    drawn.category_axis.tick_labels.number_format_is_linked = False
    if is_short:
        _steps(drawn.category_axis, max(1, -(-(days[-1] - days[0]).days // DATES)), "days", "days")
    elif days:
        months = (days[-1].year - days[0].year) * 12 + days[-1].month - days[0].month
        are_months = all(day.day == 1 for day in days)
        _steps(drawn.category_axis, max(1, -(-months // 6)), "months", "months" if are_months else "days")
    drawn.category_axis.format.line.color.rgb = rgb(RULE)
    drawn.category_axis.major_tick_mark = drawn.value_axis.major_tick_mark = XL_TICK_MARK.NONE


def _steps(axis: Any, number: int, unit: str, base: str) -> None:
    """A label every so many months or days; python-pptx has no name for it, and the schema asks for this order at the end."""
    from pptx.oxml.ns import qn

    element = axis._element  # noqa: SLF001
    for name in ("baseTimeUnit", "majorUnit", "majorTimeUnit", "minorUnit", "minorTimeUnit"):
        for old in element.findall(qn(f"c:{name}")):
            element.remove(old)
    for name, value in (("baseTimeUnit", base), ("majorUnit", str(number)), ("majorTimeUnit", unit)):
        element.append(element.makeelement(qn(f"c:{name}"), {"val": value}))


def _colour(shape: Any, one: Series, *, is_bars: bool) -> None:
    from pptx.enum.dml import MSO_LINE_DASH_STYLE
    from pptx.util import Pt

    colour = rgb(COLOURS[one.role])
    if is_bars:
        shape.format.fill.solid()
        shape.format.fill.fore_color.rgb = colour
        return
    shape.smooth = False
    shape.format.line.color.rgb = colour
    shape.format.line.width = Pt(2.25)
    if one.style == "dashed":
        shape.format.line.dash_style = MSO_LINE_DASH_STYLE.DASH
