"""Each page in headless Chromium: silent, still, within its window, and legible."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

import reports
from tests.reports.conftest import Render

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = [(name, file) for name in reports.REPORTS for file in ("believable", "nasty")]
PAGES += [(name, file) for name in ("program_status", "steering_pack") for file in ("empty", "crowded")]
CONTRAST = """() => {
    const luminance = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const parse = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
    const ground = element => {
        for (let at = element; at; at = at.parentElement) {
            const colour = parse(getComputedStyle(at).backgroundColor);
            if (colour.length === 3 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
    };
    const weak = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        const box = element.getBoundingClientRect();
        if (!own || box.width < 2 || element.closest('.skip, .hidden')) continue;
        const style = getComputedStyle(element);
        const colour = element.namespaceURI.endsWith('svg') ? style.fill : style.color;
        const [a, b] = [luminance(parse(colour)), luminance(ground(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) weak.push([element.outerHTML.slice(0, 120), ratio]);
    }
    return weak;
}"""

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="needs a Chromium on the PATH; CI installs one"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the module."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", reports.REPORTS)
def test_every_text_has_the_contrast_of_wcag_aa(
    name: str, scheme: str, browser: Browser, rendered: Render, tmp_path: Path
) -> None:
    """4.5 to 1 against its ground, in the charts too, on light and on dark."""
    page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type] # a literal of the two
    page.goto(reports.write(rendered(name, "believable"), tmp_path).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    weak = page.evaluate(CONTRAST)
    page.close()
    assert weak == []


@pytest.mark.parametrize("name", reports.REPORTS)
def test_a_page_is_walked_with_the_keyboard(name: str, browser: Browser, rendered: Render, tmp_path: Path) -> None:
    """The first stop skips to the report; every fold opens with Enter; headings leave no level out."""
    page = browser.new_page()
    page.goto(reports.write(rendered(name, "believable"), tmp_path).as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.focus("summary")
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('summary').parentElement.open") is True
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(one => Number(one.tagName[1]))")
    page.close()
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", reports.REPORTS)
def test_a_page_prints_on_paper(name: str, browser: Browser, rendered: Render, tmp_path: Path) -> None:
    """Light whatever the screen is, nothing cut off at the right of an A4 page."""
    page = browser.new_page(color_scheme="dark", viewport={"width": 688, "height": 1000})
    page.emulate_media(media="print")
    page.goto(reports.write(rendered(name, "believable"), tmp_path).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert printed.startswith(b"%PDF")
