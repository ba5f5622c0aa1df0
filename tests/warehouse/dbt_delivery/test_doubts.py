"""What makes a delivery figure doubtful: each check finds its case beside a sound one, and counts, shares and names it."""

from __future__ import annotations

import csv

import pytest

from warehouse import build

DOING, DONE = ("2026-03-03 09:00", "status", "To Do", "Doing"), ("2026-03-05 09:00", "status", "Doing", "Done")
AGAIN = ("2026-03-06 09:00", "status", "Done", "Doing")
SEED = (build.PROJECT / "seeds" / "delivery_checks.csv").read_text(encoding="utf-8")
CHECKS = {row["check_name"]: row for row in csv.DictReader(SEED.splitlines())}


def sound(raw):
    """An issue, a pull request, a deployment, an incident and a sprint in which no check finds anything."""
    raw.sprint(1, "2026-03-02 09:00", "2026-04-13 17:00")
    raw.issue(1, "2026-03-02 09:00", DOING, DONE, now={"points": 3})
    raw.pull_request(
        1,
        "2026-03-03 09:00",
        commits=("2026-03-02 09:00",),
        reviews=(("2026-03-03 12:00", "bob", "APPROVED"),),
        merged="2026-03-04 09:00",
        title="P-1 first",
    )
    raw.deployment(1, "merge-1", ("2026-03-04 12:00", "SUCCESS"))
    raw.github_issue(1, "2026-03-04 15:00", "2026-03-04 18:00", "incident")


def issue(*changes, number=2, created="2026-03-02 09:00", points=3, **fields):
    """A case that is one issue more."""
    return lambda raw: raw.issue(number, created, *changes, now={"points": points}, **fields)


def pull_request(**told):
    """A case that is one pull request more; what is not told is sound."""
    told = {
        "created": "2026-03-05 09:00",
        "commits": ("2026-03-04 09:00",),
        "reviews": (("2026-03-05 12:00", "bob", "APPROVED"),),
        "merged": "2026-03-06 09:00",
        "title": "P-1 second",
        **told,
    }

    def fill(raw):
        raw.pull_request(2, **told)
        raw.deployment(2, "merge-2", ("2026-03-07 12:00", "SUCCESS"))

    return fill


def with_open_child(raw):
    """A story that is done, with a sub-task that is not."""
    raw.issue(2, "2026-03-02 09:00", DOING, DONE, now={"points": 3})
    raw.issue(3, "2026-03-02 09:00", DOING, kind="Sub-task", parent={"id": "P2", "key": "P-2"})


def never_deployed(raw):
    """Merged to the default branch over 30 days ago; the only deployment of its commit failed."""
    raw.repository(2, "acme/lib")
    raw.pull_request(
        2,
        "2026-02-05 09:00",
        commits=("2026-02-04 09:00",),
        reviews=(("2026-02-05 12:00", "bob", "APPROVED"),),
        merged="2026-02-06 09:00",
        title="P-1 second",
        repository=2,
    )
    raw.deployment(2, "merge-2", ("2026-02-07 12:00", "FAILURE"), repository=2)


def without_forecast(raw):
    """An initiative with work that nobody has begun."""
    raw.sheet("roadmap", {"initiative_id": "I1", "initiative": "Checkout", "jira_mapping": ["label:checkout"]})
    raw.issue(2, "2026-03-02 09:00", now={"points": 3}, labels=["checkout"])


LOST = {"status": {"id": "77", "name": "Lost"}}
CASES = {
    "done_without_start": (issue(("2026-03-05 09:00", "status", "To Do", "Done")), 1 / 2, "P-2"),
    "status_changed_after_done": (issue(DOING, DONE, AGAIN), 1 / 2, "P-2"),
    "resolved_before_creation": (issue(DOING, DONE, resolutiondate="2026-03-01T09:00:00.000+0000"), 1 / 2, "P-2"),
    "reopened_after_done": (issue(DOING, DONE, AGAIN), 1 / 2, "P-2"),
    "moved_backward": (issue(DOING, ("2026-03-05 09:00", "status", "Doing", "To Do")), 1 / 2, "P-2"),
    "created_in_late_status": (issue(("2026-03-05 09:00", "status", "Doing", "Done")), 1 / 2, "P-2"),
    "closed_with_open_children": (with_open_child, 1, "P-2"),
    "status_without_stage": (issue(**LOST), 1 / 2, "P-2"),
    "status_history_disagrees": (issue(DOING, **LOST), 1 / 2, "P-2"),
    "change_before_creation": (issue(DOING, DONE, created="2026-03-04 09:00"), 1 / 2, "P-2"),
    "missing_estimate": (issue(DOING, points=None), 1 / 2, "P-2"),
    "sprint_over_time": (lambda raw: raw.sprint(2, "2026-03-02 09:00", "2026-03-13 17:00"), 1 / 2, "Sprint 2"),
    "pull_request_without_issue": (pull_request(title="Decode UTF-8"), 1 / 2, "acme/app#2"),
    "pull_request_without_review": (pull_request(reviews=()), 1 / 2, "acme/app#2"),
    "commit_after_opening": (pull_request(commits=("2026-03-05 10:00",)), 1 / 2, "acme/app#2"),
    "review_before_ready": (pull_request(reviews=(("2026-03-05 08:00", "bob", "APPROVED"),)), 1 / 2, "acme/app#2"),
    "deployed_commit_unknown": (
        lambda raw: raw.deployment(2, "0123456789", ("2026-03-07 12:00", "SUCCESS")),
        1 / 2,
        "acme/app@01234567",
    ),
    "deployed_before_merge": (pull_request(merged="2026-03-08 09:00"), 1 / 2, "acme/app#2"),
    "merged_not_deployed": (never_deployed, 1, "acme/lib#2"),
    "incident_without_deployment": (
        lambda raw: raw.github_issue(2, "2026-03-20 15:00", "2026-03-20 18:00", "incident"),
        1 / 2,
        "acme/app#2",
    ),
    "incident_resolved_before_opened": (
        lambda raw: raw.github_issue(2, "2026-03-05 15:00", "2026-03-05 14:00", "incident"),
        1 / 2,
        "acme/app#2",
    ),
    "no_forecast": (without_forecast, 1, "initiative I1"),
}


def found(warehouse):
    """What each check says: how many, which share, an example."""
    rows = warehouse.rows(
        "select check_name, affected_count, affected_share, example from intermediate.int_delivery__doubted"
    )
    return {name: told for name, *told in rows}


def test_a_sound_program_raises_no_doubt(raw, warehouse):
    """Every check is there, with zero."""
    sound(raw)
    warehouse.run(raw, "int_delivery__doubted")
    doubts = found(warehouse)
    assert set(doubts) == set(CHECKS)
    assert {name: told for name, told in doubts.items() if told[0] != 0} == {}


@pytest.mark.parametrize("name", CHECKS)
def test_each_check_finds_its_case(raw, warehouse, name):
    """One case among sound ones: its count, its share and its key."""
    fill, share, example = CASES[name]
    sound(raw)
    fill(raw)
    warehouse.run(raw, "int_delivery__doubted")
    assert found(warehouse)[name] == [1, pytest.approx(share), example]


def test_each_check_says_what_to_do():
    """A remedy in a sentence, a severity that reports know, and the area whose people can act."""
    for row in CHECKS.values():
        assert len(row["remedy"]) > 20, row
        assert row["severity"] in {"info", "warn"}, row
        assert row["area"] in {"jira", "github", "delivery"}, row
