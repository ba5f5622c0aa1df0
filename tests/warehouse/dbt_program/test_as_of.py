"""A build as of a past moment is what a build of that moment was, whatever landed since: every mart, row by row."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipelines import sources
from tests.warehouse.dbt_program.conftest import AS_OF, INSTANCE, Tables
from tests.warehouse.dbt_program.jira_site import issue, roadmap, site
from warehouse import raw
from warehouse.landing import Row, Zone

THEN, LATER = "2026-06-09", "2026-06-10"
ROUNDED = 6
"""Places to which figures are compared: sums of fractions depend on the order in which they are added."""


def land(zone: Zone, tables: Tables) -> None:
    """Land what was told to `tables`, version by version in order of time, as syncs do."""
    versions = [
        (at, table, record_id, payload) for (table, record_id), told in tables.versions.items() for at, payload in told
    ]
    for number, (at, table, record_id, payload) in enumerate(sorted(versions, key=lambda version: version[:3])):
        landed, moment = zone.open(INSTANCE, table), datetime.fromisoformat(at).replace(tzinfo=UTC)
        if payload is None:
            landed.delete([record_id], cursor={"n": number}, synced_at=moment)
        else:
            landed.append([Row(record_id, payload)], cursor={"n": number}, synced_at=moment)


def told_then(tables: Tables) -> None:
    """A small program as the four systems show it on THEN."""
    roadmap(tables, at=THEN, milestone_id="M1", milestone="First", target="2026-08-15")
    site(tables)
    tables.sheet(
        "budget", {"_key": "1", "initiative": "A", "month": "2026-05-01", "planned": 100, "actual": 90}, at=THEN
    )
    risk = {
        "_key": "R1",
        "risk_id": "R1",
        "title": "one",
        "initiative": "A",
        "probability": 0.5,
        "impact": 50,
        "due": "2026-06-04",
    }
    tables.sheet("risks", risk, at=THEN)
    tables.run("r1", "2026-05-20", metrics={"auc": 0.9})
    tables.model("ranker", at=THEN, aliases={"champion": "1"}, tags={"hub.initiative": "A"})
    tables.version("ranker", 1, "r1", at=THEN)
    for number in range(1, 5):
        issue(
            tables,
            number,
            "2026-05-01",
            ("2026-05-20", "status", "To Do", "Done"),
            status="Done",
            points=number,
            at=THEN,
        )


def told_later(tables: Tables) -> None:
    """Everything is another thing a day later: dates, amounts, registers, the champion, every issue."""
    roadmap(tables, at=LATER, milestone_id="M1", milestone="Renamed", target="2026-12-24")
    tables.sheet(
        "budget", {"_key": "1", "initiative": "A", "month": "2026-05-01", "planned": 900, "actual": 10}, at=LATER
    )
    tables.land("sheets_risks", "R1", None, LATER)
    tables.run("r2", LATER, metrics={"auc": 0.1})
    tables.model("ranker", at=LATER, aliases={"champion": "2"}, tags={"hub.initiative": "B"})
    tables.version("ranker", 2, "r2", at=LATER)
    for number in range(1, 4):
        issue(tables, number, "2026-05-01", ("2026-05-25", "points", number, 13), status="To Do", points=13, at=LATER)
    tables.land("jira_issues", "4", None, LATER)
    issue(tables, 5, "2026-06-01", points=5, at=LATER)


def contents(tables: Tables, zone: Zone, moment: datetime) -> dict[str, list[str]]:
    """The rows of every mart as of a moment, as text, in an order of their own."""
    tables.stand_at(moment)
    raw.load(tables.connection, zone, moment, tables=sources.raw_tables())
    models = tables.standing.compiled.sql
    marts = [name for name in models if not name.startswith(("stg_", "int_"))]
    tables.standing.make(models)
    found = {}
    for mart in marts:
        columns = tables.rows(
            "select column_name, data_type from duckdb_columns()"
            f" where schema_name = 'marts' and table_name = '{mart}' order by column_index"
        )
        asked = ", ".join(f"round({name}, {ROUNDED})" if kind == "DOUBLE" else name for name, kind in columns)
        found[mart] = sorted(map(str, tables.rows(f"select {asked} from marts.{mart}")))
    return found


def test_what_landed_later_changes_no_mart_of_then(tables: Tables, tmp_path: Path) -> None:
    """Frozen, then everything changed, then built again as of then."""
    zone, then = Zone(tmp_path / "landing"), AS_OF.replace(day=9)
    first, second = Tables(tables.standing), Tables(tables.standing)
    told_then(first)
    land(zone, first)
    frozen = contents(tables, zone, then)
    told_later(second)
    land(zone, second)
    changed = contents(tables, zone, AS_OF)
    again = contents(tables, zone, then)
    assert {"issues", "budget_lines", "risks", "milestones", "registered_models", "initiatives", "earned_value"} <= {
        name for name in frozen if changed[name] != frozen[name]
    }
    assert {name: (frozen[name], again[name]) for name in frozen if frozen[name] != again[name]} == {}
