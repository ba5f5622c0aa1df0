"""What holds for every history: intervals cover a life, sprints add up, and order and clocks of the machine change nothing.

An example is a whole board of issues with random lives, so that few runs of the SQL try many histories.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.dbt_delivery.proof import figures_of, proved

STATUSES = ("To Do", "Doing", "Blocked", "Done")
BEGIN = datetime.fromisoformat("2026-01-05 09:00")
SPRINTS = {5: (0, 336), 6: (336, 672), 7: (504, 900)}  # hours from the beginning; the last overlaps
AS_OF = "2026-03-31 10:00:00"

moments = st.integers(min_value=0, max_value=1900)  # hours from the beginning, up to five days before the end
lives = st.tuples(
    moments,
    st.lists(st.tuples(moments, st.sampled_from(STATUSES)), max_size=6),
    st.lists(st.tuples(moments, st.sampled_from(("", "5", "6", "5, 6", "7"))), max_size=3),
    st.lists(st.tuples(moments, st.integers(1, 8)), max_size=2),
    st.booleans(),
)
boards = st.lists(lives, min_size=5, max_size=60)
relaxed = settings(
    max_examples=4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)


def at(hours):
    """A moment so many hours after the beginning."""
    return str(BEGIN + timedelta(hours=hours))


def fill(raw, board):
    """Write a board of lives as Jira would tell it; changes before the creation are left out."""
    for number, (created, statuses, sprints, points, is_deleted) in enumerate(board, start=1):
        changes = []
        for name, first, steps in (("status", "To Do", statuses), ("sprint", "", sprints), ("points", None, points)):
            old = first
            for hours, new in sorted(steps, key=lambda step: step[0]):
                if hours >= created and new != old:
                    changes.append((at(hours), name, old, new))
                    old = new
        deleted = at(1990) if is_deleted else None
        raw.issue(
            number,
            at(created),
            *sorted(changes, key=lambda change: change[0]),
            deleted=deleted,
            project=f"P{number % 2}",
        )
    for number, (start, end) in SPRINTS.items():
        raw.sprint(number, at(start), at(end), at(end + 1))


@pytest.fixture
def fresh(raw):
    """Makes a raw schema anew for each example."""
    catalogue = list(raw.records)

    def make(board):
        raw.records[:] = catalogue
        raw.histories = 0
        fill(raw, board)
        return raw

    return make


@relaxed
@given(board=boards)
def test_intervals_cover_a_life_without_gap_or_overlap(fresh, warehouse, board):
    """From the creation each stay begins where the last one ended, up to now or the deletion; stage dates come in order."""
    warehouse.run(fresh(board), "issue_status_intervals", "issue_stage_dates", "issues", "sprints")
    assert warehouse.rows("select count(distinct issue_id) from marts.issue_status_intervals") == [(len(board),)]
    broken = warehouse.rows(
        """
        select issue_id, entered_at, left_at, next_at from (
            select *, lead(entered_at) over (partition by issue_id order by stay_rank) as next_at from marts.issue_status_intervals
        ) where left_at < entered_at or (next_at is not null and left_at is distinct from next_at)
        """
    )
    assert broken == []
    lengths = warehouse.rows(
        f"""
        select issues.issue_id, sum(intervals.hours), any_value(epoch(coalesce(issues.deleted_at, timestamp '{AS_OF}') - issues.created_at) / 3600)
        from marts.issues as issues inner join marts.issue_status_intervals as intervals using (issue_id) group by all
        """
    )
    assert all(total == pytest.approx(life) for _, total, life in lengths)
    assert (
        warehouse.rows(
            """
        select a.issue_id from marts.issue_stage_dates as a inner join marts.issue_stage_dates as b using (issue_id)
        where a.stage_rank < b.stage_rank and a.entered_at > b.entered_at
        """
        )
        == []
    )
    assert (
        warehouse.rows(
            "select issue_key from marts.issues where not coalesce(flow_efficiency_share between -1e-9 and 1 + 1e-9, true)"
        )
        == []
    )
    assert (
        warehouse.rows("select issue_key from marts.issues where working_cycle_time_hours > cycle_time_hours + 1e-6")
        == []
    )
    # Every status of every sprint law is a check of the mart itself: balanced_sprints has held in run().
    assert warehouse.rows("select count(*) from marts.sprints where committed_count is null") == [(0,)]


@relaxed
@given(board=boards, seed=st.integers(0, 99))
def test_order_and_the_machine_s_time_zone_change_nothing(fresh, warehouse, board, seed):
    """Records and changelog entries in another order, read on a machine in Tokyo, give the same marts."""
    marts = ("issues", "sprints", "issue_status_intervals", "flow_weekly", "flow_daily")

    def contents():
        return {mart: sorted(map(repr, warehouse.rows(f"from marts.{mart}"))) for mart in marts}

    raw = fresh(board)
    warehouse.run(raw, *marts)
    before = contents()
    shuffled = random.Random(seed)
    shuffled.shuffle(raw.records)
    for table, _, payload, _ in raw.records:
        if table == "jira_issues":
            shuffled.shuffle(payload["changelog"]["histories"])
    warehouse.connection.execute("set timezone = 'Asia/Tokyo'")
    try:
        with warehouse.otherwise():
            warehouse.run(raw, *marts)
            assert contents() == before
    finally:
        warehouse.connection.execute("set timezone = 'UTC'")


def finished_newly(life, starts_at, ends_at):
    """Whether an issue was done at the end of a week and had become so within it, whatever came later."""
    created, statuses, *_ = life
    done_at = None
    for hours, status in sorted(statuses, key=lambda step: step[0]):
        moment = BEGIN + timedelta(hours=hours)
        if hours >= created and moment < ends_at:
            done_at = (done_at or moment) if status == "Done" else None
    return done_at is not None and done_at >= starts_at


@relaxed
@given(board=boards)
def test_weeks_add_up_to_the_issues(fresh, warehouse, board):
    """What arrives per week sums to all issues, what finishes to what each week's end showed newly done; percentiles are ordered; the flow of a day holds every issue once."""
    warehouse.run(
        fresh(board),
        "flow_weekly",
        "flow_daily",
        "issues",
        "flow_weekly_by_scope",
        "flow_daily_by_scope",
        "work_mix_weekly",
    )
    weeks = warehouse.rows("select starts_at, ends_at from intermediate.int_weeks__listed")
    ((arrived, finished, created),) = warehouse.rows(
        "select sum(arrived_count), sum(finished_count), (select count(*) from marts.issues) from marts.flow_weekly"
    )
    assert (arrived, finished) == (created, sum(finished_newly(life, *week) for life in board for week in weeks))
    assert (
        warehouse.rows(
            "select week_date from marts.flow_weekly where cycle_time_p50_hours > cycle_time_p85_hours or cycle_time_p85_hours > cycle_time_p95_hours"
        )
        == []
    )
    ((today, alive),) = warehouse.rows(
        """
        select sum(issue_count), (select count(*) from marts.issues where deleted_at is null)
        from marts.flow_daily where day_date = (select max(day_date) from marts.flow_daily)
        """
    )
    assert (today or 0) == alive
    # Projects and issue types divide the program: what they count adds up to it, week by week and day by day.
    for mart, moment, counts in (
        ("flow_weekly_by_scope", "week_date", ("arrived_count", "finished_count", "wip_count", "reopened_count")),
        ("flow_daily_by_scope", "day_date, stage", ("issue_count",)),
        ("work_mix_weekly", "week_date, work_kind", ("finished_count",)),
    ):
        sums = ", ".join(f"sum({count}) as {count}" for count in counts)
        by_kind = [
            warehouse.rows(
                f"select {moment}, {sums} from marts.{mart} where scope_kind = '{kind}' group by all order by all"
            )
            for kind in ("program", "project")
        ]
        assert [row for row in by_kind[0] if any(row[-len(counts) :])] == [
            row for row in by_kind[1] if any(row[-len(counts) :])
        ]
    assert (
        warehouse.rows(
            "select week_date from marts.work_mix_weekly group by scope_kind, scope_id, week_date having abs(sum(finished_share) - 1) > 1e-9"
        )
        == []
    )


