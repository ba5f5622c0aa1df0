"""Since when the value of a cell dates that stays in force, by what has landed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from warehouse.landing import Row, Zone, last_good

MONDAYS = [datetime(2026, 11, day, 6, tzinfo=UTC) for day in (2, 9, 16)]


def land(zone: Zone, number: int, typed: dict[str, object], *faulty: str) -> None:
    """A version of the only row of the budget."""
    payload = {"key": "INI-1", "typed": typed, "faults": [{"column": column} for column in faulty]}
    table = zone.open("pmo", "sheets_budget")
    table.append([Row("INI-1", payload)], cursor={"n": number}, synced_at=MONDAYS[number])


def test_the_newest_version_in_which_a_cell_could_be_read(tmp_path: Path) -> None:
    """Neither a fault nor a blank is a value; a cell that was never read has none."""
    zone = Zone(tmp_path)
    land(zone, 0, {"planned": 1, "actual": 1, "forecast": None})
    land(zone, 1, {"planned": 2, "actual": None, "forecast": None}, "actual")
    land(zone, 2, {"planned": None, "actual": None, "forecast": None}, "actual", "planned")
    assert last_good.by_cell(zone, "pmo", "budget") == {
        ("INI-1", "planned"): MONDAYS[1],
        ("INI-1", "actual"): MONDAYS[0],
    }


def test_a_tab_that_never_landed_has_no_version(tmp_path: Path) -> None:
    """`hub check` is asked before the first sync, too."""
    assert last_good.by_cell(Zone(tmp_path), "pmo", "budget") == {}
