"""The front page leads to every report that lies beside it, and says of each what it says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

import reports
from tests.reports.conftest import Render
from tests.reports.reading import Page


def links(page: Page) -> list[str]:
    """Where a page leads, within itself left out."""
    return [value for _, key, value in page.attributes if key == "href" and value.endswith(".html")]


def test_the_front_page_leads_to_all_reports(believable: Path, tmp_path: Path) -> None:
    """In the order in which people open them, with the age of the sources on top."""
    page = Page(reports.index(believable, tmp_path).read_text(encoding="utf-8"))
    assert links(page) == [f"{name}.html" for name in reports.REPORTS]
    assert "Sheets 2 days ago stale" in page.text
    assert "Red 1 of 3 initiatives is red: Fraud detection 2.0 (schedule); 1 more is amber." in page.text
    assert "Budget · for finance" in page.text


@pytest.mark.parametrize("file", ["empty", "unknown", "nasty"])
def test_the_front_page_is_written_of_anything(file: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Also before the first read."""
    html = reports.index(request.getfixturevalue(file), tmp_path).read_text(encoding="utf-8")
    assert links(Page(html)) == [f"{name}.html" for name in reports.REPORTS]


@pytest.mark.parametrize("name", reports.REPORTS)
def test_each_report_leads_back_and_to_the_others(name: str, rendered: Render) -> None:
    """On top to the front page, at the end to the other eight."""
    others = [f"{other}.html" for other in reports.REPORTS if other != name]
    assert links(Page(rendered(name, "believable").html)) == ["index.html", *others]


def test_a_page_that_lies_alone_leads_nowhere(believable: Path, tmp_path: Path) -> None:
    """Of the committee's pack of another week nothing else is kept."""
    alone = reports.export("steering_pack", believable, tmp_path, kind="html", beside=())
    some = reports.export("risks", believable, tmp_path, kind="html", beside=("risks", "budget"))
    assert links(Page(alone.read_text(encoding="utf-8"))) == []
    assert links(Page(some.read_text(encoding="utf-8"))) == ["index.html", "budget.html"]
