"""The flow of each project as pictures: how long issues took, how old those in progress are, where they pile up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from reports import figures, words
from reports.document import Block, Chart, Charts, Column, Table, Value, note
from reports.drawing import shapes
from reports.marts import Marts, Row
from reports.sections import flow, trends

RECENT = """
    select
        scope_id, from_date, cycle_time_count, cycle_time_p50_hours, cycle_time_p85_hours, cycle_time_p95_hours, wip_count,
        overdue_wip_count
    from marts.flow_recent
    where scope_kind = 'project'
    order by scope_id
"""
FINISHED = """
    select issue_id, issue_key, project_key, summary, done_at, cycle_time_hours
    from marts.issues
    where is_work_item and is_delivered and cycle_time_hours is not null and done_at is not null
    order by project_key, done_at desc, issue_key
"""
DAILY = """
    select project_key, day_date, stage, stage_rank, issue_count
    from marts.flow_daily
    where day_date >= ?
    order by project_key, stage_rank desc, stage, day_date
"""
LEVELS = (
    ("cycle_time_p50_hours", "half"),
    ("cycle_time_p85_hours", "85 in 100"),
    ("cycle_time_p95_hours", "95 in 100"),
)


def recent(marts: Marts) -> dict[str, Row]:
    """By project: what finished lately, and what is in progress held against it."""
    return {row["scope_id"]: row for row in marts.rows(RECENT)}


def grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by their project."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["project_key"]].append(row)
    return found


def levels(told: Row) -> list[tuple[float, str]]:
    """The percentiles that are known, in days, each with its word."""
    return [(told[name] / words.HOURS_PER_DAY, word) for name, word in LEVELS if told[name] is not None]


def cycle_times(marts: Marts, weeks: dict[str, list[Row]], lately: dict[str, Row]) -> dict[str, Chart]:
    """Of each project a dot per issue that finished lately."""
    found = {}
    for project, rows in grouped(marts.rows(FINISHED)).items():
        told = lately.get(project)
        if told is None:
            continue
        dated = [(marts.local(row["done_at"]), row) for row in rows]
        shown = [(day, row) for day, row in dated if day >= told["from_date"]]
        if shown:
            found[project] = _cycle(marts, project, weeks.get(project, []), shown, told)
    return found


def _cycle(marts: Marts, project: str, weeks: list[Row], shown: list[tuple[date, Row]], told: Row) -> Chart:
    middle = flow.column(weeks, "cycle_time_p50_hours", words.HOURS_PER_DAY)
    title = f"{project}: " + trends.message("cycle time", middle, flow.days)
    limits = "; ".join(
        f"{word} took at most {words.duration(told[name]).text}" for name, word in LEVELS if told[name] is not None
    )
    return Chart(
        title,
        f"a dot per issue, from start to done, by the day it was done; {limits}",
        title,
        shapes.scatter(
            [(day, row["cycle_time_hours"] / words.HOURS_PER_DAY) for day, row in shown],
            levels(told),
            salt=f"cycle {project}",
        ),
        Table(
            f"Issues finished in {project}",
            (Column("Issue"), Column("Done"), Column("Start to done", is_number=True)),
            [
                (
                    (
                        Value(row["issue_key"], href=marts.issue(row["issue_id"], row["issue_key"])),
                        f" {row['summary'] or ''}",
                    ),
                    words.day(day),
                    words.span(row["cycle_time_hours"]),
                )
                for day, row in shown
            ],
            empty="No issue has finished.",
            layout="scroll",
            limit=flow.WEEKS,
        ),
    )


def ageing(marts: Marts, going: list[Row], lately: dict[str, Row]) -> tuple[Block, ...]:
    """Of each project a dot per issue in progress, against what issues took lately."""
    charts = [
        _ages(marts, project, rows, lately[project])
        for project, rows in sorted(grouped(row for row in going if row["age_hours"] is not None).items())
        if project in lately
    ]
    if not charts:
        return ()
    return (
        note(
            "An issue that is older than what 85 in 100 took is likely to be in trouble, whether or not anybody has said so. Each "
            "dot is an issue in progress over its age; those that are blocked or stalled are red crosses."
        ),
        Charts(tuple(charts)),
    )


def _ages(marts: Marts, project: str, rows: list[Row], told: Row) -> Chart:
    old, limit = told["overdue_wip_count"], told["cycle_time_p85_hours"]
    going = f"{words.count(figures.count(rows), 'issue')} in progress"
    if limit is None:
        title = f"{project}: {going}, none finished lately to compare with"
    elif old:
        title = f"{project}: {old} of {going} older than what 85 in 100 took, {words.duration(limit).text}"
    else:
        title = f"{project}: none of {going} older than what 85 in 100 took, {words.duration(limit).text}"
    return Chart(
        title,
        "issues in progress by days since they were started",
        title,
        shapes.ages(
            [(row["age_hours"] / words.HOURS_PER_DAY, bool(row["is_blocked"] or row["is_stalled"])) for row in rows],
            levels(told),
            salt=f"ages {project}",
        ),
        Table(
            f"Issues in progress in {project}",
            (Column("Issue"), Column("Age", is_number=True), Column("Attention")),
            [
                (
                    Value(row["issue_key"] or row["issue_id"], href=marts.issue(row["issue_id"], row["issue_key"])),
                    words.span(row["age_hours"]),
                    "blocked" if row["is_blocked"] else "stalled" if row["is_stalled"] else "",
                )
                for row in sorted(rows, key=lambda row: -row["age_hours"])
            ],
            empty="Nothing is in progress.",
            layout="scroll",
            limit=flow.WEEKS,
        ),
    )


def cumulative(marts: Marts, weeks: dict[str, list[Row]], lately: dict[str, Row]) -> tuple[Block, ...]:
    """The cumulative flow of each project: what stood in each stage, week by week."""
    if marts.today is None:
        return ()
    monday = marts.today - timedelta(days=marts.today.weekday())
    begin = monday - timedelta(days=7 * flow.WEEKS + 1)
    found = grouped(marts.rows(DAILY, begin))
    # The Sundays before the weeks that are shown, and today.
    days = [begin + timedelta(weeks=week) for week in range(flow.WEEKS + 1)] + [marts.today]
    charts = [
        _bands(project, rows, days, weeks.get(project, []), lately.get(project))
        for project, rows in found.items()
        if len({row["day_date"] for row in rows}.intersection(days)) > 1
    ]
    return (
        note(
            "What stood in each stage at the end of each week, one upon another. A band that widens is work that piles up; its "
            "width from left to right is how long it takes. The axis begins at what was done before these weeks, not at nothing."
        ),
        Charts(tuple(charts)),
    ) if charts else ()  # fmt: skip


def _bare(value: float) -> str:
    return f"{value:g}"


def _bands(project: str, rows: list[Row], days: list[date], weeks: list[Row], lately: Row | None) -> Chart:
    stages: dict[str, dict[date, int]] = {}
    for row in rows:
        stages.setdefault(row["stage"], {})[row["day_date"]] = 0 if row["issue_count"] is None else row["issue_count"]
    known = [day for day in days if any(day in counts for counts in stages.values())]
    subject, past = f"{project}: issues in progress", flow.column(weeks, "wip_count")
    now = lately["wip_count"] if lately else None
    title = trends.message(subject, past, _bare) if now is None else trends.stock(subject, now, past, _bare)
    names = [words.label(stage) for stage in stages]
    return Chart(
        title,
        f"issues by stage at the end of the week, from below: {', '.join(names)}",
        title,
        shapes.bands(
            known, [[counts.get(day, 0) for day in known] for counts in stages.values()], salt=f"bands {project}"
        ),
        Table(
            f"Cumulative flow of {project}",
            (Column("At the end of"), *(Column(name, is_number=True) for name in names)),
            [
                (words.day(day), *(words.count(counts.get(day, figures.count(()))) for counts in stages.values()))
                for day in reversed(known)
            ],
            empty="No days.",
            layout="scroll",
            limit=flow.WEEKS,
        ),
    )
