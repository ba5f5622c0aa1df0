"""One stream read twice at once, or while the landing zone is compacted: nothing lost, nothing twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import duckdb
import pytest

from connectors.stream import Cursor, Deletions, Page, Stream
from pipelines.sync import Result, sync
from warehouse import landing

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCE = [{"id": str(number), "text": "x" * 3000} for number in range(3000)]
"""More than lands in one commit, so that a read is caught between two."""


def read_in_pages(meanwhile: Callable[[], object]) -> Stream:
    """A read that goes on from its cursor, 1,000 records a page; `meanwhile` happens before the last page."""

    def read(_client: object, cursor: Cursor | None) -> Iterator[Page]:
        for start in range((cursor or {}).get("next", 0), len(SOURCE), 1000):
            if start == 2000:
                meanwhile()
            yield Page(SOURCE[start : start + 1000], {"next": start + 1000})

    return Stream("issues", lambda record: record["id"], lambda _record: None, read, Deletions.IMPOSSIBLE, "1")


def run(zone: landing.Zone, meanwhile: Callable[[], object] = lambda: None, *, hour: int = 0) -> Result:
    client = SimpleNamespace(calls=0, calls_left=None)
    at = NOON + timedelta(hours=hour)
    [result] = sync("jira", "acme", client, [read_in_pages(meanwhile)], zone, synced_at=at)
    return result


def versions(zone: landing.Zone) -> list[str]:
    source = zone.open("acme", "jira_issues").scan(duckdb.connect(), "*")
    return [
        name for (name,) in duckdb.sql(f"select id from {source} where id <> '_cursor' order by id::int").fetchall()
    ]


@pytest.fixture
def zone(tmp_path):
    return landing.Zone(tmp_path / "landing")


def test_of_two_syncs_at_once_the_slower_one_is_told_and_the_next_heals_it(zone):
    other: list[Result] = []
    refused = run(zone, lambda: other.append(run(landing.Zone(zone.uri))))
    assert other[0].error is None
    assert "another sync has landed since this one began" in refused.error
    healed = run(zone, hour=1)
    assert (healed.error, healed.landed_count) == (None, 0)
    assert versions(zone) == [record["id"] for record in SOURCE]
    assert zone.open("acme", "jira_issues").cursor == {"next": 3000}


def test_compaction_between_two_pages_does_no_harm(zone):
    result = run(zone, landing.Zone(zone.uri).compact)
    assert (result.error, result.landed_count) == (None, 3000)
    landing.Zone(zone.uri).compact()
    assert run(zone, hour=1).record_count == 0, "the cursor is known"
    assert versions(zone) == [record["id"] for record in SOURCE]
