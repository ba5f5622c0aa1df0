"""The stages of a pull request: what each begins and ends with, and what is unknown."""

from __future__ import annotations

import pytest


def stages(warehouse, number=1):
    """The hours of a pull request's stages, in order, and their sum."""
    row = warehouse.row(f"from marts.pull_requests where number = {number}")
    return [row[f"{stage}_hours"] for stage in ("coding", "draft", "pickup", "review", "deploy", "cycle_time")]


def minutes(*values):
    """Minutes as the hours that the warehouse holds; None stays unknown."""
    return [None if value is None else pytest.approx(value / 60) for value in values]


def test_a_cycle_is_the_sum_of_its_stages(raw, warehouse):
    """Coding 1440, pickup 5, review 55 and deploy 2978 minutes make 4478 (apache/devlake, DORA change lead time)."""
    raw.pull_request(
        1,
        "2026-03-02 00:00",
        commits=("2026-03-01 00:00",),
        reviews=(("2026-03-02 00:05", "bob", "APPROVED"),),
        merged="2026-03-02 01:00",
    )
    raw.deployment(1, "merge-1", ("2026-03-04 02:00", "IN_PROGRESS"), ("2026-03-04 02:38", "SUCCESS"))
    warehouse.run(raw, "pull_requests")
    assert stages(warehouse) == minutes(1440, 0, 5, 55, 2978, 4478)
    assert warehouse.row("from marts.pull_requests")["approved_at"].isoformat(" ") == "2026-03-02 00:05:00"


def test_a_stage_that_is_unknown_leaves_the_cycle_unknown_and_the_others_standing(raw, warehouse):
    """Pickup 1, review 60 and deploy 1538 minutes are known, coding is not: no sum of the known parts."""
    raw.pull_request(
        1, "2026-03-02 00:00", reviews=(("2026-03-02 00:01", "bob", "COMMENTED"),), merged="2026-03-02 01:01"
    )
    raw.deployment(1, "merge-1", ("2026-03-03 02:00", "IN_PROGRESS"), ("2026-03-03 02:39", "SUCCESS"))
    warehouse.run(raw, "pull_requests")
    assert stages(warehouse) == minutes(None, 0, 1, 60, 1538, None)
    assert warehouse.row("from marts.pull_requests")["time_to_merge_hours"] == pytest.approx(61 / 60)


def test_the_author_and_bots_do_not_pick_up(raw, warehouse):
    """The first response that counts is another human's."""
    raw.pull_request(
        1,
        "2026-03-02 00:00",
        comments=(("2026-03-02 00:01", "ann"), ("2026-03-02 00:02", "dependabot[bot]"), ("2026-03-02 03:00", "bob")),
        reviews=(("2026-03-02 00:03", "github-actions", "COMMENTED"), ("2026-03-02 04:00", "bob", "APPROVED")),
        merged="2026-03-02 05:00",
    )
    warehouse.run(raw, "pull_requests")
    row = warehouse.row("from marts.pull_requests")
    assert (row["pickup_hours"], row["review_hours"], row["review_count"]) == (3, 2, 1)


def test_a_draft_waits_before_pickup(raw, warehouse):
    """Opened as a draft, ready after 6 hours, looked at after 8."""
    raw.pull_request(
        1,
        "2026-03-02 00:00",
        events=(("2026-03-02 06:00", "ReadyForReviewEvent"),),
        reviews=(("2026-03-02 08:00", "bob", "APPROVED"),),
        merged="2026-03-02 09:00",
    )
    raw.pull_request(2, "2026-03-02 00:00", isDraft=True)
    raw.pull_request(
        3,
        "2026-03-02 00:00",
        events=(("2026-03-02 01:00", "ConvertToDraftEvent"), ("2026-03-02 05:00", "ReadyForReviewEvent")),
        reviews=(("2026-03-02 08:00", "bob", "APPROVED"),),
    )
    warehouse.run(raw, "pull_requests")
    assert stages(warehouse, 1)[1:4] == [6, 2, 1]
    assert stages(warehouse, 2)[1:4] == [None, None, None]
    assert stages(warehouse, 3)[1:3] == [5, 3]


def test_a_comment_before_the_opening_gives_an_unknown_pickup(raw, warehouse):
    """A negative span is null, not zero."""
    raw.pull_request(1, "2026-03-02 00:00", comments=(("2026-03-01 23:00", "bob"),), merged="2026-03-02 05:00")
    warehouse.run(raw, "pull_requests")
    assert stages(warehouse)[2:4] == [None, 6]


def test_a_remark_after_the_merge_is_no_review(raw, warehouse):
    """Merged without anybody's look: pickup and review are unknown."""
    raw.pull_request(1, "2026-03-02 00:00", comments=(("2026-03-03 00:00", "bob"),), merged="2026-03-02 05:00")
    warehouse.run(raw, "pull_requests")
    assert stages(warehouse)[2:4] == [None, None]


