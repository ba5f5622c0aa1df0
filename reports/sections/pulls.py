"""Pull requests and releases, as parts of reports."""

from __future__ import annotations

from itertools import groupby

from reports import figures, words
from reports.document import Bar, Block, Cell, Chart, Charts, Column, Spark, Table, Value, note
from reports.drawing import charts, shapes
from reports.marts import Marts, Row
from reports.sections import flow, trends

STALE_HOURS = 7 * 24
WEEKLY = """
    select
        repository, week_date, merged_count, time_to_merge_p50_hours, cycle_time_p50_hours, cycle_complete_count,
        pickup_p50_hours, review_p50_hours, size_p50, unlinked_share, stale_open_count
    from marts.pull_requests_weekly
    where week_date < ?
    order by repository, week_date
"""
OPEN = """
    select
        pull_request_id, repository, number, title, author_person_id, is_draft, created_at, first_review_at, review_count,
        size_class
    from marts.pull_requests
    where state = 'open' and is_bot is not true
    order by created_at, pull_request_id
"""
STAGES = """
    select month_date, stage, complete_count, complete_mean_hours, known_count, p50_hours
    from marts.pull_request_stages_monthly
    where scope_kind = 'program' and month_date < ? and complete_count > 0
    order by month_date, stage_rank
"""
WAYS = {
    "coding": "coding",
    "draft": "a draft",
    "pickup": "waiting for a first look",
    "review": "in review",
    "deploy": "waiting for production",
}
"""What a pull request is doing in each stage."""
TO_MERGE = """
    select scope_id, month_date, stage, complete_mean_hours
    from marts.pull_request_stages_monthly
    where scope_kind = 'repository' and month_date < ? and complete_mean_hours is not null
    order by scope_id, month_date, stage_rank
"""
PARTS = {
    "coding": "coding",
    "draft": "its time as a draft",
    "pickup": "the wait for a first review",
    "review": "the review itself",
}
"""The stages that the time to merge consists of."""
DORA = """
    select
        scope_kind, scope_id, month_date, deployment_source, deployment_count, deployment_frequency_per_week,
        lead_time_for_changes_p50_hours, change_failure_share, recovery_p50_hours, deployment_frequency_band,
        lead_time_band, change_failure_band, recovery_band
    from marts.dora_monthly
    where month_date < ?
    order by month_date desc, scope_kind, scope_id
"""


def weeks(marts: Marts) -> dict[str, list[Row]]:
    """The full weeks of each repository, the last half year of them."""
    if marts.today is None:
        return {}
    monday = marts.today.fromordinal(marts.today.toordinal() - marts.today.weekday())
    rows = marts.rows(WEEKLY, monday)
    return {name: list(group)[-flow.WEEKS :] for name, group in groupby(rows, key=lambda row: row["repository"])}


def charts_of(marts: Marts, groups: dict[str, list[Row]]) -> tuple[Block, ...]:
    """The busiest repositories drawn, all of them in a table."""
    if not groups:
        return (note("No pull request has been merged yet."),)
    busiest = sorted(groups, key=lambda name: -sum(row["merged_count"] or 0 for row in groups[name]))
    table = Table(
        "The last full week of each repository",
        (
            Column("Repository"),
            Column("Merged", is_number=True),
            Column("To merge", is_number=True, explain="First commit to merged, half of them at most"),
            Column("To first review", is_number=True, explain="Ready to the first review by a human"),
            Column("In review", is_number=True, explain="First review to merged"),
            Column("Without an issue", is_number=True),
            Column("Half a year", explain="Time to merge, week by week"),
        ),
        [_repository(name, groups[name]) for name in busiest],
        empty="",
        limit=20,
    )
    longest = _longest(marts)
    return (Charts(tuple(_merge(name, groups[name], longest.get(name, "")) for name in busiest[:4])), table)


