"""A spreadsheet on loopback for each test, read with Google's own client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connectors.sandbox import sheets as played
from connectors.sandbox.program import Program, SheetVersion, Tab
from connectors.sandbox.server import Fault, Sandbox, Server
from connectors.sheets import SheetsClient, SheetsSettings, connect

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def a_program(*versions: SheetVersion) -> Program:
    """A program that is nothing but its spreadsheet."""
    return Program(
        now=NOW,
        people=[],
        jira_projects=[],
        issues=[],
        sprints=[],
        versions=[],
        repositories=[],
        pull_requests=[],
        deployments=[],
        releases=[],
        experiments=[],
        runs=[],
        registered_models=[],
        spreadsheet_id="1AbC",
        spreadsheet_title="ML program",
        spreadsheet_timezone="Europe/Berlin",
        spreadsheet_versions=list(versions),
    )


def two_tabs(*budget_rows: list[Any]) -> list[Tab]:
    """A budget with the rows given, a risk register with one, an empty tab."""
    budget = [["Program budget"], [], ["Initiative", "Month", "Planned", "Actual", "Note"], *budget_rows]
    risks = [["Risk ID", "Title", "Probability", "Impact"], ["R-1", "Prices rise", 0.3, 50000]]
    return [Tab("Budget FY27", 11, budget), Tab("Leo's risks", 12, risks), Tab("Decisions", 13, [])]


class WatchedSandbox(Sandbox):
    """A sandbox in which something may happen while a request is being answered."""

    on_request: Callable[[str], None] = staticmethod(lambda _line: None)

    def fault_for(self, line: str) -> Fault | None:
        self.on_request(line)
        return super().fault_for(line)


class Sheet:
    """The spreadsheet of a test: what is played, where, and a client's settings for it."""

    def __init__(self, sandbox: Sandbox, url: str, waits: list[float]) -> None:
        self.sandbox, self.url, self.waits = sandbox, url, waits

    def settings(self, **changed: Any) -> SheetsSettings:
        """Settings for two tabs."""
        tabs = {"budget": "Budget FY27", "risks": "Leo's risks"}
        return SheetsSettings(**({"name": "pmo", "spreadsheet": "1AbC", "tabs": tabs, "url": self.url} | changed))

    def client(self, **changed: Any) -> SheetsClient:
        """A client that notes how long it would have waited."""
        return connect(self.settings(**changed), wait=self.waits.append)

    def save(self, tabs: list[Tab], *, hours: float = 0) -> None:
        """A new version of the file, saved so many hours after NOW; the sandbox then shows that moment."""
        at = NOW + timedelta(hours=hours)
        self.sandbox.program.spreadsheet_versions.append(SheetVersion(at, tabs))
        self.sandbox.now = at


@pytest.fixture
def sheet() -> Iterator[Sheet]:
    """A spreadsheet of three tabs, saved once, an hour ago."""
    tabs = two_tabs(["Search", date(2026, 1, 1), 1000, 900.5], ["Fraud", date(2026, 1, 1), "12k", None, "ask Kim"])
    sandbox = WatchedSandbox(a_program(SheetVersion(NOW - timedelta(hours=1), tabs)), NOW)
    with Server(played.app(sandbox), sandbox) as server:
        yield Sheet(sandbox, server.url, [])


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[Sandbox, str]]]:
    """Serves a program made by the test."""
    with ExitStack() as stack:

        def start(program: Program, now: datetime, **options: Any) -> tuple[Sandbox, str]:
            sandbox = Sandbox(program, now)
            return sandbox, stack.enter_context(Server(played.app(sandbox, **options), sandbox)).url

        yield start


@pytest.fixture(scope="session")
def make_tabs() -> Callable[..., list[Tab]]:
    """Builds the three tabs with other budget rows."""
    return two_tabs