def test_a_deployment_covers_every_merge_since_the_last_one(raw, warehouse):
    """The first success that contains the merge counts: not a failed one, not staging, not a rollback to an older commit."""
    for number, merged in enumerate(
        ("2026-03-02 01:00", "2026-03-02 02:00", "2026-03-02 05:00", "2026-03-02 09:00"), start=1
    ):
        raw.pull_request(number, "2026-03-01 00:00", merged=merged)
    raw.deployment(1, "merge-2", ("2026-03-02 03:00", "FAILURE"))
    raw.deployment(2, "merge-2", ("2026-03-02 03:30", "SUCCESS"), environment="staging")
    raw.deployment(3, "merge-2", ("2026-03-02 04:00", "SUCCESS"), ("2026-03-02 10:00", "INACTIVE"))
    raw.deployment(4, "merge-1", ("2026-03-02 06:00", "SUCCESS"))  # a rollback: it does not hold the third
    raw.deployment(5, "merge-3", ("2026-03-02 08:00", "SUCCESS"))
    warehouse.run(raw, "pull_requests", "deployments")
    assert warehouse.rows(
        "select number, hour(deployed_at), deployment_id from marts.pull_requests order by number"
    ) == [
        (1, 4, "acme:DE_3"),
        (2, 4, "acme:DE_3"),
        (3, 8, "acme:DE_5"),
        (4, None, None),
    ]
    assert warehouse.rows("select is_success, is_production from marts.deployments order by deployment_id") == [
        (False, True),
        (True, False),
        (True, True),
        (True, True),
        (True, True),
    ]


def test_a_stacked_pull_request_is_deployed_with_the_one_below_it(raw, warehouse):
    """Merged into another's branch it is live when that one is; merged into a branch that never landed, it is not."""
    raw.pull_request(1, "2026-03-01 00:00", merged="2026-03-02 01:00", baseRefName="change-2")
    raw.pull_request(2, "2026-03-01 00:00", merged="2026-03-02 05:00")
    raw.pull_request(3, "2026-03-01 00:00", merged="2026-03-02 01:00", baseRefName="experiment")
    raw.deployment(1, "unknown", ("2026-03-02 03:00", "SUCCESS"))
    raw.deployment(2, "merge-2", ("2026-03-02 06:00", "SUCCESS"))
    warehouse.run(raw, "pull_requests")
    assert warehouse.rows("select number, deploy_hours from marts.pull_requests order by number") == [
        (1, 5),
        (2, 1),
        (3, None),
    ]


def test_sizes_leave_generated_files_out(raw, warehouse):
    """A lock file of 900 lines does not make a small change large."""
    files = {
        "nodes": [
            {"path": "app/main.py", "additions": 12, "deletions": 3},
            {"path": "uv.lock", "additions": 900, "deletions": 0},
        ]
    }
    raw.pull_request(1, "2026-03-02 00:00", additions=912, deletions=3, files=files)
    warehouse.run(raw, "pull_requests")
    assert warehouse.row("from marts.pull_requests")["size_class"] == "S"


def test_rounds_and_reverts(raw, warehouse):
    """Two reviews of one state are one round, one after another push is the next; a revert is known by its title."""
    raw.pull_request(
        1,
        "2026-03-02 00:00",
        commits=("2026-03-01 00:00", "2026-03-02 03:00"),
        reviews=(
            ("2026-03-02 01:00", "bob", "CHANGES_REQUESTED"),
            ("2026-03-02 02:00", "eve", "COMMENTED"),
            ("2026-03-02 04:00", "bob", "APPROVED"),
        ),
        title='Revert "Change 7"',
    )
    warehouse.run(raw, "pull_requests")
    row = warehouse.row("from marts.pull_requests")
    assert (row["review_count"], row["review_round_count"], row["is_revert"]) == (3, 2, True)


def test_only_keys_of_issues_link_a_pull_request(raw, warehouse):
    """UTF-8 and COVID-19 are no issues; a branch may be lower case; a moved issue answers to its old key."""
    raw.issue(1, "2026-03-01 00:00")
    raw.issue(2, "2026-03-01 00:00", ("2026-03-02 00:00", "Key", "OLD-9", "P-2"))
    raw.pull_request(
        1,
        "2026-03-02 00:00",
        headRefName="feature/p-1-utf-8",
        title="Decode UTF-8",
        body="After COVID-19, see P-1 and OLD-9, not P-77",
    )
    warehouse.run(raw, "pull_request_issues")
    assert warehouse.rows(
        "select issue_id, evidence, confidence, evidences from marts.pull_request_issues order by 1"
    ) == [
        ("acme:P1", "branch", 0.95, ["branch", "body"]),
        ("acme:P2", "body", 0.5, ["body"]),
    ]


