"""The spreadsheet is one that people keep: in nine editions, with what goes wrong in them."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from connectors.sandbox.story.facts import OVER_ALLOCATED

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def month_start(now: datetime, offset: int) -> datetime:
    local = now.astimezone(BERLIN)
    index = local.year * 12 + local.month - 1 + offset
    return datetime(index // 12, index % 12 + 1, 1, tzinfo=BERLIN).astimezone(UTC)


def test_one_person_is_over_allocated(program, rows):
    """Shares of a month add up to more than one for one person only."""
    totals: Counter = Counter()
    for row in rows(program, "allocations"):
        share = row["Share"]
        number = float(share.strip(" %")) / 100 if isinstance(share, str) else share
        totals[row["Person"], row["Month"]] += number
    assert {person for (person, _), total in totals.items() if total > 1.001} == {OVER_ALLOCATED}


def test_the_spreadsheet_is_kept_by_people(program, rows):
    """Text for numbers, an error value, a blank row, merged headers, a hidden row, a renamed column, a moved target."""
    budget = program.spreadsheet_versions[-1].tabs[0]
    assert budget.merges
    assert budget.rows[2][0] == "Line ID"
    cells = [cell for tab in program.spreadsheet_versions[-1].tabs for row in tab.rows for cell in row]
    assert {"12k", "#N/A", "tbd", "30%"} <= {cell for cell in cells if isinstance(cell, str)}
    assert any(isinstance(cell, date) for cell in cells)
    assert any(not row for tab in program.spreadsheet_versions[-1].tabs for row in tab.rows)
    assert any(tab.hidden_rows for tab in program.spreadsheet_versions[-1].tabs)
    bad = [index for index in range(9) if any(row["Actual"] == "12k" for row in rows(program, "budget", index))]
    assert bad == [6, 7, 8]
    renamed = [index for index in range(9) if "L" in rows(program, "risks", index)[0]]
    assert renamed == [5]
    closed = [
        next(row["Status"] for row in rows(program, "risks", index) if row["Risk ID"] == "R-06") for index in range(9)
    ]
    assert closed == ["open"] * 5 + ["closed"] * 4
    targets = [
        next(row["Target"] for row in rows(program, "roadmap", index) if row["Milestone ID"] == "INI-1-M3")
        for index in range(9)
    ]
    assert len(set(targets)) == 2
    assert targets == sorted(targets)


def test_actuals_fill_up_month_by_month(program, rows):
    """Each edition has at least the actuals of the one before, and the last one all months before the current."""
    counts = [sum(row["Actual"] is not None for row in rows(program, "budget", index)) for index in range(9)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    current = month_start(NOW, 0).astimezone(BERLIN).date()
    assert all((row["Actual"] is not None) is (row["Month"] < current) for row in rows(program, "budget"))


def test_waivers_and_overrides_ran_out_or_stand(any_program, rows):
    """One of each has ended, one is in force."""
    today = any_program.now.date()
    for kind in ("waivers", "overrides"):
        assert sorted(row["Until"] >= today for row in rows(any_program, kind)) == [False, True]
