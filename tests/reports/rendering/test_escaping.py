"""Hostile texts change nothing but their own cell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reports
from reports.rendering import markdown
from tests.reports.conftest import FILES, NASTY, Render
from tests.reports.reading import Page, markdown_tokens, tidy

OURS = {
    "a", "b", "bdi", "body", "caption", "circle", "dd", "defs", "details", "div", "dl", "dt", "figcaption", "figure", "footer",
    "g", "clippath", "h1", "h2", "h3", "head", "header", "html", "li", "line", "link", "main", "meta", "nav", "p", "path",
    "polyline", "rect", "section", "span", "strong", "style", "summary", "svg", "table", "tbody", "td", "text", "th", "thead",
    "time", "title", "tr", "ul", "use", "wbr",
}  # fmt: skip


@pytest.mark.parametrize("name", reports.REPORTS)
def test_a_hostile_text_adds_no_element(name: str, rendered: Render) -> None:
    """The page holds our elements only, no handler, and each text as it was typed."""
    page = Page(rendered(name, "nasty").html)
    assert page.tags <= OURS
    assert not [one for one in page.attributes if one[1].startswith("on")]
    if name == "program_status":
        assert "<script>alert(1)</script>" in page.text
        assert "{{ 7*7 }}" in page.text


@pytest.mark.parametrize("name", reports.REPORTS)
@pytest.mark.parametrize("file", FILES)
def test_a_page_needs_nothing_from_elsewhere(name: str, file: str, rendered: Render) -> None:
    """Links lead within the page or to a report beside it; nothing is fetched."""
    page = Page(rendered(name, file).html)
    targets = [value for _, key, value in page.attributes if key in ("href", "src", "xlink:href", "action", "data")]
    beside = {f"{other}.html" for other in ("index", *reports.REPORTS)}
    assert not [one for one in targets if not one.startswith("#") and one not in beside and one != "data:,"]
    assert not [value for _, key, value in page.attributes if key == "style" and "url(" in value.replace("url(#", "")]


@pytest.mark.parametrize("name", reports.REPORTS)
def test_overrides_of_the_writing_direction_are_left_out(name: str, rendered: Render) -> None:
    """A right-to-left override could turn the text of the next cell around."""
    report = rendered(name, "nasty")
    for sign in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068":
        assert sign not in report.html
        assert sign not in report.markdown


def parse(text: str) -> list[Any]:
    """Markdown as GitHub would read it, flat."""
    return [inner for token in markdown_tokens(text) for inner in (token, *(token.children or []))]


@pytest.mark.parametrize("name", reports.REPORTS)
def test_markdown_of_hostile_texts_holds_our_structure_only(name: str, rendered: Render) -> None:
    """No HTML, no link and no image but our charts; as many tables and headings as with harmless texts."""
    found, harmless = (parse(rendered(name, file).markdown) for file in ("nasty", "believable"))
    assert not [
        token for token in found if token.type in ("html_block", "html_inline", "fence", "code_inline", "link_open")
    ]
    images = [token for token in found if token.type == "image"]
    assert all(str(token.attrGet("src")).startswith("data:image/svg+xml;base64,") for token in images)
    assert bool(images) == any(token.type == "image" for token in harmless)
    for kind in ("heading_open", "table_open"):
        assert sum(token.type == kind for token in found) == sum(token.type == kind for token in harmless)


@pytest.mark.parametrize("text", NASTY)
def test_a_hostile_text_in_a_table_stays_in_its_cell(text: str) -> None:
    """Two cells in, two cells out, and the text reads as typed."""
    tokens = parse(f"| a | b |\n| --- | --- |\n| {markdown.escape(text)} | next |\n")
    cells = [token for token in tokens if token.type == "inline"][2:]
    assert len(cells) == 2
    read = "".join(child.content for child in cells[0].children or [])
    shown = tidy("".join(sign for sign in text if not "\u202a" <= sign <= "\u202e"))
    assert tidy(read) == shown


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_survives_a_markdown_cell(text: str) -> None:
    """Whatever people type, the table keeps its two cells and no markup appears."""
    tokens = parse(f"| a | b |\n| --- | --- |\n| {markdown.escape(text)} | next |\n")
    assert sum(token.type == "inline" for token in tokens) == 4
    assert {token.type for token in tokens if token.type not in ("text", "inline", "softbreak")} <= {
        f"{name}_{side}" for name in ("table", "thead", "tbody", "tr", "td", "th") for side in ("open", "close")
    }


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_survives_a_markdown_list(text: str) -> None:
    """At the start of a list item, where dashes, numbers and hashes mean something."""
    tokens = parse(f"- {markdown.escape(text) or 'x'}\n- next\n")
    assert sum(token.type == "list_item_open" for token in tokens) == 2
    assert not [
        token for token in tokens if token.type in ("heading_open", "hr", "html_block", "fence", "ordered_list_open")
    ]
