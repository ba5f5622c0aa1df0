"""The Dagster UI as a program manager sees it: the report is there, readable, and its numbers are the warehouse's."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
import requests
from markdown_it.token import Token
from playwright.sync_api import BrowserContext, Locator, Page, expect
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

import reports
from pipelines import settings
from tests.browsing import chromium, needs_chromium
from tests.reports.reading import markdown_tokens
from warehouse import query

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def ui(program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Dagster web server over the demo's runs."""
    from tests.end_to_end.conftest import free_ports

    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    variables = {**os.environ, **program.environment, "DAGSTER_HOME": str(settings.CHECKOUT)}
    command = [
        sys.executable,
        "-m",
        "dagster_webserver",
        "-m",
        "pipelines.definitions",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    log = tmp_path_factory.mktemp("ui") / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=settings.CHECKOUT, env=variables, stdout=output, stderr=output) as process,
    ):
        try:
            session = requests.Session()
            session.mount(
                "http://", HTTPAdapter(max_retries=Retry(total=100, connect=100, backoff_factor=0.2, backoff_max=2))
            )
            assert session.get(f"{url}/server_info", timeout=60).ok, log.read_text()
            yield url
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserContext]:
    """One for all: its pages share what it has loaded of the UI, which are megabytes."""
    with chromium() as launched, launched.new_context(viewport={"width": 1440, "height": 1000}) as context:
        yield context


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def open_report(page: Page, ui: str, name: str) -> Locator:
    """The dialog that shows a report; its text is fetched after it opened."""
    page.goto(f"{ui}/assets/reports/{name}")
    page.get_by_text("Show Markdown").first.click(timeout=60_000)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


@dataclass
class Written:
    """What a report's Markdown consists of, as any reader of Markdown takes it."""

    headings: list[str]
    tables: list[list[str]]
    images: int
    items: int


def written(markdown: str) -> Written:
    """Headings, the headings of tables, and how many images and list items there are."""
    tokens = markdown_tokens(markdown)
    texts = {token.type: [] for token in tokens}
    for before, token in pairwise(tokens):
        texts[before.type].append(_text(token))
    tables: list[list[str]] = []
    for before, token in pairwise(tokens):
        if before.type == "table_open":
            tables.append([])
        elif before.type == "th_open":
            tables[-1].append(_text(token))
    images = sum(child.type == "image" for token in tokens for child in token.children or [])
    headings = texts.get("heading_open", [])
    return Written(headings, tables, images, len(texts.get("list_item_open", [])))


def _text(token: Token) -> str:
    return " ".join("".join(child.content for child in token.children or []).split())


SHOWN = """dialog => {
    const text = one => one.textContent.replace(/\\s+/g, ' ').trim();
    const all = selector => [...dialog.querySelectorAll(selector)];
    return {
        headings: all('h1, h2, h3').map(text),
        tables: all('table').map(table => [...table.querySelectorAll('th')].map(text)),
        images: all('img').filter(image => image.complete && image.naturalWidth > 100).length,
        items: all('li').length,
    };
}"""


@pytest.mark.parametrize("name", reports.REPORTS)
def test_the_dialog_shows_text_tables_and_charts_of_every_report(name, ui, page, program):
    """Everything that the report's Markdown holds is there as headings, tables, lists and pictures, none as raw signs."""
    with_links = program.settings.links
    report = reports.render(name, program.settings.warehouse, links=with_links)
    wanted = written(report.markdown)
    dialog = open_report(page, ui, name)
    expect(dialog.get_by_text(wanted.headings[-1], exact=True)).to_be_attached(timeout=60_000)
    expect(dialog.locator("img")).to_have_count(wanted.images)
    shown = dialog.evaluate(SHOWN)
    assert wanted.headings[0] == report.title
    assert [heading for heading in shown["headings"] if heading in wanted.headings] == wanted.headings
    assert shown["tables"] == wanted.tables
    assert shown["images"] == wanted.images
    assert shown["items"] == wanted.items
    assert wanted.tables or wanted.items
    assert "| ---" not in dialog.inner_text()


def test_the_numbers_of_the_status_report_are_the_warehouses(ui, page, program):
    """Names of initiatives and the pace of one, read from the marts."""
    dialog = open_report(page, ui, "program_status")
    with query.connect(program.settings.warehouse) as connection:
        initiatives = connection.execute("select name from marts.initiatives").fetchall()
        [(spi,)] = connection.execute(
            "select round(spi_t, 2) from marts.earned_value where initiative_id = 'INI-1' and month_date = date '2026-10-01'"
        ).fetchall()
    assert initiatives
    for (name,) in initiatives:
        expect(dialog).to_contain_text(name, timeout=60_000)
    expect(dialog).to_contain_text(f"{spi:.2f} of the planned pace")


def test_the_page_of_a_report_plots_its_numbers(ui, page, program):
    """Numeric metadata become curves: each number of the report is named on the page of its asset."""
    numbers = reports.render("program_status", program.settings.warehouse).numbers
    page.goto(f"{ui}/assets/reports/program_status")
    for name in list(numbers)[:5]:
        expect(page.get_by_text(name.replace("_", " "), exact=True).first).to_be_attached(timeout=60_000)
