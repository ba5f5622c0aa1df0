"""A story small enough for a sheet of paper: 31 issues and 20 pull requests of seven weeks, with every answer worked out by hand.

Days count from Monday, 9 February 2026, 00:00 UTC, so week w holds the days 7w to 7w + 6. It is told as of day 49, Monday, 30 March.
The given rows come first; each test holds the sums beside its answers. Nothing is stubbed: raw records run through all SQL models.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.warehouse.dbt_delivery.proof import figures_of, proved

BEGIN = datetime(2026, 2, 9, tzinfo=UTC)
AS_OF = BEGIN + timedelta(days=49)

# issue, type, points, created, started, done (a dash: not yet, or not given)
ISSUES = """
    2  Story  3   0   1   3
    3  Story  5   0   2   6
    4  Bug    -   1   1   2
    5  Story  2   2   7   9
    6  Task   1   3   8  13
    7  Story  8   5  10  20
    8  Bug    -   8   8   9
    9  Story  3   7  14  16
    10 Story  3   7  15  19
    11 Task   2   9  16  17
    12 Story  5  14  21  24
    13 Story  2  14  22  30
    14 Bug    -  15  15  16
    15 Story  3  15  23  27
    16 Task   1  20  28  30
    17 Story  5  21  29  35
    18 Story  3  22  30  33
    19 Bug    -  29  29  31
    20 Story  8  28  36  46
    21 Story  2  28  37  40
    22 Task   1  30  38  41
    23 Story  3  35  43  47
    24 Story  5  35  43   -
    25 Story  3  36  45   -
    26 Story  2  40   -   -
    27 Task   1  42   -  48
    28 Story  3  10   -  12
    30 Story  2  20  21  25
    31 Story  2  20  25   -
"""
# What happens to some of them besides: day, field, old value, new value.
MORE = {
    17: [(30.5, "sprint", "", "1")],
    18: [(30.5, "sprint", "", "1")],
    20: [(30.5, "sprint", "", "1"), (40, "status", "Doing", "Blocked"), (42, "status", "Blocked", "Doing")],
    21: [(30.5, "sprint", "", "1")],
    22: [(30.5, "sprint", "", "1")],
    23: [(36, "sprint", "", "1")],
    24: [(37, "sprint", "", "1"), (39, "sprint", "1", "")],
    25: [(46, "flagged", False, True)],
    30: [(26, "status", "Done", "Doing"), (28, "status", "Doing", "Done")],
}
# pull request n is opened at 0:00 of day 28 + n; hours of coding before that, then to the first look, to the merge, to production
PULL_REQUESTS = """
    1   24  2  4   6
    2   12  1  1  10
    3   48  4  4   4
    4    6  2  2   2
    5    2  1  1   4
    6   10  5  5   -   nobody deploys it: the seventh's deployment takes it along
    7    8  2  2   2
    8    4  5  1   2   a draft for the first 3 hours
    9    1  -  1   -   of a bot
    10  20  3  3   3
    11   5  6  2   1   the author speaks after an hour, a bot after two
    12  10  -  5   1   merged without a look
    13  -3  4  4   2   force-pushed: its commit is younger than itself
    14   0  1  1   1   reverts the tenth
    15   4  1  1   5   a deployment fails 2 hours after the merge
    16   4  1  1   2   rolled back to the fifteenth at 10:00
    17   6  2  2   -   stacked on the branch of the eighteenth
    18   6  2  2   2
    19   3  -  -   -   closed without a merge after 6 hours
    20   5  2  -   -   open
"""


def at(day, hours=0.0):
    """A moment, as the tests' records have it."""
    return f"{BEGIN + timedelta(days=day, hours=hours):%Y-%m-%d %H:%M:%S}"


def numbers(line):
    """The words of a line up to its remark; None for a dash."""
    return [None if word == "-" else float(word) for word in line.split()[:5]]


def tell_issues(raw):
    """Epic 1 with everything in it, the issues of the table, and sub-task 29 of issue 24."""
    raw.issue(1, at(0), kind="Epic", duedate="2026-04-06")
    for line in ISSUES.strip().splitlines():
        number, kind, *rest = line.split()
        points, created, started, done = (None if word == "-" else float(word) for word in rest)
        changes = [] if started is None else [(started, "status", "To Do", "Doing")]
        changes += [] if done is None else [(done, "status", "To Do" if started is None else "Doing", "Done")]
        changes += MORE.get(int(number), [])
        told = {"resolution": {"name": "Won't Do"}} if number == "28" else {}
        raw.issue(
            int(number),
            at(created),
            *((at(day), *change) for day, *change in sorted(changes, key=lambda change: change[0])),
            kind=kind,
            now={"points": points},
            deleted=at(30) if number == "31" else None,
            customfield_10014="P-1",
            **told,
        )
    raw.issue(29, at(43), (at(45), "status", "To Do", "Done"), kind="Sub-task", parent={"id": "P24", "key": "P-24"})
    raw.sprint(1, at(31), at(42), at(42))


