"""What every chart draws, approved as text: its message, its unit and each value, never pixels.

`pytest tests/reports/drawing --write-approved` writes approved_charts.txt anew; read its difference before keeping it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

import reports
from reports import figures
from reports.document import Block, Chart, Charts, Fold
from reports.drawing import charts, shapes
from reports.rendering import csv_tables, html_page
from tests.reports.conftest import FILES

APPROVED = Path(__file__).with_name("approved_charts.txt")


def charts_of(blocks: tuple[Block, ...]) -> Iterator[Chart]:
    """Every chart, those behind folds included."""
    for one in blocks:
        if isinstance(one, Charts):
            yield from one.charts
        elif isinstance(one, Fold):
            yield from charts_of(one.blocks)


@functools.cache
def drawn(name: str, warehouse: Path) -> list[Chart]:
    """The charts of a report."""
    return [chart for section in reports._compose(name, warehouse, {}).sections for chart in charts_of(section.blocks)]


def told(name: str, chart: Chart) -> str:
    """A chart as text: one line a day."""
    lines = [f"{name}: {chart.title} [{chart.unit}]"]
    for index, day in enumerate(chart.picture.days):
        each = [f"{one.label or 'marked'} {_figure(one.values[index])}" for one in chart.picture.series]
        lines.append(f"  {day.isoformat()}  {', '.join(each)}")
    if not chart.picture.series:  # dots and bands: what was drawn stands in the table alone
        [(_, *rows)] = csv_tables.tables(chart.table)
        lines += [f"  {', '.join(row)}" for row in rows]
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.10g}"


def test_charts_draw_what_was_approved(believable: Path, pytestconfig: pytest.Config) -> None:
    """Of the small program, all nine reports."""
    found = "\n\n".join(told(name, chart) for name in reports.REPORTS for chart in drawn(name, believable)) + "\n"
    found = figures.plain(found).replace("\N{NO-BREAK SPACE}", " ")
    if pytestconfig.getoption("--write-approved"):
        APPROVED.write_text(found, encoding="utf-8")
    assert found == APPROVED.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", reports.REPORTS)
@pytest.mark.parametrize("file", FILES)
def test_each_chart_says_its_message_and_unit_and_has_its_table(
    name: str, file: str, request: pytest.FixtureRequest
) -> None:
    """A row for each day that was drawn, a column for each series that has a name."""
    for chart in drawn(name, request.getfixturevalue(file)):
        assert len(chart.title.split()) >= 4, chart.title
        assert chart.unit
        assert chart.alternative
        [(_, heads, *rows)] = csv_tables.tables(Charts((chart,)))
        assert len(rows) == len(chart.picture.days) or (rows and not chart.picture.series)
        assert len(heads) > len([one for one in chart.picture.series if one.label])


def test_a_drawing_holds_no_text_of_a_source(nasty: Path) -> None:
    """Only our own words, months and figures: fonts cannot fail on a name, and no name can become markup."""
    ours = re.compile(r"[A-Za-z0-9 .,€%\N{MINUS SIGN}\N{NO-BREAK SPACE}-]*")
    for name in reports.REPORTS:
        for chart in drawn(name, nasty):
            texts = re.findall(r"<text[^>]*>([^<]*)</text>", chart.picture.page)
            assert texts
            assert [text for text in texts if not ours.fullmatch(text)] == []
            assert not [colour for colour in charts.COLOURS.values() if colour in chart.picture.page]


@pytest.mark.parametrize(
    ("first", "count", "step", "said"),
    [
        (date(2026, 11, 3), 26, 1, ["3 Nov", "10 Nov", "17 Nov", "24 Nov"]),
        (date(2026, 12, 28), 3, 1, ["28 Dec", "29 Dec", "30 Dec"]),
        (date(2026, 11, 24), 1, 1, ["24 Nov"]),
        (date(2026, 9, 7), 5, 7, ["7 Sep", "14 Sep", "21 Sep", "28 Sep", "5 Oct"]),
        (date(2026, 10, 5), 13, 7, ["5 Oct", "26 Oct", "16 Nov", "7 Dec", "28 Dec"]),
        (date(2026, 9, 28), 26, 7, ["Oct 2026", "Nov", "Dec", "Jan 2027", "Feb", "Mar"]),
    ],
)
def test_an_axis_names_months_or_where_it_is_short_days(first: date, count: int, step: int, said: list[str]) -> None:
    """Days that are drawn; a year stands at the first month and wherever it turns."""
    days = [first + timedelta(days=step * number) for number in range(count)]
    places, names = charts.dates_below(days, timedelta(days=step))
    assert [name.replace("\N{NO-BREAK SPACE}", " ") for name in names] == said
    assert len(places) == len(names)
    assert set(places) <= set(days) if names[0][0].isdigit() else all(place.day == 1 for place in places)


def test_months_are_named_however_few_they_are() -> None:
    """Values of a month each stand on its first day."""
    assert charts.dates_below([date(2026, 12, 1), date(2027, 1, 1)], timedelta(days=31))[1] == ["Dec 2026", "Jan 2027"]
    assert charts.dates_below([], timedelta(days=7)) == ([], [])


def test_years_that_would_touch_are_not_both_named() -> None:
    """Of six names the second one says enough; where there are few there is room."""

    def names(first: date, count: int) -> list[str]:
        days = [date(first.year + (first.month + n - 1) // 12, (first.month + n - 1) % 12 + 1, 1) for n in range(count)]
        return [name.replace("\N{NO-BREAK SPACE}", " ") for name in charts.months_below(days)[1]]

    assert names(date(2025, 11, 1), 12) == ["Nov", "Jan 2026", "Mar", "May", "Jul", "Sep"]
    assert names(date(2025, 11, 1), 3) == ["Nov 2025", "Dec", "Jan 2026"]
    assert names(date(2026, 12, 1), 4) == ["Dec 2026", "Jan 2027", "Feb", "Mar"]
    assert len(names(date(2020, 1, 1), 72)) == 4


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [
        ([0.1, 0.5, 0.9], [0.1, 0.5, 0.9]),
        ([0.5, 0.5, 0.5], [0.4, 0.5, 0.6]),
        ([0.2, 0.5, 0.52], [0.2, 0.46, 0.56]),
        ([0.98, 1.0], [0.9, 1.0]),
        ([0.0, 0.01, 0.02], [0.0, 0.1, 0.2]),
    ],
)
def test_labels_that_would_meet_stand_around_their_middle(wanted: list[float], placed: list[float]) -> None:
    """Each stays as near to its line as it can, and within the picture."""
    assert charts.spread(wanted, 0.1) == pytest.approx(placed)


@pytest.mark.parametrize("limit", [1.0, 30.0, 99.0])
def test_a_limit_s_word_stands_within_its_chart_of_ages(limit: float) -> None:
    """On the left of the line where there is no room on its right; seven points a letter are more than it takes."""
    page = shapes.ages([(2.0, False), (limit, True)], [(limit, "85 in 100")], salt="edge").page
    [(anchor, at)] = re.findall(r'<text [^>]*text-anchor: (\w+)[^>]* x="([\d.]+)"[^>]*>85 in 100</text>', page)
    width = 7 * len("85 in 100")
    left, right = (float(at) - width, float(at)) if anchor == "end" else (float(at), float(at) + width)
    assert left >= 0
    assert right <= charts.WIDTH


def test_on_a_phone_words_one_upon_another_do_not_touch() -> None:
    """There letters are larger: the words of the limits, those at the ends of lines, the lowest value and the first date."""
    assert f"font-size: {charts.LARGE}px !important" in (html_page.TEMPLATES / "page.css").read_text()
    words = [(4.0, "half"), (5.0, "85 in 100"), (6.0, "95 in 100")]
    days = [date(2026, 1, 1), date(2026, 7, 1)]
    money = charts.over_time(days, [charts.Series("", [0.0, 9.0])], say="\N{EURO SIGN}{:.0f}".format, salt="apart").page
    drawings = (
        (shapes.ages([(2.0, False)], words, salt="apart").page, ["half", "85 in 100", "95 in 100"]),
        (shapes.scatter([(days[0], 5.0)], words, salt="apart").page, ["95 in 100", "85 in 100", "half"]),
        (money, ["\N{EURO SIGN}0", "Jan 2026"]),
    )
    for page, said in drawings:
        at = [float(re.findall(rf'<text [^>]* y="([\d.]+)"[^>]*>{one}</text>', page)[0]) for one in said]
        assert min(below - above for above, below in pairwise(at)) >= 1.1 * charts.LARGE


def test_what_is_in_trouble_differs_in_more_than_its_colour() -> None:
    """A shape of its own, for those who see no red."""
    shapes_of = [
        set(re.findall(r'<path id="[^"]*" d="([^"]+)"', shapes.ages([(3.0, is_in_trouble)], [], salt="x").page))
        for is_in_trouble in (False, True)
    ]
    assert len(shapes_of[0] ^ shapes_of[1]) == 2
