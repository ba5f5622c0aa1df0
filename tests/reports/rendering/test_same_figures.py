"""Markdown and slides hold the figures of the page: each by its origin, said as the mart has it.

The document is written with a visible number in front of every figure, which leads back to the figure's origin.
"""

from __future__ import annotations

import dataclasses
import html
import math
import re
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

import reports
from reports import figures
from reports.document import Document, Picture
from reports.rendering import markdown
from reports.rendering.slides import deck
from tests.reports.drawing.test_charts import charts_of
from tests.reports.test_sources_of_figures import Figure, Warehouse, is_said, texts, unsourced

__all__ = ["texts"]

NUMBERED = re.compile("⟦(\\d+)⟧([^⟧]*)⟧")
REST = re.compile(
    r"… and \d+ more (?:charts? )?in the (?:page|report)\.|\(data:image[^)]*\)| \(\d+ of \d+\)$", re.MULTILINE
)
"""What counts the rest of a list or a section's slides, and pictures: test_scales reads those off."""


class Numbered:
    """A document whose figures each have a number in front, and the origins by number."""

    def __init__(self, document: Document) -> None:
        self.origins: list[str] = []
        self.document: Document = self._told(document)

    def _told(self, one: Any) -> Any:
        if isinstance(one, str):
            return "".join(self._said(origin, piece) for origin, piece in figures.pieces(figures.said(one, one)))
        if isinstance(one, tuple | list):
            return type(one)(self._told(part) for part in one)
        if isinstance(one, Picture) or not dataclasses.is_dataclass(one):
            return one
        told = {field.name: self._told(getattr(one, field.name)) for field in dataclasses.fields(one)}
        return type(one)(**told)

    def _said(self, origin: str, text: str) -> str:
        if not origin:
            return text
        self.origins.append(origin)
        return f"⟦{len(self.origins) - 1}⟧{text}⟧"

    def read(self, text: str) -> tuple[list[Figure], str]:
        """The figures of what was written, and the rest of it."""
        found = [Figure(self.origins[int(number)], said) for number, said in NUMBERED.findall(text)]
        return found, REST.sub("", NUMBERED.sub("", text))


def composed(name: str, believable: Path) -> Numbered:
    return Numbered(reports._compose(name, believable, {}))


def odd(found: list[Figure], warehouse: Warehouse) -> list[Figure]:
    """The figures that their origins do not give."""
    named = [figure for figure in found if figure.origin not in (figures.PAGE, figures.RULE)]
    return [one for one in named if not is_said(one.text.replace("\\", ""), warehouse.of(one.origin), warehouse.zone)]


@pytest.mark.parametrize("name", reports.REPORTS)
def test_every_figure_of_the_markdown_is_its_marts(name: str, believable: Path, texts: list[str]) -> None:
    """And no digit stands in it but in figures, texts of the marts and our own words."""
    numbered = composed(name, believable)
    found, rest = numbered.read(markdown.write(numbered.document))
    assert len(found) > 20
    assert not odd(found, Warehouse(believable))
    assert not list(unsourced(html.unescape(rest.replace("\\", "")), texts))


@pytest.mark.parametrize("name", ["steering_pack", "budget"])
def test_every_figure_of_the_slides_is_its_marts(name: str, believable: Path, tmp_path: Path, texts: list[str]) -> None:
    """Texts, native tables and notes; a slide's number, the months of an axis and long texts that are cut short are left out."""
    numbered = composed(name, believable)
    (tmp_path / "deck.pptx").write_bytes(deck.write(numbered.document))
    lines = []
    for slide in Presentation(str(tmp_path / "deck.pptx")).slides:
        for shape in slide.shapes:
            if shape.has_table:
                lines += [cell.text for row in shape.table.rows for cell in row.cells]
            elif shape.has_text_frame and not shape.name.startswith("Month "):
                lines += [paragraph.text for paragraph in shape.text_frame.paragraphs]
        if slide.has_notes_slide:
            lines += slide.notes_slide.notes_text_frame.text.splitlines()
    found, rest = numbered.read("\n".join(line for line in lines if not re.fullmatch(r"\d+", line) and "…" not in line))
    assert len(found) > 50
    assert not odd(found, Warehouse(believable))
    assert not list(unsourced(rest, texts))


@pytest.mark.parametrize("name", ["steering_pack", "budget"])
def test_the_native_charts_hold_the_figures_of_the_marts(name: str, believable: Path, tmp_path: Path) -> None:
    """Each value of each series, in the order of the page's charts."""
    document = reports._compose(name, believable, {})
    written = reports.export(name, believable, tmp_path, kind="pptx")
    series = [
        one
        for slide in Presentation(str(written)).slides
        for shape in slide.shapes
        if shape.has_chart and shape.chart.plots[0].series[0].name != "starts"  # the roadmap, see test_slides
        for one in shape.chart.plots[0].series
    ]
    wanted = [
        one
        for section in document.sections
        for chart in charts_of(section.blocks)
        if chart.picture.series
        for one in ([series for series in chart.picture.series if series.label] or chart.picture.series)
    ]
    warehouse = Warehouse(believable)
    assert len(series) == len(wanted) > 2
    for shown, drawn in zip(series, wanted, strict=True):
        of_marts = [
            math.nan if one is None else float(warehouse.of(figures.spelled(one.origin))) for one in drawn.values
        ]
        values = [math.nan if value is None else value for value in shown.values]
        assert values == pytest.approx(of_marts, rel=1e-9, nan_ok=True)


def test_a_false_figure_in_markdown_is_found(believable: Path, texts: list[str]) -> None:
    """A check that can fail: one digit more, and a number of nothing."""
    numbered = composed("risks", believable)
    written = markdown.write(numbered.document)
    found, _ = numbered.read(re.sub(r"(⟦\d+⟧)(\d)", r"\g<1>9\2", written, count=1))
    assert len(odd(found, Warehouse(believable))) == 1
    _, rest = numbered.read(f"{written}\n17 risks are new\n")
    assert list(unsourced(html.unescape(rest.replace("\\", "")), texts))
