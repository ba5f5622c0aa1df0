"""Slides: what committees open. Native tables and charts that can be edited, within the slide, and no formula in them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from pptx import Presentation

import reports
from reports.rendering.neutral import FORMULA_SIGNS
from reports.rendering.slides import tables

EPOCH = date(1899, 12, 30)
"""From which spreadsheets count days."""


@pytest.fixture(scope="module")
def deck(believable: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The slides of the steering pack over the small program."""
    return Presentation(str(reports.export("steering_pack", believable, tmp_path_factory.mktemp("deck"), kind="pptx")))


def native_tables(deck: Any) -> Iterator[list[list[str]]]:
    """Every table of the slides as texts."""
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table:
                yield [[cell.text for cell in row.cells] for row in shape.table.rows]


def test_the_slides_follow_the_agenda(deck: Any) -> None:
    """A cover, then each section in its order; long ones go on on the next slide."""
    titles = [slide.shapes.title.text for slide in deck.slides if slide.shapes.title is not None]
    assert list(dict.fromkeys(titles))[:5] == [
        "Decisions needed",
        "Changes since the last pack",
        "Where the program stands",
        "Budget and forecast at completion",
        "Roadmap: baseline against forecast",
    ]


def test_charts_are_native_and_hold_the_marts_numbers(deck: Any, open_file: duckdb.DuckDBPyConnection) -> None:
    """Whoever edits a chart finds each month's amounts; a month that is not over is a gap."""
    drawn = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(drawn) == 4
    rows = open_file.execute(
        "select month_date, pv_amount from marts.earned_value where initiative_id is null order by month_date"
    ).fetchall()
    planned = next(series for series in drawn[0].plots[0].series if series.name == "planned")
    assert list(planned.values) == pytest.approx([amount for _, amount in rows])
    days = [EPOCH + timedelta(days=float(one)) for one in drawn[0].plots[0].categories]
    assert days == [month for month, _ in rows]
    assert drawn[0].value_axis.tick_labels.number_format == '[>=1000000]"€"0.0,," M";[>=1000]"€"0," k";"€"General'
    earned = next(series for series in drawn[0].plots[0].series if series.name == "earned")
    assert earned.values[-1] is None


def test_each_axis_of_amounts_names_their_currency(believable: Path, tmp_path: Path) -> None:
    """The finance page draws nothing but amounts."""
    deck = Presentation(str(reports.export("budget", believable, tmp_path, kind="pptx")))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) > 2
    assert all("€" in chart.value_axis.tick_labels.number_format for chart in charts)


def test_an_axis_of_a_few_weeks_names_days(believable: Path, tmp_path: Path) -> None:
    """Four days of answers; an axis of months names months, and what is no amount has no currency."""
    deck = Presentation(str(reports.export("model_health", believable, tmp_path, kind="pptx")))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    formats = {chart.plots[0].series[0].name: chart.category_axis.tick_labels.number_format for chart in charts}
    assert formats == {"of the week": "mmm yy", "failed": "d mmm"}
    assert not [chart for chart in charts if "€" in chart.value_axis.tick_labels.number_format]


def test_the_roadmap_is_a_native_chart_of_the_marts_days(deck: Any) -> None:
    """A bar per milestone that has a baseline and a forecast: its days stand in the sheet behind it."""
    [drawn] = [
        shape.chart
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_chart and slide.shapes.title.text_frame.text.startswith("Roadmap")
    ]
    assert list(drawn.plots[0].categories) == ["General availability", "Ranking model in production"]
    starts, behind, forecast, ahead = (list(series.values) for series in drawn.plots[0].series)
    assert [EPOCH + timedelta(days=one) for one in starts] == [date(2026, 12, 18), date(2027, 1, 25)]
    assert (behind, forecast, ahead) == ([12, 0], [9, 17], [0, 0])


def test_tables_are_native_and_colours_have_letters(deck: Any) -> None:
    """The matrix names each colour by its letter."""
    matrix = next(table for table in native_tables(deck) if table[0][0] == "Initiative" and "Overall" in table[0])
    assert matrix[1][:4] == ["The program", "R", "A", "A"]


@pytest.mark.parametrize("file", ["empty", "unknown", "crowded", "nasty"])
def test_slides_can_be_written_of_anything(file: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """No row, ids only, two hundred initiatives, hostile texts: still a deck of a bearable length, without formulas."""
    written = reports.export("steering_pack", request.getfixturevalue(file), tmp_path, kind="pptx")
    deck = Presentation(str(written))
    assert len(deck.slides) <= 45
    assert_within(deck)
    titles = {slide.shapes.title.text for slide in deck.slides if slide.shapes.title is not None}
    sections = reports._compose("steering_pack", request.getfixturevalue(file), {}).sections
    assert titles == {section.title for section in sections}
    texts = [text for table in native_tables(deck) for row in table for text in row]
    run = [text for text in texts if text.startswith(FORMULA_SIGNS)]
    assert not [text for text in run if not re.fullmatch(r"[+-]€?[\d.,]+(\s[kM])?", text)], (
        "a signed amount is no formula"
    )


def assert_within(deck: Any) -> None:
    """Nothing reaches beyond its slide."""
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width + 1, shape.name
            assert shape.top + shape.height <= deck.slide_height + 1, shape.name


def test_shapes_do_not_lie_on_each_other(deck: Any) -> None:
    """Tables, charts and texts of a slide each have a place of their own."""
    for number, slide in enumerate(deck.slides, start=1):
        boxes = [
            (one.left, one.top, one.left + one.width, one.top + one.height)
            for one in slide.shapes
            if one.has_table or one.has_chart
        ]
        for index, (left, top, right, bottom) in enumerate(boxes):
            for other in boxes[index + 1 :]:
                assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top, number


def test_a_row_has_the_height_that_its_texts_need() -> None:
    """Texts that wrap make it higher; dates and single words are never broken."""
    long = "word " * 20
    rows = [[tables.Texts("30 Dec 2026"), tables.Texts(long)] for _ in range(3)]
    of = tables.Grid(["Due", "What"], rows, [False, False], [1.2, 2.0])
    assert tables.height(rows[0], of) > 3 * tables.LINE
    widths = tables._widths(["Compliance", "What"], rows)
    assert widths[0] * tables.SIGNS_PER_INCH > len("30 Dec 2026")


def test_the_sheets_behind_charts_hold_no_formula(nasty: Path, tmp_path: Path) -> None:
    """PowerPoint opens them in Excel: whatever a source wrote stays text."""
    for name in ("steering_pack", "budget", "delivery"):
        deck = Presentation(str(reports.export(name, nasty, tmp_path, kind="pptx")))
        charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
        assert charts
        for chart in charts:
            sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
            assert sheet is not None
            assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def test_a_chart_says_what_it_shows_to_those_who_do_not_see_it(deck: Any) -> None:
    """Its alternative text is its message."""
    frames = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert all(len(frame._element.nvGraphicFramePr.cNvPr.get("descr")) > 20 for frame in frames)