def test_a_force_pushed_branch_hides_when_work_began(raw, warehouse):
    """Commits younger than the pull request: coding and the cycle are unknown, the time to merge counts from the opening."""
    raw.pull_request(
        1,
        "2026-03-02 00:00",
        commits=("2026-03-02 06:00",),
        reviews=(("2026-03-02 08:00", "bob", "APPROVED"),),
        merged="2026-03-02 09:00",
    )
    raw.deployment(1, "merge-1", ("2026-03-02 10:00", "SUCCESS"))
    warehouse.run(raw, "pull_requests")
    assert stages(warehouse) == [None, 0, 8, 1, 1, None]
    assert warehouse.row("from marts.pull_requests")["time_to_merge_hours"] == 3


def test_a_squashed_branch_is_deployed_with_the_commit_that_the_merge_made(raw, warehouse):
    """None of the branch's own commits reaches the default branch: what is deployed is the merge commit."""
    raw.pull_request(
        1,
        "2026-03-02 00:00",
        commits=("2026-03-01 00:00", "2026-03-01 12:00"),
        merged="2026-03-02 09:00",
        mergeCommit={"oid": "squashed"},
    )
    raw.deployment(1, "squashed", ("2026-03-02 10:00", "SUCCESS"))
    warehouse.run(raw, "pull_requests")
    assert warehouse.rows("select deployment_id, deploy_hours from marts.pull_requests") == [("acme:DE_1", 1)]


def test_waiting_over_a_weekend_is_no_working_time(raw, warehouse):
    """Ready on Friday noon in Berlin, looked at on Monday noon: 72 hours, 24 of them working ones."""
    raw.pull_request(
        1, "2026-03-06 11:00", reviews=(("2026-03-09 11:00", "bob", "APPROVED"),), merged="2026-03-10 11:00"
    )
    warehouse.run(raw, "pull_requests")
    row = warehouse.row("from marts.pull_requests")
    assert (row["pickup_hours"], row["working_pickup_hours"]) == (72, 24)
    assert (row["review_hours"], row["working_review_hours"]) == (24, 24)


def test_weeks_of_a_repository_leave_bots_out_and_count_what_is_stale_or_unreviewed(raw, warehouse):
    """Of humans' pull requests: merged without a look, without an issue, and open without a sign of life for over a week."""
    raw.issue(1, "2026-02-01 00:00")
    look = (("2026-03-02 04:00", "bob", "APPROVED"),)
    raw.pull_request(1, "2026-03-02 00:00", reviews=look, merged="2026-03-02 10:00", title="P-1 a")
    raw.pull_request(2, "2026-03-02 00:00", merged="2026-03-02 20:00")
    raw.pull_request(3, "2026-03-02 00:00", merged="2026-03-02 01:00", author="dependabot[bot]")
    raw.pull_request(4, "2026-02-20 00:00")  # silent for more than two weeks
    raw.pull_request(5, "2026-02-20 00:00", comments=(("2026-03-06 00:00", "bob"),))
    raw.pull_request(6, "2026-02-20 00:00", author="renovate[bot]")
    warehouse.run(raw, "pull_requests_weekly")
    assert warehouse.rows(
        """select merged_count, time_to_merge_p50_hours, unlinked_share, unreviewed_share, open_count, stale_open_count
        from marts.pull_requests_weekly where week_date = '2026-03-02'"""
    ) == [(2, 15, 0.5, 0.5, 2, 1)]


def test_every_evidence_of_an_issue_has_its_confidence_and_coverage_shows_what_is_missing(raw, warehouse):
    """Branch, title, commit, closing reference and body; the strongest counts; what names no issue is counted as none."""
    raw.issue(1, "2026-03-01 00:00")
    closes = {"nodes": [{"number": 7, "title": "P-1 fails", "repository": {"nameWithOwner": "acme/app"}}]}
    told = {
        1: {"headRefName": "p-1-work"},
        2: {"title": "P-1 work", "body": "see P-1"},
        3: {"commits": ("2026-03-01 00:00",), "headline": "P-1: work"},
        4: {"closingIssuesReferences": closes},
        5: {"body": "see P-1"},
        6: {"title": "Read COVID-19 data as UTF-8"},
    }
    for number, fields in told.items():
        raw.pull_request(number, "2026-03-02 00:00", merged="2026-03-03 00:00", **fields)
    raw.pull_request(7, "2026-03-02 00:00", merged="2026-03-03 00:00", author="dependabot[bot]")
    warehouse.run(raw, "pull_request_issues", "issue_link_coverage_monthly")
    assert warehouse.rows(
        "select right(pull_request_id, 1), evidence, confidence, evidences from marts.pull_request_issues order by 1"
    ) == [
        ("1", "branch", 0.95, ["branch"]),
        ("2", "title", 0.95, ["title", "body"]),
        ("3", "commit", 0.8, ["commit"]),
        ("4", "closing reference", 0.9, ["closing reference"]),
        ("5", "body", 0.5, ["body"]),
    ]
    coverage = warehouse.rows(
        "select evidence, merged_count, round(merged_share, 4) from marts.issue_link_coverage_monthly order by 1"
    )
    assert coverage == [
        (evidence, 1, 0.1667) for evidence in ("body", "branch", "closing reference", "commit", "none", "title")
    ]
