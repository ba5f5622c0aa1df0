"""Every report, from every kind of file."""

from __future__ import annotations

import pytest

import reports
from tests.reports.conftest import FILES, Render


@pytest.mark.parametrize("name", reports.REPORTS)
@pytest.mark.parametrize("file", FILES)
def test_every_report_renders(name: str, file: str, rendered: Render) -> None:
    """Whatever the marts hold, each report is written whole, small and with at most twenty numbers."""
    report = rendered(name, file)
    assert report.html.rstrip().endswith("</html>")
    assert report.markdown.startswith(f"# {report.title}\n")
    assert len(report.markdown.encode()) < 100_000
    assert len(report.numbers) <= 20
