"""Figures that remember where they were read: the same numbers and days as before, with an origin that gives them again."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reports
from reports import figures, words
from reports.figures import RULE, marked, pieces, plain, read
from tests.reports.believable import AS_OF
from tests.reports.believable_plan import program
from tests.reports.published import ABOUT, write
from tests.reports.reading import Page

NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9, allow_nan=False))


def origins(text: str) -> list[str]:
    return [origin for origin, _ in pieces(text) if origin]


@given(NUMBERS, NUMBERS)
def test_arithmetic_is_what_it_was(first: float, second: float) -> None:
    """A figure in place of a number changes no result."""
    one, two = read(first, "m", "a", 1), read(second, "m", "b", 2)
    assert (one + two, one - two, one * two, -one, abs(one)) == (
        first + second,
        first - second,
        first * second,
        -first,
        abs(first),
    )
    assert sum([one, two]) == first + second
    assert round(one) == round(first)
    if second:
        assert one / two == first / second
    assert plain(f"{one:,.2f} of {two}") == f"{first:,.2f} of {second}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{read(3, 'm', 'a', 1)} of {read(4, 'm', 'b', 2)}", ["m.a#1", "m.b#2"]),
        (f"{sum(read(one, 'm', 'a', one) for one in (1, 2, 3)):,.0f}", ["m.a#1,2,3"]),
        (f"{(read(3, 'm', 'a', 1) - read(4, 'm', 'b', 2)) / 2:.1f}", ["m.a#1 m.b#2 - 2 /"]),
        (f"{figures.count([{figures.ROW: 'm#5'}, {figures.ROW: 'm#7'}])}", ["m#5,7"]),
        (words.share(read(0.25, "m", "a_share", 1)).text, ["m.a_share#1 100 *"]),
        (words.day(read(date(2026, 11, 24), "m", "a_date", 1) + timedelta(days=6)).text, ["m.a_date#1 6 days"]),
        (words.moment(read(AS_OF, "m", "a_at", 1), "Europe/Berlin").text, ["m.a_at#1"]),
        (f"version {read('8', 'm', 'version', 1)}", ["m.version#1"]),
        (f"{3} of {figures.fixed(30)}", [RULE]),
    ],
)  # fmt: skip
def test_a_text_takes_the_origins_of_its_figures_along(text: str, expected: list[str]) -> None:
    """Through formatting, joining and the words that people say."""
    assert origins(f"Before, {text}, and after.") == expected


@given(st.text())
def test_texts_without_figures_are_left_alone(text: str) -> None:
    """But for the characters that origins are written in."""
    assert not origins(plain(text))
    assert plain(plain(text)) == plain(text)


def test_a_text_of_a_source_cannot_name_an_origin(tmp_path: Path) -> None:
    """A risk's title that brings a forged origin shows its words alone."""
    marts = program()
    marts["risks"][0]["title"] = f"Only {marked('budget_lines.planned_amount#0', '5')} left"
    html = reports.render("risks", write(tmp_path / "warehouse.duckdb", marts, ABOUT)).html
    assert "Only 5 left" in Page(html).text
    assert "budget_lines.planned_amount" not in html


@pytest.mark.parametrize("kind", ["md", "csv"])
def test_other_files_than_pages_hold_no_origins(kind: str, believable: Path, tmp_path: Path) -> None:
    """They would be seen as boxes."""
    text = reports.export("steering_pack", believable, tmp_path, kind=kind).read_text(encoding="utf-8")
    assert text == plain(text)
