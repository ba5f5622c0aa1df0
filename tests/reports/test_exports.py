"""Slides and values: what committees and spreadsheets open."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation

import reports
from reports.neutral import FORMULA_SIGNS, neutral
from tests.reports.conftest import NASTY
from tests.reports.reading import tidy


@pytest.fixture(scope="module")
def deck(believable: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The slides of the steering pack over the small program."""
    return Presentation(str(reports.export("steering_pack", believable, tmp_path_factory.mktemp("deck"), kind="pptx")))


def tables(deck: Any) -> Iterator[list[list[str]]]:
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
    assert len(drawn) == 3
    rows = open_file.execute(
        "select month_date, pv_amount from marts.earned_value where initiative_id is null order by month_date"
    ).fetchall()
    planned = next(series for series in drawn[0].plots[0].series if series.name == "planned")
    assert list(planned.values) == pytest.approx([amount for _, amount in rows])
    assert list(drawn[0].plots[0].categories) == [month.isoformat() for month, _ in rows]
    earned = next(series for series in drawn[0].plots[0].series if series.name == "earned")
    assert earned.values[-1] is None


def test_tables_are_native_and_colours_have_letters(deck: Any) -> None:
    """The matrix names each colour by its letter."""
    matrix = next(table for table in tables(deck) if table[0][0] == "Initiative" and "Overall" in table[0])
    assert matrix[1][:4] == ["The program", "R", "A", "A"]


@pytest.mark.parametrize("file", ["empty", "unknown", "crowded", "nasty"])
def test_slides_can_be_written_of_anything(file: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """No row, ids only, two hundred initiatives, hostile texts: still a deck of a bearable length, without formulas."""
    written = reports.export("steering_pack", request.getfixturevalue(file), tmp_path, kind="pptx")
    deck = Presentation(str(written))
    assert len(deck.slides) <= 45
    titles = {slide.shapes.title.text for slide in deck.slides if slide.shapes.title is not None}
    assert len(titles) == 11
    texts = [text for table in tables(deck) for row in table for text in row]
    assert not [text for text in texts if text.startswith(FORMULA_SIGNS)]


@pytest.mark.parametrize("name", reports.REPORTS)
def test_values_hold_no_formula(name: str, nasty: Path, tmp_path: Path) -> None:
    """Hostile texts stay texts, each in its own field; negative figures stay figures."""
    text = reports.export(name, nasty, tmp_path, kind="csv").read_text(encoding="utf-8-sig")
    fields = [field for row in csv.reader(io.StringIO(text)) for field in row]
    assert not [field for field in fields if field.startswith(FORMULA_SIGNS) and not _is_number(field)]


def test_values_are_exact(believable: Path, tmp_path: Path) -> None:
    """Amounts to the cent without a currency sign, dates as ISO has them, minus as spreadsheets know it."""
    text = reports.export("budget", believable, tmp_path, kind="csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    start = rows.index(["By initiative", "Plan, actual and forecast by initiative"])
    search = next(row for row in rows[start:] if row[0] == "Search ranking")
    assert search[1:5] == ["480000.00", "400000.00", "550000.00", "-150000.00"]


def test_markdown_is_the_one_that_dagster_shows(believable: Path, tmp_path: Path) -> None:
    """The same text, as a file."""
    written = reports.export("risks", believable, tmp_path, kind="md").read_text(encoding="utf-8")
    assert written == reports.render("risks", believable).markdown


@given(st.sampled_from(NASTY) | st.text(max_size=40))
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    """Whatever people type, and nothing else is changed."""
    shown = neutral(text)
    assert not shown.startswith(FORMULA_SIGNS)
    assert "\n" not in shown
    if text.strip().isalnum():
        assert tidy(shown) == tidy(text)


def test_all_reports_take_seconds(believable: Path) -> None:
    """By the processor's time: the machine may be busy with other things."""
    began = time.process_time()
    for name in reports.REPORTS:
        reports.render(name, believable)
    assert time.process_time() - began < 15


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
