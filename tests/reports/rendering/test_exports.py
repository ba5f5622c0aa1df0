"""Values and Markdown as files: what spreadsheets and wikis open."""

from __future__ import annotations

import csv
import io
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reports
from reports.document import Charts
from reports.marts import reading
from reports.pages import delivery
from reports.rendering import markdown
from reports.rendering.neutral import FORMULA_SIGNS, neutral
from tests.reports.conftest import NASTY
from tests.reports.reading import tidy


@pytest.mark.parametrize("name", reports.REPORTS)
def test_values_hold_no_formula(name: str, nasty: Path, tmp_path: Path) -> None:
    """Hostile texts stay texts, each in its own field; negative figures stay figures."""
    text = reports.export(name, nasty, tmp_path, kind="csv").read_text(encoding="utf-8-sig")
    fields = [field for row in csv.reader(io.StringIO(text)) for field in row]
    assert not [field for field in fields if field.startswith(FORMULA_SIGNS) and not _is_number(field)]


def test_values_are_exact(believable: Path, tmp_path: Path) -> None:
    """Amounts to the cent without a currency sign, dates as ISO has them, minus as spreadsheets know it."""
    text = reports.export("budget", believable, tmp_path, kind="csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    start = rows.index(["By initiative", "Plan, actual and forecast by initiative"])
    search = next(row for row in rows[start:] if row[0] == "Search ranking")
    assert search[1:5] == ["480000.00", "400000.00", "550000.00", "-150000.00"]
    text = reports.export("data_trust", believable, tmp_path, kind="csv").read_text(encoding="utf-8-sig")
    stream = next(row for row in csv.reader(io.StringIO(text)) if row[:1] == ["pull requests · GitHub acme"])
    assert stream[3:5] == ["2026-11-24 05:48:00 UTC", "2026-11-24 05:50:00 UTC"]


def test_markdown_is_the_one_that_dagster_shows(believable: Path, tmp_path: Path) -> None:
    """The same text, as a file."""
    written = reports.export("risks", believable, tmp_path, kind="md").read_text(encoding="utf-8")
    assert written == reports.render("risks", believable).markdown


@pytest.mark.parametrize("name", reports.REPORTS)
def test_no_heading_of_markdown_stands_over_nothing(name: str, believable: Path) -> None:
    """What is in the page alone is named."""
    text = reports.render(name, believable).markdown
    assert not re.findall(r"^## .*\n+(?=## |\Z)", text, re.MULTILINE)
    if name == "responsible_ai":
        assert re.search(r"^## All evidence\n\n\d+\sgates .*: in the page\.$", text, re.MULTILINE)


def test_one_chart_that_has_no_room_is_one_chart(believable: Path) -> None:
    """In the number of the noun."""
    with reading(believable, {}) as marts:
        sections = delivery.compose(marts).sections
    charts = next(one for section in sections for one in section.blocks if isinstance(one, Charts)).charts
    assert markdown.block(Charts(charts[:1]), markdown._Room(20, 0)) == "… and 1 more chart in the page."
    assert markdown.block(Charts(charts[:2]), markdown._Room(20, 0)) == "… and 2 more charts in the page."


@given(st.sampled_from(NASTY) | st.text(max_size=40))
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    """Whatever people type, and nothing else is changed."""
    shown = neutral(text)
    assert not shown.startswith(FORMULA_SIGNS)
    assert "\n" not in shown
    if text.strip().isalnum():
        assert tidy(shown) == tidy(text)


def test_all_reports_take_seconds(believable: Path) -> None:
    """By the processor's time: the machine may be busy with other things."""
    began = time.process_time()
    for name in reports.REPORTS:
        reports.render(name, believable)
    assert time.process_time() - began < 15


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