def test_what_was_landed_before_changes_nothing(fresh, warehouse):
    """A record that has superseded versions, read again and again, counts as its newest one does."""
    board = [
        (
            hour,
            [(hour + 20, "Doing"), (hour + 90, "Blocked"), (hour + 130, "Done")],
            [(hour + 1, "5")],
            [(hour + 2, 3)],
            hour % 5 == 0,
        )
        for hour in range(0, 600, 21)
    ]
    marts = ("issues", "sprints", "issue_status_intervals", "flow_weekly", "pull_requests", "dora_monthly")
    raw = fresh(board)
    code(raw, [(12, 30, 6, 10, 24, True), (40, 8, None, 20, None, False)])
    warehouse.run(raw, *marts)
    before = {mart: sorted(map(repr, warehouse.rows(f"from marts.{mart}"))) for mart in marts}
    with warehouse.otherwise():
        for table in ("jira_issues", "jira_sprints", "github_pull_requests", "github_deployments"):
            warehouse.connection.execute(
                f"insert into raw.{table} select * replace (false as is_current, valid_from as valid_to) from raw.{table}"
            )
        warehouse.make(*marts)
        assert {mart: sorted(map(repr, warehouse.rows(f"from marts.{mart}"))) for mart in marts} == before


changes = st.lists(
    st.tuples(
        st.integers(0, 1500),  # opened, in hours from the beginning
        st.integers(-5, 60),  # first commit so long before
        st.none() | st.integers(-3, 90),  # first review so long after
        st.none() | st.integers(0, 120),  # merged so long after
        st.none() | st.integers(0, 200),  # deployed so long after the merge
        st.booleans(),  # whether the deployment succeeded
    ),
    min_size=3,
    max_size=40,
)


