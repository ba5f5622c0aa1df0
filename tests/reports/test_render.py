"""Every report, from every kind of file."""

from __future__ import annotations

from pathlib import Path

import pytest

import reports


@pytest.mark.parametrize("name", reports.REPORTS)
@pytest.mark.parametrize("file", ["believable", "empty", "unknown", "nasty", "crowded"])
def test_every_report_renders(name: str, file: str, request: pytest.FixtureRequest) -> None:
    """Whatever the marts hold, each report is written whole, small and with at most twenty numbers."""
    warehouse: Path = request.getfixturevalue(file)
    report = reports.render(name, warehouse)
    assert report.html.rstrip().endswith("</html>")
    assert report.markdown.startswith(f"# {report.title}\n")
    assert len(report.markdown.encode()) < 100_000
    assert len(report.numbers) <= 20
