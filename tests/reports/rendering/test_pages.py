"""What the page does with any report: names that stay whole, words for heads that cannot be pointed at, rests on paper."""

from __future__ import annotations

import re

import pytest

from reports.document import Column, Document, Light, Section, Table, Value
from reports.drawing.charts import COLOURS
from reports.rendering import html_page

CSS = (html_page.TEMPLATES / "page.css").read_text(encoding="utf-8")


def page_of(table: Table, as_of: str = "30 Nov 2026, 04:31") -> str:
    """A report of this table alone."""
    section = Section("one", "One", (table,))
    return html_page.write(Document("risks", "Risks", "For all", Value(as_of), (), ("Fine.",), None, (section,)), {})


def table_of(rows: int, limit: int = 3) -> Table:
    """So many rows, of which so many are open."""
    columns = (Column("Name"), Column("Share", explain="Of all that was asked."))
    return Table("Names", columns, [(f"name {number}", "5%") for number in range(rows)], "None.", limit=limit)


@pytest.mark.parametrize("name", ["CUS-195", "SR 11-7", "promo-uplift v2", "checkout-fraud", "hub.baseline_version"])
@pytest.mark.parametrize("sentence", ["{}", "The tag {}.", "({}), and more", "{}: v2"])
def test_a_short_name_is_not_broken(name: str, sentence: str) -> None:
    """Neither behind its hyphens nor behind its underscores."""
    assert f'<span class="key">{name}</span>' in html_page.shown(sentence.format(name))


@pytest.mark.parametrize(
    "name", ["a-name-of-a-model-that-is-too-long", "https://example.com/a-b/c-d", "a-b,c-d,e-f,g-h,i-j,k-l,m-n,o-p"]
)
def test_a_long_name_may_break(name: str) -> None:
    """It would else be wider than a phone."""
    shown = html_page.shown(name)
    assert "<wbr>" in shown
    assert "key" not in shown


def test_what_a_head_explains_can_be_read_without_a_mouse() -> None:
    """Once beneath the table, for the columns that explain themselves alone."""
    page = page_of(table_of(5))
    said = "<dl><dt>Share</dt><dd>Of all that was asked.</dd></dl>"
    assert page.count("What the columns mean") == page.count(said) == 1
    assert "What the columns mean" not in page_of(Table("Names", (Column("Name"),), [("one",)], "None."))


@pytest.mark.parametrize(("rows", "is_printed"), [(5, True), (18, True), (19, False)])
def test_paper_holds_a_short_rest_and_says_where_a_long_one_is(rows: int, is_printed: bool) -> None:
    """Up to fifteen rows behind the fold are printed."""
    page = page_of(table_of(rows))
    assert ('<details class="few">' in page) == is_printed
    [classes] = re.findall(r'<p class="quiet (on-paper[^"]*)">', page)
    assert ("few" in classes) == is_printed
    assert f'And <span data-of="page">{rows - 3}</span> more, which the online page lists.' in page


def test_each_sheet_of_paper_says_which_report_it_is_of() -> None:
    """In the style sheet, where no sign of the text means anything."""
    page = page_of(table_of(1), as_of='1"; } </style>')
    written = re.search(r'@bottom-left { content: "([^"]*)"', page)
    assert written
    assert "<" not in written[1]
    signs = re.sub(r"\\([0-9a-f]+) ", lambda found: chr(int(found[1], 16)), written[1])
    assert signs == 'Risks · as of 1"; } </style>'


def test_a_row_of_colours_is_known() -> None:
    """It has the width of its card on a phone; a colour with its words has not."""
    week = Light("red", is_narrow=True)
    assert html_page.is_strip((week, "\u200a", week))
    assert not html_page.is_strip((week, "late"))
    assert not html_page.is_strip("red")


def luminance(colour: str) -> float:
    """How bright a colour is, by WCAG."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("role", ["soft", "accent", "muted", "red"])
def test_what_is_drawn_can_be_told_from_its_ground(role: str) -> None:
    """Three to one, on light, on dark and on paper."""
    grounds, colours = (re.findall(rf"--{name}: (#[0-9a-f]{{6}});", CSS) for name in ("ground", role))
    assert len(grounds) == len(colours) == 3
    for ground, colour in zip(grounds, colours, strict=True):
        low, high = sorted((luminance(ground), luminance(colour)))
        assert (high + 0.05) / (low + 0.05) >= 3
    assert COLOURS[role] == colours[0]
