"""When a build would only repeat the published one, and all that makes it worth doing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from warehouse import fingerprint, publish, raw
from warehouse.landing import LandingDamaged, Row, Zone

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


def land(zone: Zone, at: datetime = NOON, **values: int) -> None:
    rows = [Row(issue, {"v": value}) for issue, value in values.items()]
    zone.open("acme", "jira_issues").append(rows, cursor={"until": at.isoformat()}, synced_at=at)


def attempt(zone: Zone, at: datetime, error: str | None = None, **told: object) -> None:
    zone.record_attempt(
        {"source": "jira", "instance": "acme", "stream": "issues", "attempted_at": at, "is_success": not error,
         "error": error, "landed_count": 0, **told}
    )  # fmt: skip


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


def begun_anew(folder: Path) -> None:
    shutil.rmtree(folder)
    Zone(folder.parents[1]).open("acme", "jira_issues").append([], cursor={"page": 1}, synced_at=NOON)


@pytest.mark.parametrize("lost", [shutil.rmtree, begun_anew])
def test_a_table_that_is_gone_though_records_landed_in_it_is_told(
    zone: Zone, take: Take, lost: Callable[[Path], object]
) -> None:
    """A build would publish it as empty. Not as of before anything had landed, and no more once a sync has read it again."""
    attempt(zone, NOON + timedelta(hours=1), landed_count=2)
    attempt(zone, NOON + timedelta(hours=2), error="the host is down")
    take()
    folder = Path(zone.place("acme", "jira_issues"))
    lost(folder)
    with pytest.raises(LandingDamaged) as refusal:
        take()
    assert str(refusal.value).startswith(f"{folder}: this landing table is gone")
    take(NOON)
    take(tables=["jira_sprints"])
    land(zone, a=1)
    take()


def test_a_table_that_is_gone_is_told_though_the_newest_sync_read_other_streams(zone: Zone, take: Take) -> None:
    """One that Dagster ran for a few assets, was killed, or is under way."""
    attempt(zone, NOON, landed_count=2)
    attempt(zone, NOON + timedelta(hours=1), stream="sprints")
    shutil.rmtree(zone.place("acme", "jira_issues"))
    with pytest.raises(LandingDamaged):
        take()
    zone.only = {("github", "acme")}  # an instance that was taken out of the settings may lose its tables
    take()


def test_a_day_of_which_nothing_is_left_in_a_table_is_told(zone: Zone, take: Take) -> None:
    """The table was lost and read anew since: what was known on that day would be told as nothing."""
    attempt(zone, NOON, landed_count=2, is_first=True)
    folder = Path(zone.place("acme", "jira_issues"))
    shutil.rmtree(folder)
    later = NOON + timedelta(days=3)
    land(zone, later, a=1)
    attempt(zone, later, landed_count=1, is_first=True)
    with pytest.raises(LandingDamaged) as refusal:
        take()
    where, remedy = str(refusal.value).splitlines()
    assert where == f"{folder}: what had landed here by that day is gone; the table was begun anew since."
    assert remedy.startswith("Name a later day")
    take(later + timedelta(hours=1))
    take(NOON - timedelta(days=1))


def test_the_tables_of_an_instance_that_are_gone_are_told_in_a_line(zone: Zone, take: Take) -> None:
    for stream in ("issues", "sprints"):
        attempt(zone, NOON, stream=stream, landed_count=2)
    folder = Path(zone.place("acme", "jira_issues"))
    shutil.rmtree(folder)
    with pytest.raises(LandingDamaged) as refusal:
        take(tables=["jira_issues", "jira_sprints"])
    (told,) = refusal.value.faults
    assert told.startswith(f"{folder.parent}: 2 landing tables are gone (jira_issues, jira_sprints);")


def test_a_table_that_is_gone_is_missed_no_longer_once_a_sync_found_nothing(zone: Zone, take: Take) -> None:
    """A sheet's tab that was taken out of the settings, a source begun anew: only a read that succeeded tells so."""
    attempt(zone, NOON, landed_count=2, is_first=True)
    shutil.rmtree(zone.place("acme", "jira_issues"))
    attempt(zone, NOON + timedelta(hours=1), error="the host is down", is_first=True)
    with pytest.raises(LandingDamaged):
        take()
    attempt(zone, NOON + timedelta(hours=2), is_first=True)
    take()
    attempt(zone, NOON + timedelta(hours=3), landed_count=1)
    with pytest.raises(LandingDamaged):
        take()


def test_a_table_is_not_gone_where_its_versions_of_then_were_dropped(zone: Zone, take: Take) -> None:
    """As of a day longer ago than versions are kept."""
    attempt(zone, NOON, landed_count=2)
    land(zone, NOON + timedelta(hours=2), a=2, b=3)
    assert zone.drop_superseded(LATER, spared=raw.keeps_history)
    take(NOON)


def test_a_damaged_table_is_not_told_to_be_gone_as_well(zone: Zone, take: Take) -> None:
    """One fault for one table."""
    attempt(zone, NOON, landed_count=2)
    shutil.rmtree(Path(zone.place("acme", "jira_issues")) / "_delta_log")
    with pytest.raises(LandingDamaged) as refusal:
        take()
    assert len(refusal.value.faults) == 1


def test_a_table_that_lands_while_the_tables_are_looked_at_is_not_gone(
    zone: Zone, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first read of a stream, beside a build."""

    def tables() -> Iterator[tuple[str, str]]:
        yield from ()
        attempt(zone, NOON, landed_count=2)

    monkeypatch.setattr(zone, "tables", tables)
    take()


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
