"""When a build would only repeat the published one, and all that makes it worth doing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.landed import attempt, land
from warehouse import fingerprint, publish
from warehouse.landing import Row, Zone

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=9)

Take = Callable[..., str]


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    """Two issues and a successful attempt at noon."""
    zone = Zone(tmp_path / "landing")
    land(zone, a=1, b=2)
    attempt(zone, NOON)
    return zone


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "seeds").mkdir(parents=True)
    (folder / "seeds" / "thresholds.csv").write_text("name,value,unit\nsource_stale_hours,26,hours\n")
    (folder / "issues.sql").write_text("select 1 as x")
    return folder


@pytest.fixture
def take(zone: Zone, project: Path) -> Take:
    def take(as_of: datetime = LATER, **changed: object) -> str:
        inputs = {
            "tables": ["jira_issues"],
            "variables": {"timezone": "Europe/Berlin", "currency": "EUR"},
            "publish_schemas": ["marts"],
        }
        return fingerprint.take(zone, as_of=as_of, project=project, **{**inputs, **changed})  # type: ignore[arg-type]

    return take


def test_a_sync_that_found_nothing_is_no_reason_to_build(zone: Zone, take: Take) -> None:
    """The same records read again, a new cursor, one more attempt, a compaction, a later hour of the same local day."""
    before = take()
    land(zone, at=NOON + timedelta(hours=1), a=1, b=2)
    attempt(zone, NOON + timedelta(hours=1))
    zone.compact()
    assert take(NOON + timedelta(hours=10, minutes=59)) == before


def test_new_versions_are_a_reason(zone: Zone, take: Take) -> None:
    """A changed record, then a deleted one; not what landed after the instant, nor a stream that is not asked for."""
    seen = [take()]
    zone.open("acme", "mlflow_runs").append([Row("r", {})], cursor=None, synced_at=NOON)
    land(zone, at=LATER + timedelta(hours=1), c=3)
    assert take() == seen[0]
    seen.append(take(LATER + timedelta(hours=1)))
    zone.open("acme", "jira_issues").delete(["a"], cursor=None, synced_at=LATER + timedelta(hours=1))
    seen.append(take(LATER + timedelta(hours=1, seconds=1)))
    assert len(set(seen)) == 3


def test_another_local_day_is_a_reason(take: Take) -> None:
    """The day begins in the configured time zone: at 23:00 UTC in Berlin."""
    assert take(NOON + timedelta(hours=10, minutes=59)) != take(NOON + timedelta(hours=11))


def test_rules_and_settings_are_reasons(project: Path, take: Take) -> None:
    """A seed that somebody edited, a SQL model, a setting, another published schema; not what dbt leaves behind."""
    (project / "target").mkdir()
    (project / "target" / "compiled.sql").write_text("select 1")
    seen = [take(), take(variables={"timezone": "Europe/Berlin", "currency": "USD"}), take(publish_schemas=["raw"])]
    (project / "target" / "compiled.sql").write_text("select 2")
    assert take() == seen[0]
    (project / "issues.sql").write_text("select 2 as x")
    seen.append(take())
    (project / "seeds" / "rules.csv").write_text("name\nx\n")
    seen.append(take())
    assert len(set(seen)) == 5


def test_a_source_that_becomes_stale_is_a_reason(zone: Zone, take: Take, project: Path) -> None:
    """26 hours after its last success, and again when it is fresh; the next day makes no difference of its own here."""
    utc = {"variables": {"timezone": "UTC"}}
    fresh, stale = (take(NOON + timedelta(hours=hours), **utc) for hours in (25.9, 26.1))
    assert fresh != stale
    attempt(zone, NOON + timedelta(hours=27))
    assert take(NOON + timedelta(hours=28), **utc) == fresh
    (project / "seeds" / "thresholds.csv").unlink()
    assert take(NOON + timedelta(hours=25.9), **utc) == take(NOON + timedelta(hours=26.1), **utc)


def test_a_source_that_begins_to_fail_is_a_reason_and_so_is_its_healing(zone: Zone, take: Take) -> None:
    """A failure that goes on in the same words is none."""
    seen = [take()]
    attempt(zone, NOON + timedelta(hours=1), "401: the token has expired")
    seen.append(take())
    attempt(zone, NOON + timedelta(hours=2), "401: the token has expired")
    assert take() == seen[1]
    attempt(zone, NOON + timedelta(hours=3))
    assert take() == seen[0]
    assert seen[0] != seen[1]


def test_the_published_file_tells_what_it_was_built_from(tmp_path: Path) -> None:
    """With its fingerprint it is repeated; with another one, without a file, or by an older hub's file it is not."""
    target, build_file = tmp_path / "warehouse.duckdb", tmp_path / "build.duckdb"
    assert fingerprint.repeated(target, "f") is None
    with duckdb.connect(build_file) as connection:
        connection.execute("create schema marts; create schema meta")
        connection.execute("create table meta.build as select '2026-11-24T12:00:00Z' as as_of")
    publish.publish(build_file, target)
    assert fingerprint.repeated(target, "f") is None
    with duckdb.connect(build_file) as connection:
        connection.execute("alter table meta.build add column fingerprint varchar default 'f'")
    publish.publish(build_file, target)
    assert fingerprint.repeated(target, "f") == "2026-11-24T12:00:00Z"
    assert fingerprint.repeated(target, "") is None
