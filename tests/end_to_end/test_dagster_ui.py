"""The Dagster UI as a program manager sees it: the report is there, readable, and its numbers are the warehouse's."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from pipelines import settings
from tests.browsing import chromium, needs_chromium
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
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    yield page
    page.close()


def open_report(page: Page, ui: str, name: str) -> Locator:
    """The dialog that shows a report; its text is fetched after it opened."""
    page.goto(f"{ui}/assets/reports/{name}")
    page.get_by_text("Show Markdown").first.click(timeout=60_000)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def test_the_status_report_shows_the_colours_of_the_warehouse(ui, page, program):
    dialog = open_report(page, ui, "program_status")
    with query.connect(program.settings.warehouse) as connection:
        initiatives = connection.execute("select name from marts.initiatives").fetchall()
    assert initiatives
    for (name,) in initiatives:
        expect(dialog).to_contain_text(name, timeout=60_000)
    expect(dialog.locator("img").first).to_be_visible()
    with query.connect(program.settings.warehouse) as connection:
        [(spi,)] = connection.execute(
            "select round(spi_t, 2) from marts.earned_value where initiative_id = 'INI-1' and month_date = date '2026-10-01'"
        ).fetchall()
    expect(dialog).to_contain_text(f"{spi:.2f} of the planned pace")