def stages(marts: Marts) -> tuple[Block, ...]:
    """Where the way of a change goes, from its first commit to production, month by month."""
    rows = marts.rows(STAGES, marts.today.replace(day=1)) if marts.today else []
    rows = [row for row in rows if row["stage"] in WAYS]
    months = sorted({row["month_date"] for row in rows})[-12:]
    if not months:
        return ()
    by_stage = {stage: [row for row in rows if row["stage"] == stage and row["month_date"] in months] for stage in WAYS}
    last = {stage: found[-1]["complete_mean_hours"] for stage, found in by_stage.items() if found}
    longest = max(last, key=lambda stage: last[stage])
    title = (
        f"A change took {_in_days(sum(last.values()))} on average from first commit to production in"
        f" {words.month(months[-1]).text}, "
        f"{_in_days(last[longest])} of them {WAYS[longest]}"
    )
    picture = shapes.stacked(
        months,
        [
            (stage, [row["complete_mean_hours"] / words.HOURS_PER_DAY for row in found])
            for stage, found in by_stage.items()
            if found
        ],
        salt="stages",
    )
    table = Table(
        "Stages of merged pull requests per month",
        (Column("Month"), Column("Pull requests", is_number=True), *(Column(stage, is_number=True) for stage in WAYS)),
        [
            (
                words.month(month),
                words.count(found[0]["complete_count"]),
                *(words.span(row["complete_mean_hours"]) for row in found),
            )
            for month in reversed(months)
            if (found := [row for row in rows if row["month_date"] == month])
        ],
        empty="No months.",
        layout="scroll",
    )
    unit = "days per stage, the mean of pull requests of which every stage is known, by month of the merge"
    return (Charts((Chart(title, unit, title, picture, table),)),)


def _repository(name: str, rows: list[Row]) -> tuple[Cell, ...]:
    last = rows[-1]
    curve = tuple(flow.column(rows, "time_to_merge_p50_hours"))
    return (
        _repository_name(name),
        words.count(last["merged_count"]),
        words.span(last["time_to_merge_p50_hours"]),
        words.span(last["pickup_p50_hours"]),
        words.span(last["review_p50_hours"]),
        words.share(last["unlinked_share"]),
        Spark(curve, trends.message("time to merge", curve, _in_days)),
    )


def _in_days(hours: float) -> str:
    return flow.days(hours / words.HOURS_PER_DAY)


def _merge(name: str, rows: list[Row], longest: str) -> Chart:
    merge = flow.column(rows, "time_to_merge_p50_hours", words.HOURS_PER_DAY)
    pickup = flow.column(rows, "pickup_p50_hours", words.HOURS_PER_DAY)
    short = name.rsplit("/", 1)[-1]
    title = f"{short}: {trends.message('time to merge', merge, flow.days)}{longest}"
    return Chart(
        title,
        "days, the middle pull request merged in each week",
        title,
        charts.over_time(
            [row["week_date"] for row in rows],
            (charts.Series("to merge", merge, "accent"), charts.Series("to review", pickup, "muted")),
            say=lambda value: f"{value:g} d",
            salt=f"merge {name}",
        ),
        Table(
            f"Pull requests of {name} per week",
            (Column("Week of"), *(Column(title, is_number=True) for title in ("Merged", "To merge", "To first review", "In review"))),
            [
                (
                    words.day(row["week_date"]),
                    words.count(row["merged_count"]),
                    words.span(row["time_to_merge_p50_hours"]),
                    words.span(row["pickup_p50_hours"]),
                    words.span(row["review_p50_hours"]),
                )
                for row in rows
            ],
            empty="No weeks.",
            layout="scroll",
            limit=flow.WEEKS,
        ),
    )  # fmt: skip


def _longest(marts: Marts) -> dict[str, str]:
    """By repository the stage that took longest in its last closed month; means of stages add up, medians do not."""
    rows = marts.rows(TO_MERGE, marts.today.replace(day=1)) if marts.today else []
    said = {}
    for name, of_it in groupby((row for row in rows if row["stage"] in PARTS), key=lambda row: row["scope_id"]):
        known = list(of_it)
        month = known[-1]["month_date"]
        took = {row["stage"]: row["complete_mean_hours"] for row in known if row["month_date"] == month}
        longest = max(took, key=lambda stage: took[stage])
        if len(took) < len(PARTS) or not took[longest]:
            continue
        place = "most of it" if took[longest] > sum(took.values()) / 2 else "its longest part"
        said[name] = f"; in {words.month(month).text} {place} was {PARTS[longest]}"
    return said