def tell_code(raw):
    """The pull requests of the table, a deployment for each that has its hours, a rollback and an incident."""
    for line in PULL_REQUESTS.strip().splitlines():
        number, coding, look, merge, deploy = numbers(line)
        day, pickup = 28 + int(number), look or 0
        raw.pull_request(
            int(number),
            at(day),
            commits=(at(day, -coding),),
            reviews=() if look is None else ((at(day, look), "bob", "APPROVED"),),
            merged=None if merge is None else at(day, pickup + merge),
            **_oddities(int(number), day),
        )
        if deploy is not None:
            failure = ((at(day, pickup + merge + 2), "FAILURE"),)
            if number == 15:
                raw.deployment(115, "merge-15", *failure)
            raw.deployment(int(number), f"merge-{int(number)}", (at(day, pickup + merge + deploy), "SUCCESS"))
    raw.deployment(116, "merge-15", (at(44, 10), "SUCCESS"))
    raw.github_issue(1, at(36, 12), at(36, 20), "incident")


def _oddities(number, day):
    """What is special about some; all but four name an issue in the title."""
    titles = {12: "Read UTF-8", 13: "Tidy up", 14: 'Revert "Change 10"', 15: "Tidy up more"}
    told = {"title": titles.get(number, "P-17 work")}
    if number == 8:
        told["events"] = ((at(day, 3), "ReadyForReviewEvent"),)
    if number == 9:
        told |= {"author": "dependabot[bot]"}
    if number == 11:
        told["comments"] = ((at(day, 1), "ann"), (at(day, 2), "github-actions[bot]"))
    if number == 17:
        told["baseRefName"] = "change-18"
    if number == 19:
        told["closed"] = at(day, 6)
    return told


@pytest.fixture(scope="module")
def told(open_warehouse, bare_raw):
    """The marts over the story."""
    raw = bare_raw()
    raw.catalogue()
    raw.repository()
    tell_issues(raw)
    tell_code(raw)
    warehouse = open_warehouse(AS_OF, timezone="UTC")
    warehouse.run(
        raw,
        "issues", "flow_weekly", "sprints", "delivery_forecasts", "pull_requests", "pull_requests_weekly", "dora_monthly",
        "dora_evidence", "issue_link_coverage_monthly", "int_delivery__doubted",
    )  # fmt: skip
    return warehouse


def by_week(told, columns, mart="flow_weekly"):
    """Columns of a weekly mart, week by week from the first of the story's that it has."""
    return told.rows(f"select {columns} from marts.{mart} where week_date < '2026-03-30' order by week_date")


def test_what_arrives_and_what_finishes(told):
    """Week by week; the epic and the sub-task are no work items, Won't Do (28) arrives and never finishes."""
    # Arrived: 2-7 | 8-11 28 | 12-16 30 31 | 17 18 | 19-22 | 23-26 | 27
    # Finished: 2-4 | 5 6 8 | 7 9 10 11 14 | 12 15 | 13 16 18 19 30 | 17 21 22 | 20 23 27
    # Their points: 3+5 | 2+1 | 8+3+3+2 | 5+3 | 2+1+3+2 | 5+2+1 | 8+3+1; bugs have none.
    assert by_week(told, "arrived_count, finished_count, finished_points") == [
        (6, 3, 8), (5, 3, 3), (7, 5, 16), (2, 2, 8), (4, 5, 8), (4, 3, 8), (1, 3, 12),
    ]  # fmt: skip
    # One of three is a bug (4), of three (8), of five (14), none, of five (19). 30 left done on day 26, in week 3.
    assert by_week(told, "round(bug_share, 4), reopened_count") == [
        (0.3333, 0), (0.3333, 0), (0.2, 0), (0, 1), (0.2, 0), (0, 0), (0, 0),
    ]  # fmt: skip


