"""What a chart draws, read off as a reader does: by the labels of its axis, every line and bar has the figures beneath it.

Labels of an axis are a scale and no figures of a mart; here the scale is held against the figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import reports
from reports import figures
from reports.document import Chart, Series
from reports.drawing.charts import BOTTOM, HEIGHT, TOP
from tests.reports.drawing.test_charts import drawn

LABEL = re.compile(
    r'<path d="M [\d.]+ ([\d.]+) L [^"]*"[^>]*var\(--rule\)[^>]*/></g><g/><g><text style="[^"]*"[^>]*>([^<]*)</text>'
)
LINE = re.compile(r'<path d="([ML\d. -]+) "[^>]*stroke: var\(--(\w+)\); stroke-width: 2[;"]')
BAR = re.compile(
    r'<path d="M [\d.]+ ([\d.]+) L [\d.]+ [\d.]+ L [\d.]+ ([\d.]+) L [^"]*z " [^>]*style="fill: var\(--(\w+)\)"'
)
DOT = re.compile(r'<use [^>]*y="([\d.]+)" style="fill: var\(--(\w+)\); stroke')
UNITS = {"k": 1e3, "M": 1e6, "bn": 1e9, "%": 0.01}
PIXELS = 0.6
"""How far a drawn height may lie from its figure: coordinates are written to a hundredth, labels may be rounded."""


def reading(chart: Chart) -> Callable[[float], float]:
    """The height on the paper at which a value belongs, by the lowest and the highest label."""
    labels = [(float(height), value_of(label)) for height, label in LABEL.findall(chart.picture.page)]
    assert len(labels) > 1, chart.title
    (low_at, low), *_, (high_at, high) = labels
    return lambda value: low_at + (value - low) / (high - low) * (high_at - low_at)


def value_of(label: str) -> float:
    """What the label of an axis says: "€1.5 M", "40%", "−2"."""
    said = re.fullmatch(r"(\N{MINUS SIGN}?)\D?([\d.,]+)\N{NO-BREAK SPACE}?(k|M|bn|%)?( d)?", label)
    assert said, label
    return (-1 if said[1] else 1) * float(said[2].replace(",", "")) * UNITS.get(said[3], 1)


def heights(chart: Chart, one: Series) -> list[float]:
    """Where the picture has a series: the corners of its lines, its dots, the tops of its bars."""
    page = chart.picture.page
    if one.style == "bars":
        return [min(float(first), float(last)) for first, last, role in BAR.findall(page) if role == one.role]
    corners = [float(y) for line, role in LINE.findall(page) if role == one.role for y in line.split()[2::3]]
    return [*corners, *(float(y) for y, role in DOT.findall(page) if role == one.role)]


@pytest.mark.parametrize("name", reports.REPORTS)
def test_what_is_drawn_is_read_off_as_the_figures_beneath(name: str, believable: Path) -> None:
    """Each corner of a line and each bar stands at one of its figures, the least and the greatest among them."""
    for chart in drawn(name, believable):
        roles = [(one.role, one.style == "bars") for one in chart.picture.series]
        for one in chart.picture.series:
            known = [float(figures.bare(value)) for value in one.values if value is not None]
            if not known or roles.count((one.role, one.style == "bars")) > 1:
                continue
            at = [reading(chart)(value) for value in known]
            found = heights(chart, one)
            assert found, f"{chart.title}: {one.label} is not drawn"
            shown = found if one.style != "bars" else [y for y in found if y < HEIGHT - BOTTOM]
            assert not [y for y in shown if min(abs(y - wanted) for wanted in at) > PIXELS], chart.title
            assert min(found) == pytest.approx(min(at), abs=PIXELS), chart.title
            assert one.style == "bars" or max(found) == pytest.approx(max(at), abs=PIXELS), chart.title


@pytest.mark.parametrize("name", reports.REPORTS)
def test_an_axis_encloses_what_it_measures(name: str, believable: Path) -> None:
    """No figure lies outside the picture, where it would be cut off."""
    for chart in drawn(name, believable):
        known = [
            float(figures.bare(value)) for one in chart.picture.series for value in one.values if value is not None
        ]
        assert not [value for value in known if not TOP - PIXELS <= reading(chart)(value) <= HEIGHT - BOTTOM + PIXELS]


@pytest.mark.parametrize("name", reports.REPORTS)
def test_what_is_drawn_stands_in_the_table_beneath(name: str, believable: Path) -> None:
    """Each figure of a series names cells of marts that the chart's table names too."""
    for chart in drawn(name, believable):
        told = {cell for row in chart.table.rows for one in row for cell in cells(str(getattr(one, "text", one)))}
        for one in chart.picture.series:
            for value in one.values:
                if value is not None and (origin := getattr(value, "origin", None)) is not None:
                    assert cells(figures.said(value, "x")) <= told, f"{chart.title}: {figures.spelled(origin)}"


def cells(text: str) -> set[str]:
    """The cells of marts that a text's figures come from."""
    return {one for origin, _ in figures.pieces(text) for one in origin.split() if "." in one and "#" in one}


def test_a_line_at_the_wrong_height_is_found(believable: Path) -> None:
    """A check that can fail: the budget's lines against labels of twice as much."""
    chart = drawn("budget", believable)[0]
    [planned] = [one for one in chart.picture.series if one.label == "planned"]
    doubled = [2 * float(figures.bare(value)) for value in planned.values if value is not None]
    assert min(heights(chart, planned)) != pytest.approx(min(map(reading(chart), doubled)), abs=PIXELS)