def waiting(marts: Marts, rows: list[Row], people: dict[str, str]) -> Table:
    """Open pull requests, the longest open first."""
    longest = max((row["age_hours"] or 0 for row in rows), default=0) or 1
    return Table(
        "Open pull requests, the oldest first",
        (Column("Pull request"), Column("Repository", is_page_only=True), Column("Author"), Column("Open for"), Column("State")),
        [
            (
                (
                    Value(f"#{row['number']}", href=marts.pull(row["pull_request_id"], row["repository"], row["number"])),
                    f" {row['title'] or ''}",
                ),
                _repository_name(row["repository"] or ""),
                people.get(row["author_person_id"], row["author_person_id"]) or words.UNKNOWN,
                _open_for(row, longest),
                "draft" if row["is_draft"] else "in review" if row["first_review_at"] else "no review yet",
            )
            for row in rows
        ],
        empty="No pull request is open.",
        limit=12,
    )  # fmt: skip


def _open_for(row: Row, longest: float) -> Cell:
    said = words.open_for(row["age_hours"])
    text = f"{said.text}, over a week" if row["is_stale"] else said.text
    return Bar((row["age_hours"] or 0) / longest, text, is_over=row["is_stale"], full=said.full)


def open_ones(marts: Marts) -> list[Row]:
    """Open pull requests of people, each with its age and whether that is too long."""
    rows = marts.rows(OPEN)
    for row in rows:
        since = row["created_at"]
        row["age_hours"] = None if marts.as_of is None or since is None else figures.hours_between(since, marts.as_of)
        row["is_stale"] = (row["age_hours"] or 0) > STALE_HOURS
    return rows


def releases(marts: Marts) -> tuple[Block, ...]:
    """The four figures of the DORA research and what they mean."""
    found = _dora(marts)
    if not found.rows:
        return (found,)
    meaning = (
        "The four figures of the DORA research: how often, how fast, how often it breaks and how long repair takes. Commit to live "
        "and time to recover are medians: half of the month's changes and incidents took at most as long."
    )
    return (note(meaning), found)


def _dora(marts: Marts) -> Table:
    """The four figures of the newest closed month in which each scope released."""
    rows = marts.rows(DORA, marts.today.replace(day=1)) if marts.today else []
    newest: dict[tuple[str, str], Row] = {}
    for row in rows:
        newest.setdefault((row["scope_kind"], row["scope_id"]), row)
    return Table(
        "How often is released, how fast, and how safely, in the last closed month",
        (
            Column("Scope"),
            Column("Month"),
            Column("Deployments", is_number=True, is_page_only=True),
            Column("Days a week", is_number=True, explain="Days with a deployment, in the middle week of the month"),
            Column("Commit to live", is_number=True, explain="Median of the month: first commit to production"),
            Column("Failed", is_number=True, explain="Deployments followed by an incident or a revert"),
            Column(
                "Time to recover", is_number=True, explain="Median of the month: an incident from opened to resolved"
            ),
            Column("Counted from"),
        ),
        [
            (
                (Value("The program"),)
                if row["scope_kind"] == "program"
                else (
                    _repository_name(row["scope_id"] or "")
                    if row["scope_kind"] == "repository"
                    else Value(row["scope_id"] or ""),
                    Value(row["scope_kind"] or "", tone="under"),
                ),
                words.month(row["month_date"]),
                words.count(row["deployment_count"]),
                _banded(words.number(row["deployment_frequency_per_week"], 1), row["deployment_frequency_band"]),
                _banded(words.span(row["lead_time_for_changes_p50_hours"]), row["lead_time_band"]),
                _banded(words.share(row["change_failure_share"]), row["change_failure_band"]),
                _recovery(row),
                words.label(row["deployment_source"] or "") or words.UNKNOWN,
            )
            for row in newest.values()
        ],
        empty="No deployment is known yet.",
        limit=12,
    )


def _repository_name(name: str) -> Value:
    """A repository by its name alone; its owner on hover."""
    return Value(name.rsplit("/", 1)[-1], name)


def _banded(value: Value, band: str | None) -> Cell:
    """A figure over whose it is like: of a rate that should be low, "high" alone would read as its size."""
    return (value, Value(f"{band} performer", tone="under")) if band else value


def _recovery(row: Row) -> Cell:
    """How long repair took; of a month whose deployments are judged, that no incident ended in it is known."""
    if row["recovery_p50_hours"] is None and row["change_failure_share"] is not None:
        return Value("no incident resolved", tone="quiet")
    return _banded(words.span(row["recovery_p50_hours"]), row["recovery_band"])
