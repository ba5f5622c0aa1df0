"""The story told for several moments, and a reader of its spreadsheet's tabs."""

from datetime import UTC, datetime

import pytest

from connectors.sandbox.program import Program
from connectors.sandbox.story import TABS, tell

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
OTHER_NOWS = [
    datetime(2026, 9, 1, 4, 30, tzinfo=UTC),  # hours after a month's end
    datetime(2027, 1, 3, 22, tzinfo=UTC),  # a Sunday after the holidays
    datetime(2027, 3, 29, 7, tzinfo=UTC),  # the day after clocks changed
    datetime(2028, 2, 29, 12, tzinfo=UTC),
]


@pytest.fixture(scope="package")
def program() -> Program:
    return tell(NOW)


@pytest.fixture(scope="package", params=[NOW, *OTHER_NOWS], ids=str)
def any_program(request) -> Program:
    return tell(request.param)


@pytest.fixture(scope="package")
def rows():
    """A function that gives the data rows of a tab by header, blank rows and notes left out."""

    def read(program: Program, kind: str, edition: int = -1) -> list[dict]:
        tab = next(tab for tab in program.spreadsheet_versions[edition].tabs if tab.title == TABS[kind])
        first = 2 if kind == "budget" else 0
        header = tab.rows[first]
        return [dict(zip(header, row, strict=False)) for row in tab.rows[first + 1 :] if len(row) > 2]

    return read
