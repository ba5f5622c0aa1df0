"""Every page passes axe-core, its colours on light and on dark, and its charts' texts have the contrast that axe does not measure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

import reports
from tests.browsing import chromium, needs_chromium
from tests.reports.conftest import Render

OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
FEW_ROWS = "document.querySelectorAll('tbody > tr:nth-child(n+9)').forEach(row => row.remove())"
"""Axe takes as long as there are elements, and the rows of a table are all alike."""

RULES = {"resultTypes": ["violations"]}
"""All of axe's rules: WCAG 2.2 A and AA, and its best practices."""

OF_COLOURS = RULES | {"runOnly": ["color-contrast", "link-in-text-block"]}
"""The rules that depend on the ground: light and dark differ in nothing but colours."""

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

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the module."""
    with chromium() as launched:
        yield launched


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a light ground."""
    opened = browser.new_page(color_scheme="light")
    yield opened
    opened.close()


def violations(page: Page, options: dict[str, list[str]] = RULES) -> list[str]:
    """What axe finds wrong, each with the first element it found it at."""
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']} ({one['impact']}): {one['help']}: {one['nodes'][0]['html'][:160]}" for one in found]


def on_both_grounds(page: Page) -> list[str]:
    """What axe finds wrong on light, and in the colours on dark."""
    on_light = violations(page)
    page.emulate_media(color_scheme="dark")
    return on_light + violations(page, OF_COLOURS)


@pytest.mark.parametrize("name", reports.REPORTS)
def test_a_report_passes_axe_and_every_text_has_contrast(
    name: str, page: Page, rendered: Render, tmp_path: Path
) -> None:
    """Folds open, charts included: 4.5 to 1 for each text, and every rule that axe knows."""
    page.goto(reports.write(rendered(name, "believable"), tmp_path).as_uri())
    page.evaluate(OPEN_ALL)
    for ground in ("dark", "light"):
        page.emulate_media(color_scheme=ground)
        assert page.evaluate(CONTRAST) == []
    page.evaluate(FEW_ROWS)
    assert on_both_grounds(page) == []


@pytest.mark.parametrize("file", ["believable", "empty"])
def test_the_front_page_passes_axe(file: str, page: Page, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Also when nothing has been read."""
    page.goto(reports.index(request.getfixturevalue(file), tmp_path).as_uri())
    assert on_both_grounds(page) == []


@pytest.mark.parametrize("name", ["program_status", "delivery"])
def test_a_report_on_a_phone_passes_axe(name: str, page: Page, rendered: Render, tmp_path: Path) -> None:
    """Where tables become cards and the matrix turns its headings."""
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(reports.write(rendered(name, "believable"), tmp_path).as_uri())
    page.evaluate(FEW_ROWS)
    assert violations(page) == []


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_axe_would_find_a_fault(ground: str, page: Page, rendered: Render, tmp_path: Path) -> None:
    """A check that can fail: an image without words, and grey on grey on either ground alone."""
    page.goto(reports.write(rendered("risks", "believable"), tmp_path).as_uri())
    page.evaluate(
        "ground => document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"data:,\">"
        "<style>@media (prefers-color-scheme: ' + ground + ') { .faint { color: #888; background: #999 } }</style>"
        '<p class="faint">faint</p>\')',
        ground,
    )
    found = [one.split(" ", 1)[0] for one in on_both_grounds(page)]
    assert set(found) >= {"image-alt", "color-contrast"}
    assert found.count("color-contrast") == 1