def test_how_long_it_takes(told):
    """Days from start to done, from creation to done, as hours."""
    # Cycle: 2 4 1 | 2 5 1 | 10 2 4 1 1 | 3 4 | 8 2 3 2 7 | 6 3 3 | 10 4, and 27 never started.
    # The middle ones: 2 | 2 | 2 | 3.5 | 3 | 3 | 7 days.
    assert by_week(told, "cycle_time_p50_hours / 24, cycle_time_count") == [
        (2, 3), (2, 3), (2, 5), (3.5, 2), (3, 5), (3, 3), (7, 2),
    ]  # fmt: skip
    # 85 in 100 of 1 1 2 4 10 lies 0.85 * 4 = 3.4 steps up: 4 + 0.4 * 6 = 6.4 days; of 4 10 at 4 + 0.85 * 6 = 9.1.
    upper = by_week(told, "cycle_time_p85_hours / 24")
    assert (upper[2], upper[6]) == ((pytest.approx(6.4),), (pytest.approx(9.1),))
    # Lead: 3 6 1 | 7 10 1 | 15 9 12 8 1 | 10 12 | 16 10 11 2 8 | 14 12 11 | 18 12 6.
    assert by_week(told, "lead_time_p50_hours / 24") == [(3,), (7,), (9,), (11,), (10,), (12,), (12,)]
    # Issue 3 goes from Wednesday to Sunday: 4 days, 3 of them working ones.
    assert told.rows(
        "select cycle_time_hours / 24, working_cycle_time_hours / 24 from marts.issues where issue_key = 'P-3'"
    ) == [(4, 3)]


def test_what_is_in_progress(told):
    """At the end of each week, with the middle age in days."""
    # - | 7 for 4 | - | 13 for 6, 30 for 7, 31 for 3 | 17 for 6 | 20 for 6 | 24 for 6, 25 for 4
    assert by_week(told, "wip_count, wip_age_p50_hours / 24") == [
        (0, None), (1, 4), (0, None), (3, 6), (1, 6), (1, 6), (2, 5),
    ]  # fmt: skip
    # 24 has not changed since day 43, more than 5 days ago; 25 is flagged since day 46.
    assert told.rows(
        """select issue_key, age_hours / 24, is_stalled, is_blocked, blocked_hours / 24 from marts.issues
        where is_work_item and is_in_progress order by 1"""
    ) == [("P-24", 6, True, False, 0), ("P-25", 4, False, True, 3)]


def test_how_much_of_it_is_work(told):
    """Of the ten days of 20 two were blocked; of the seven of 30 one was spent in done."""
    assert told.rows(
        "select issue_key, round(flow_efficiency_share, 4) from marts.issues where issue_key in ('P-20', 'P-30') order by 1"
    ) == [("P-20", 0.8), ("P-30", 0.8571)]
    # Week 4: 8 + 2 + 3 + 2 + 6 of 22 days; week 6: 8 + 4 of 14.
    shares = by_week(told, "flow_efficiency_share")
    assert (shares[4], shares[6]) == ((pytest.approx(21 / 22),), (pytest.approx(12 / 14),))


def test_what_the_sprint_kept(told):
    """Day 31 to 42: 17 18 20 21 22 are in it at the start, 23 and 24 join, 24 leaves, 20 and 23 are carried over."""
    assert told.rows(
        """select committed_count, added_count, removed_count, completed_count, carried_over_count, say_do_share,
        committed_points, added_points, removed_points, completed_points from marts.sprints"""
    ) == [(5, 2, 1, 4, 2, 0.8, 5 + 3 + 8 + 2 + 1, 3 + 5, 5, 5 + 3 + 2 + 1)]


def test_when_the_epic_is_done(told):
    """24, 25 and 26 are open. The six full weeks since work began finished 3 5 2 5 3 3."""
    rows = told.rows(
        """select scenario, remaining_count, throughput_weeks, p50_date, p80_date, p95_date, round(on_time_share, 2)
        from marts.delivery_forecasts where scope_id = 'acme:P1' order by 1"""
    )
    one, two = date(2026, 4, 6), date(2026, 4, 13)
    # Five of the six weeks finish three or more: one week with 83 chances in 100, two weeks for certain (2 + 2 = 4).
    # With a fifth less two of six do (4 and 4), and two weeks still do for certain (1.6 + 1.6 = 3.2).
    assert rows == [
        ("base", 3, 6, one, one, two, pytest.approx(5 / 6, abs=0.02)),
        ("scope frozen", 3, 6, one, one, two, pytest.approx(5 / 6, abs=0.02)),
        ("throughput 20 % lower", 3, 6, two, two, two, pytest.approx(2 / 6, abs=0.02)),
    ]


