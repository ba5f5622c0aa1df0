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
from reports.document import Column, Document, Section, Table, Track, Value
from reports.rendering.neutral import FORMULA_SIGNS
from reports.rendering.slides import deck as decks
from reports.rendering.slides import gantt, runs, tables
from tests.reports.believable_plan import program
from tests.reports.published import ABOUT, write

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


def titles_of(deck: Any) -> list[str]:
    """The section that each slide belongs to, without what it shows and the how many it is."""
    lines = [slide.shapes.title.text_frame.paragraphs[0].text for slide in deck.slides]
    return [re.sub(r" \(\d+ of \d+\)$", "", line) for line in lines]


def test_the_slides_follow_the_agenda(deck: Any) -> None:
    """A cover, then each section in its order; long ones go on on the next slide."""
    assert list(dict.fromkeys(titles_of(deck)))[:6] == [
        "Steering pack",
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
    starts, kept, missed, forecast, ahead = (list(series.values) for series in drawn.plots[0].series)
    assert [EPOCH + timedelta(days=one) for one in starts] == [date(2026, 12, 18), date(2027, 1, 25)]
    assert (kept, missed, forecast, ahead) == ([0, 0], [12, 0], [9, 17], [0, 0])


def test_months_and_marks_stand_where_the_roadmap_s_scale_has_them(deck: Any) -> None:
    """Whole months from the first of one; the dot of even odds lies on the end of what a milestone is behind."""
    slide = next(one for one in deck.slides if any(shape.name.startswith("Month ") for shape in one.shapes))
    [frame] = [shape for shape in slide.shapes if shape.has_chart]
    scale = frame.chart.value_axis
    first, last = (EPOCH + timedelta(days=one) for one in (scale.minimum_scale, scale.maximum_scale))
    assert (first.day, last.day) == (1, 1)
    layout = frame.chart._chartSpace.chart.plotArea[0]
    share = {one.tag.rsplit("}", 1)[1]: float(one.get("val")) for one in layout[0] if one.tag[-1] in "xywh"}
    left, width = frame.left + share["x"] * frame.width, share["w"] * frame.width

    def at(day: date) -> float:
        return float(left + width * (day - first).days / (last - first).days)

    def middles(name: str) -> dict[str, float]:
        return {one.name: one.left + one.width / 2 for one in slide.shapes if one.name.startswith(name)}

    months = middles("Month ")
    assert next(iter(months)) == f"Month {first:%b %y}"
    for name, middle in months.items():
        month = next(day for day in (first + timedelta(days=n) for n in range(2000)) if f"{day:%b %y}" == name[6:])
        assert middle == pytest.approx(at(month), abs=1000)
    dots = middles("Even odds: ")
    assert dots["Even odds: General availability"] == pytest.approx(at(date(2026, 12, 30)), abs=1000)


@pytest.mark.parametrize(("count", "left"), [(14, []), (16, ["… and 2 more in the table that follows."])])
def test_a_roadmap_of_many_milestones_says_how_many_it_leaves_out(count: int, left: list[str]) -> None:
    """They stand in the table behind it."""
    track = Track("a", dates=(date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 9)))
    columns = (Column("Milestone"), Column("Track"))
    table = Table("Open", columns, [(f"M {n}", track) for n in range(count)], "None.", message="All is well")
    document = Document("x", "X", "For all", Value("now"), (), ("Fine.",), None, (Section("a", "Roadmap", (table,)),))
    slide = Presentation(io.BytesIO(decks.write(document))).slides[1]
    [chart] = [one.chart for one in slide.shapes if one.has_chart]
    assert len(list(chart.plots[0].categories)) == 14
    assert [one.text_frame.text for one in slide.shapes if one.has_text_frame and "…" in one.text_frame.text] == left


def test_a_range_of_no_days_is_none() -> None:
    """Where even odds and eight in ten fall on one day the dot is all there is."""
    day = date(2026, 12, 1)
    assert gantt.Plan("Launch", day, day, day).parts()[1:] == (0, 0, 0, 0)


@pytest.mark.parametrize(("is_late", "behind"), [(True, (0, 12)), (False, (12, 0))])
def test_only_a_missed_target_is_behind_in_red(is_late: bool, behind: tuple[int, int]) -> None:
    """A milestone behind the baseline that keeps the target which was set since alarms nobody on the page either."""
    baseline, likely = date(2026, 12, 1), date(2026, 12, 13)
    plan = gantt.Plan("Launch", baseline, likely, likely, date(2027, 1, 1), is_late=is_late)
    assert plan.parts()[1:3] == behind


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
    sections = reports._compose("steering_pack", request.getfixturevalue(file), {}).sections
    assert set(titles_of(deck)) == {"Steering pack", *(section.title for section in sections)}
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


