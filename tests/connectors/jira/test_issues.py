"""Issues are read complete, once, and only as far as they changed."""

from __future__ import annotations

from connectors.jira import STREAMS

ISSUES = next(stream for stream in STREAMS if stream.name == "issues")


def read(client, cursor=None):
    """All records of a read by id, and the cursor it ends with."""
    records = {}
    for page in ISSUES.read(client, cursor):
        records |= {ISSUES.key(record): record for record in page.records}
        cursor = page.cursor
    return records, cursor


def test_a_first_read_brings_every_issue_that_exists(site):
    """Deleted issues are not there any more; a moved one shows under its new key and its old id."""
    records, _ = read(site.client())
    assert {record["id"]: record["key"] for record in records.values()} == {
        "101": "APP-1",
        "102": "APP-2",
        "103": "APP-3",
        "104": "APP-4",
        "201": "OPS-1",
        "202": "APP-5",
    }