def test_the_stages_of_every_pull_request(told):
    """Hours of coding, draft, pickup, review and deploy, and their sum where all are known."""
    stages = "coding_hours, draft_hours, pickup_hours, review_hours, deploy_hours, cycle_time_hours"
    assert told.rows(f"select number, {stages} from marts.pull_requests order by number") == [
        (1, 24, 0, 2, 4, 6, 36),
        (2, 12, 0, 1, 1, 10, 24),
        (3, 48, 0, 4, 4, 4, 60),
        (4, 6, 0, 2, 2, 2, 12),
        (5, 2, 0, 1, 1, 4, 8),
        (6, 10, 0, 5, 5, 20, 40),  # merged at 10:00, live at 6:00 of the next day with the seventh
        (7, 8, 0, 2, 2, 2, 14),
        (8, 4, 3, 2, 1, 2, 12),
        (9, 1, 0, None, None, 32, None),  # merged at 1:00, live at 9:00 of the next day with the tenth
        (10, 20, 0, 3, 3, 3, 29),
        (11, 5, 0, 6, 2, 1, 14),
        (12, 10, 0, None, None, 1, None),
        (13, None, 0, 4, 4, 2, None),
        (14, 0, 0, 1, 1, 1, 3),
        (15, 4, 0, 1, 1, 5, 11),
        (16, 4, 0, 1, 1, 2, 8),
        (17, 6, 0, 2, 2, 26, 36),  # merged into the branch at 4:00, live with it at 6:00 of the next day
        (18, 6, 0, 2, 2, 2, 12),
        (19, 3, 0, None, None, None, None),
        (20, 5, 0, 2, None, None, None),
    ]


def test_the_weeks_of_the_repository(told):
    """Six, six and five merged by humans; the bot's ninth is left out."""
    # To merge: 4 10 14 20 30 56 | 8 10 12 13 15 26 | 2 6 6 10 10; the middle: 17, 12.5, 6.
    # Cycles: 8 12 24 36 40 60 | 12 14 14 29 | 3 8 11 12 36; the middle: 30, 14, 11.
    # Pickup: 1 1 2 2 4 5 | 2 2 3 4 6 | 1 1 1 2 2; the middle: 2, 3, 1.
    columns = "merged_count, time_to_merge_p50_hours, cycle_time_p50_hours, cycle_complete_count, pickup_p50_hours"
    assert by_week(told, columns, "pull_requests_weekly") == [
        (6, 17, 30, 6, 2),
        (6, 12.5, 14, 4, 3),
        (5, 6, 11, 5, 1),
    ]
    # 12 and 13, then 14 and 15 name no issue; nobody looked at 12.
    assert by_week(told, "round(unlinked_share, 4), round(unreviewed_share, 4)", "pull_requests_weekly") == [
        (0, 0), (0.3333, 0.1667), (0.4, 0),
    ]  # fmt: skip
    assert told.rows("select evidence, merged_count from marts.issue_link_coverage_monthly order by 1") == [
        ("none", 4),
        ("title", 13),
    ]


def test_the_four_figures_of_march(told):
    """Deployed were 1-5, 7, 8 and 10-16, 18, and the rollback; the failed one of 15 does not count."""
    figures = figures_of(told)["program", "program", date(2026, 3, 1)]
    # 16 deployments on 15 days (16 and the rollback share one); days per full week of March: 0, 5, 6, 4, the middle 4.5.
    assert (figures["deployment_count"], figures["deployment_days"]) == (16, 15)
    assert figures["deployment_frequency_per_week"] == 4.5
    # First commit to production: 3 7 8 8 11 12 12 12 14 | 14 16 24 29 34 36 36 40 60; the bot's ninth is a change, too.
    assert (figures["lead_time_for_changes_p50_hours"], figures["change_count"]) == (14, 18)
    # 11 are older than a week. The incident of day 36 follows the eighth, the revert of day 42 the thirteenth.
    assert (figures["judged_count"], figures["change_failure_share"]) == (11, pytest.approx(2 / 11, abs=1e-6))
    # The incident took 8 hours, the revert was live after 3.
    assert (figures["recovery_p50_hours"], figures["recovered_count"]) == (5.5, 2)
    assert proved(told, AS_OF.date(), "UTC") == figures_of(told)
    assert told.rows(
        """select deployment_frequency_band, lead_time_band, change_failure_band, recovery_band from marts.dora_monthly
        where scope_kind = 'program' and month_date = '2026-03-01'"""
    ) == [("high", "elite", "low", "high")]


def test_what_is_doubtful(told):
    """27 and 28 of the 25 that are done never started; four bugs of 25 started ones have no points; and so on."""
    rows = told.rows(
        "select check_name, affected_count, round(affected_share, 4) from intermediate.int_delivery__doubted where affected_count > 0"
    )
    assert {name: (count, share) for name, count, share in rows} == {
        "done_without_start": (2, 0.08),
        "missing_estimate": (4, 0.16),
        "moved_backward": (1, 0.0333),  # 30, of the 30 that are not deleted
        "reopened_after_done": (1, 0.0385),  # 30, of 25 and the sub-task
        "status_changed_after_done": (1, 0.0385),
        "commit_after_opening": (1, 0.0526),  # 13, of 19 by humans
        "pull_request_without_issue": (4, 0.2353),  # of 17 merged by humans
        "pull_request_without_review": (1, 0.0588),
    }