def code(raw, told):
    """Pull requests by these hours, each with a deployment of its own; every seventh is a revert."""
    for number, (opened, coding, review, merge, deploy, is_success) in enumerate(told, start=1):
        merged = None if merge is None else at(opened + merge)
        raw.pull_request(
            number,
            at(opened),
            commits=(at(opened - coding),),
            reviews=() if review is None else ((at(opened + review), "bob", "APPROVED"),),
            merged=merged,
            headRefName=f"revert-{number}-x" if number % 7 == 0 else f"change-{number}",
        )
        if merged and deploy is not None:
            raw.deployment(
                number, f"merge-{number}", (at(opened + merge + deploy), "SUCCESS" if is_success else "FAILURE")
            )


@relaxed
@given(told=changes)
def test_stages_add_up_and_the_evidence_gives_the_figures(raw, warehouse, told):
    """No stage is negative, the known ones make the cycle, merged ones have a time to merge, and DORA is its evidence."""
    catalogue = [record for record in raw.records if record[0] != "github_pull_requests"]
    raw.records[:] = [record for record in catalogue if record[0] != "github_deployments"]
    code(raw, told)
    warehouse.run(raw, "pull_requests", "dora_monthly", "dora_evidence")
    stages = ("coding_hours", "draft_hours", "pickup_hours", "review_hours", "deploy_hours")
    for *parts, cycle, to_merge, merged_at in warehouse.rows(
        f"select {', '.join(stages)}, cycle_time_hours, time_to_merge_hours, merged_at from marts.pull_requests"
    ):
        assert all(part is None or part >= 0 for part in parts)
        assert cycle == (None if None in parts else pytest.approx(sum(parts)))
        assert (to_merge is None) == (merged_at is None)
    assert proved(warehouse) == figures_of(warehouse)
    # A change counts once for its repository, and whatever a repository counts the program does too.
    assert (
        warehouse.rows(
            """select pull_request_id from marts.dora_evidence where metric = 'lead_time_for_changes'
        group by scope_kind, scope_id, pull_request_id having count(*) > 1"""
        )
        == []
    )
    assert (
        warehouse.rows(
            """select month_date from marts.dora_monthly group by month_date
        having sum(deployment_count) filter (scope_kind = 'repository') is distinct from sum(deployment_count) filter (scope_kind = 'program')"""
        )
        == []
    )


@relaxed
@given(
    history=st.lists(st.integers(0, 5), min_size=6, max_size=14).filter(any),
    open_count=st.integers(1, 25),
)
def test_percentiles_of_a_forecast_are_ordered_and_harder_cases_end_later(fresh, warehouse, history, open_count):
    """P50 is not after P80 nor that after P95; less throughput never ends earlier, frozen scope never later."""
    raw = fresh([])
    raw.issue(1, "2025-11-01 00:00", kind="Epic", duedate="2026-06-01")
    number = 10
    for back, count in enumerate(reversed(history), start=1):
        day = datetime.fromisoformat("2026-03-31 09:00") - timedelta(weeks=back)
        for _ in range(count):
            raw.issue(number, "2025-11-01 00:00", (str(day), "status", "To Do", "Done"), customfield_10014="P-1")
            number += 1
    for _ in range(open_count):
        raw.issue(number, "2026-02-01 00:00", customfield_10014="P-1")
        number += 1
    warehouse.run(raw, "delivery_forecasts")
    found = {
        scenario: (reason, dates)
        for scenario, reason, *dates in warehouse.rows(
            "select scenario, reason, p50_date, p80_date, p95_date from marts.delivery_forecasts"
        )
    }
    for reason, dates in found.values():
        assert (dates == [None] * 3) == (reason is not None)
    if found["base"][0] is None:
        for _, dates in found.values():
            assert dates == sorted(dates)
        for position in range(3):
            base, slower, frozen = (
                found[name][1][position] for name in ("base", "throughput 20 % lower", "scope frozen")
            )
            assert frozen <= base <= slower
