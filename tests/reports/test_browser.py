"""Each page in headless Chromium: silent, still, within its window, and legible."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

import reports
from tests.browsing import chromium, needs_chromium
from tests.reports.believable_plan import program
from tests.reports.conftest import Render
from tests.reports.published import ABOUT, write

PAGES = [(name, file) for name in reports.REPORTS for file in ("believable", "nasty")]
PAGES += [(name, file) for name in ("program_status", "steering_pack") for file in ("empty", "crowded")]
PAPERS = {"A4": (688, "595"), "Letter": (710, "612")}
"""The width between the margins in pixels, and of the sheet in points."""
SHEETS: tuple[tuple[Literal["screen", "print"], int], ...] = (("screen", 1440), ("print", PAPERS["A4"][0]))
LONG = {
    "version": "12",
    "purpose": "Probability that an order will be charged back",
    "owner_person_id": "p3",
    "risk_tier": "medium",
    "training_data": ["home-recommender-training a424bd6d", "home-recommender-holdout 8745b1cf"],
    "validation_status": "incomplete",
    "last_review_date": date(2026, 10, 10),
    "next_review_date": date(2026, 11, 18),
}
"""A model as an inventory has it, with every cell filled."""

WIDER = """
    [...document.querySelectorAll(".scroll:has(> :not(table.scroll))")]
        .filter(box => box.firstElementChild.offsetWidth > box.clientWidth + 1).map(box => box.ariaLabel)
"""
"""The tables that are wider than what holds them."""

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the module."""
    with chromium() as launched:
        yield launched


@pytest.mark.parametrize(("name", "file"), PAGES)
def test_a_page_is_silent_still_and_within_its_window(
    name: str, file: str, browser: Browser, rendered: Render, tmp_path: Path
) -> None:
    """No console message, no request beyond the file, no sideways scrolling at any of three widths, folds open or not."""
    page_file = reports.write(rendered(name, file), tmp_path)
    said: list[str] = []
    asked: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    for is_open in ("false", "true"):
        page.evaluate(f"document.querySelectorAll('details').forEach(one => one.open = {is_open})")
        for width in (1440, 540, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
    assert said == []
    assert {url for url in asked if not url.startswith("data:")} == {page_file.as_uri()}


@pytest.mark.parametrize("name", reports.REPORTS)
def test_a_table_shows_its_last_column_on_a_desk_and_on_paper(name: str, browser: Browser, tmp_path: Path) -> None:
    """Nothing of it lies beyond the edge of its box, where a screen scrolls and paper cuts off, with names as long as they are."""
    marts = program()
    for model in marts["registered_models"]:
        model["name"] = "home-recommender"
    for row in marts["model_inventory"]:
        row.update(LONG)
    warehouse = write(tmp_path / "warehouse.duckdb", marts, ABOUT)
    page = browser.new_page()
    page.goto(reports.export(name, warehouse, tmp_path, kind="html").as_uri())
    for media, width in SHEETS:
        page.emulate_media(media=media)
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(WIDER) == [], media
    page.close()


def test_the_words_beneath_a_figure_stay_on_a_line(browser: Browser, rendered: Render, tmp_path: Path) -> None:
    """High performer, medium performer: a word a line would make each row three lines high."""
    page = browser.new_page()
    page.goto(reports.write(rendered("delivery", "believable"), tmp_path).as_uri())
    tall = "words => words.filter(one => one.offsetHeight > 1.5 * parseFloat(getComputedStyle(one).lineHeight)).length"
    beneath = page.locator("#releases .number .under")
    assert beneath.count() >= 2
    for width in (1440, 1000, 800, 540, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert beneath.evaluate_all(tall) == 0, width
    page.close()


def test_the_gravest_risk_stands_within_a_phone(browser: Browser, tmp_path: Path) -> None:
    """The last column of the matrix of likelihood and impact needs no scrolling, with amounts of three digits."""
    marts = program()
    marts["risks"][0] |= {"impact": 290000.0}
    warehouse = write(tmp_path / "warehouse.duckdb", marts, ABOUT)
    page = browser.new_page(viewport={"width": 360, "height": 900})
    page.goto(reports.export("risks", warehouse, tmp_path, kind="html").as_uri())
    heads = page.locator("#matrix .scroll thead").first
    assert "€300" in heads.inner_text()
    assert heads.evaluate("heads => heads.closest('div.scroll').clientWidth - heads.offsetWidth") >= 0
    page.close()


@pytest.mark.parametrize("name", reports.REPORTS)
def test_a_page_is_walked_with_the_keyboard(name: str, browser: Browser, rendered: Render, tmp_path: Path) -> None:
    """The first stop skips to the report; every fold opens with Enter; headings leave no level out."""
    page = browser.new_page()
    page.goto(reports.write(rendered(name, "believable"), tmp_path).as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for fold in page.locator("summary").all():
        fold.focus()
        page.keyboard.press("Enter")
        assert fold.evaluate("fold => fold.parentElement.open") is True
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(one => Number(one.tagName[1]))")
    page.close()
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", reports.REPORTS)
def test_a_page_prints_on_paper(name: str, browser: Browser, rendered: Render, tmp_path: Path) -> None:
    """Light whatever the screen is, nothing cut off at the right, on A4 and on Letter, with the paper's own size."""
    page = browser.new_page(color_scheme="dark")
    page.emulate_media(media="print")
    page.goto(reports.write(rendered(name, "believable"), tmp_path).as_uri())
    for paper, (width, points) in PAPERS.items():
        page.set_viewport_size({"width": width, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, paper
        printed = page.pdf(format=paper)
        assert f"/MediaBox [0 0 {points}".encode() in printed, paper
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.close()