def test_rows_spread_evenly_over_as_few_slides_as_can_be() -> None:
    """No slide of one row at the end; what needs more slides than there are fills each."""
    assert decks.ends([1.0] * 7, [6.0, 6.0, 6.0]) == [4, 7]
    assert decks.ends([1.0] * 6, [6.0, 6.0, 6.0]) == [6]
    assert decks.ends([1.0] * 7, [2.0, 6.0, 6.0]) == [2, 7]
    assert decks.ends([1.0] * 30, [6.0, 6.0, 6.0]) == [6, 12, 18]


def test_an_entry_taller_than_a_slide_goes_on_in_the_notes(tmp_path: Path) -> None:
    """Fourteen long options: those that fit, how many more there are, and the rest for the speaker; a head without end is cut."""
    marts = program()
    options = [f"Choice {number} {'of many words ' * 24}" for number in range(14)]
    marts["decisions"] = [
        {"decision_id": "D-1", "kind": "decision", "text": "Which one?", "options": options, "is_open": True},
        {"decision_id": "D-2", "kind": "decision", "text": "And what of this? " * 400, "is_open": True},
    ]
    file = write(tmp_path / "warehouse.duckdb", marts, ABOUT)
    deck = Presentation(str(reports.export("steering_pack", file, tmp_path, kind="pptx")))
    assert_within(deck)
    [slide] = [one for one in deck.slides if any("Choice 0" in text for text in texts_of(one))]
    shown = "\n".join(texts_of(slide))
    assert "Choice 3" in shown
    assert "Choice 13" not in shown
    [more] = re.findall(r"… and (\d+) more in the notes", shown)
    notes = slide.notes_slide.notes_text_frame.text
    assert "Choice 13" in notes
    assert len(re.findall(r"Choice \d+", shown)) + len(re.findall(r"Choice \d+", notes)) == len(options)
    assert int(more) >= len(re.findall(r"Choice \d+", notes))


def texts_of(slide: Any) -> list[str]:
    """What stands on a slide."""
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def test_each_slide_of_a_section_says_the_how_many_it_is(deck: Any) -> None:
    """And what it shows, in the title where outlines find it."""
    heads = [[paragraph.text for paragraph in slide.shapes.title.text_frame.paragraphs] for slide in deck.slides]
    roadmap = [head for head in heads if head[0].startswith("Roadmap")]
    assert [head[0].rsplit(" ", 3)[1:] for head in roadmap] == [["(1", "of", "2)"], ["(2", "of", "2)"]]
    assert "open milestones are expected after their baseline" in roadmap[0][1]
    assert "…" not in roadmap[0][1]
    assert "(1 of 1)" not in str(heads)


def test_what_a_slide_has_no_room_for_stands_in_its_notes(deck: Any) -> None:
    """Full values behind rounded ones, the reasons of colours, and what explains the section."""
    notes = "\n".join(one.notes_slide.notes_text_frame.text for one in deck.slides if one.has_notes_slide)
    assert re.search(r"Budget \(BAC\) €[\d,]+\.\d\d", notes)
    assert re.search(r"^The program: .*red: ", notes, re.MULTILINE)


def test_bold_and_red_words_are_so_on_a_slide(deck: Any) -> None:
    """Options of a decision are read in ink behind a bold letter; a cell that is cut has no tones."""
    every = [
        run
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
    ]
    options = [run for run in every if run.text.startswith(("Option ", "Recommended"))]
    assert options
    assert all(run.font.bold and run.font.size.pt >= 14 for run in options)
    parts = ("R-01, ", Value("R-02", tone="strong"))
    assert runs.runs(parts, "R-01, R-02") == (("R-01, ", ""), ("R-02", "strong"))
    assert runs.runs(parts, "R-01, R…") == (("R-01, R…", ""),)
    assert runs.runs(("=1+1",), "'=1+1") == (("'=1+1", ""),)


def test_a_chart_s_unit_stands_beneath_its_title_however_long(deck: Any) -> None:
    """Charts begin beneath both."""
    for slide in deck.slides:
        charts = [one for one in slide.shapes if one.has_chart and not slide.shapes.title.text.startswith("Roadmap")]
        for chart in charts:
            title, unit = [one for one in slide.shapes if one.left == chart.left and one.has_text_frame and one.top < chart.top and one.top > slide.shapes.title.top + slide.shapes.title.height][-2:]  # fmt: skip
            assert title.top + title.height <= unit.top + 1
            assert unit.top + unit.height <= chart.top
            assert title.height >= len(title.text_frame.text) / (chart.width / 914400 * 8.7) * 0.24 * 914400
