"""The flow of issues: weeks, work in progress, sprints and forecasts, as parts of reports."""

from __future__ import annotations

from itertools import groupby

from reports import words
from reports.document import Bar, Block, Cell, Chart, Charts, Column, Table, Value, note
from reports.drawing import charts
from reports.marts import Marts, Row
from reports.sections import trends

WEEKS = 26
WEEKLY = """
    select
        project_key, week_date, arrived_count, finished_count, wip_count, wip_age_p50_hours, cycle_time_p50_hours,
        cycle_time_p85_hours, flow_efficiency_share
    from marts.flow_weekly
    where week_date < ?
    order by project_key, week_date
"""
GOING = """
    select
        issue_id, issue_key, project_key, summary, status, assignee_person_id, started_at, age_hours, is_blocked,
        blocked_hours, is_stalled
    from marts.issues
    where is_work_item and is_in_progress and deleted_at is null
    order by started_at, issue_key
"""
SPRINTS = """
    select
        sprint_id, name, state, start_at, end_at, completed_at, committed_count, added_count, removed_count,
        completed_count, carried_over_count, say_do_share, goal
    from marts.sprints
    where completed_at is not null
    order by completed_at desc, name
    limit 12
"""


def weeks(marts: Marts) -> dict[str, list[Row]]:
    """The full weeks of each project, the last half year of them."""
    if marts.today is None:
        return {}
    monday = marts.today.fromordinal(marts.today.toordinal() - marts.today.weekday())
    rows = marts.rows(WEEKLY, monday)
    return {project: list(group)[-WEEKS:] for project, group in groupby(rows, key=lambda row: row["project_key"])}


def column(rows: list[Row], name: str, scale: float = 1.0) -> list[float | None]:
    """One column as numbers, gaps kept."""
    return [None if row[name] is None else row[name] / scale for row in rows]


def days(value: float) -> str:
    """A value in days for titles that compare two: with a decimal below ten, so that both never round to one figure."""
    if not 2 <= value < 100:
        return words.duration(value * words.HOURS_PER_DAY).text
    return f"{value:.{1 if value < 9.95 else 0}f}{words.SPACE}days"


def charts_of(groups: dict[str, list[Row]], cycle_times: dict[str, Chart]) -> tuple[Block, ...]:
    """Throughput and cycle time of each project."""
    if not groups:
        return (note("No project has a finished week yet."),)
    drawn = [
        chart
        for project, rows in groups.items()
        for chart in (_throughput(project, rows), cycle_times.get(project))
        if chart is not None
    ]
    return (
        note(
            "Cycle time runs from the first start of work to done. The lines across the dots are what half, 85 and 95 in 100 of "
            "the issues of the last half year took at most: promise by the upper ones, not by the middle."
        ),
        Charts(tuple(drawn)),
    )


def _throughput(project: str, rows: list[Row]) -> Chart:
    finished = column(rows, "finished_count")
    recent = [None if index < len(rows) - trends.RECENT else value for index, value in enumerate(finished)]
    at = [row["week_date"] for row in rows]
    title = f"{project}: " + trends.message("issues finished per week", finished, lambda value: f"{value:g}")
    return Chart(
        title,
        "issues finished per week, the last four weeks in the stronger colour",
        title,
        charts.over_time(
            at,
            (charts.Series("finished", finished, "soft", "bars"), charts.Series("", recent, "accent", "bars")),
            say=lambda value: f"{value:,.0f}",
            salt=f"throughput {project}",
        ),
        Table(
            f"Issues per week in {project}",
            (
                Column("Week of"),
                *(Column(name, is_number=True) for name in ("Arrived", "Finished", "In progress", "Half within (p50)", "85 in 100 within (p85)")),
            ),
            [
                (
                    words.day(row["week_date"]),
                    *(words.count(row[name]) for name in ("arrived_count", "finished_count", "wip_count")),
                    *(words.span(row[name]) for name in ("cycle_time_p50_hours", "cycle_time_p85_hours")),
                )
                for row in rows
            ],
            empty="No weeks.",
            layout="scroll",
            limit=WEEKS,
        ),
    )  # fmt: skip


def going(marts: Marts, rows: list[Row], people: dict[str, str]) -> tuple[Block, ...]:
    """Work in progress by age; what is blocked or stalled says so."""
    rows = sorted(rows, key=lambda row: -(row["age_hours"] or 0))
    longest = max((row["age_hours"] or 0 for row in rows), default=0) or 1
    return (
        Table(
            "Work in progress by age",
            (
                Column("Issue"),
                Column("Project", is_page_only=True),
                Column("Status", is_page_only=True),
                Column("Assignee"),
                Column("Age"),
                Column("Attention"),
            ),
            [_going(marts, row, people, longest) for row in rows],
            empty="Nothing is in progress.",
            limit=12,
        ),
    )


def _going(marts: Marts, row: Row, people: dict[str, str], longest: float) -> tuple[Cell, ...]:
    attention = [name for name, is_so in (("blocked", row["is_blocked"]), ("stalled", row["is_stalled"])) if is_so]
    if row["is_blocked"] and row["blocked_hours"]:
        attention[0] = f"blocked for {words.open_for(row['blocked_hours']).text}"
    key = row["issue_key"] or row["issue_id"]
    age = words.open_for(row["age_hours"])
    bar = Bar((row["age_hours"] or 0) / longest, age.text, full=age.full, is_over=bool(attention))
    return (
        (Value(key, href=marts.issue(row["issue_id"], row["issue_key"])), f" {row['summary'] or ''}"),
        row["project_key"] or "",
        row["status"] or words.UNKNOWN,
        people.get(row["assignee_person_id"], row["assignee_person_id"]) or Value("nobody", tone="quiet"),
        bar if row["age_hours"] is not None else words.UNKNOWN,
        Value(", ".join(attention), tone="bad") if attention else "",
    )


def sprints(marts: Marts, rows: list[Row]) -> tuple[Block, ...]:
    """What each finished sprint committed to and what came of it."""
    return (
        Table(
            "Finished sprints, the newest first",
            (
                Column("Sprint"),
                Column("Ended", is_page_only=True),
                Column("Committed", is_number=True),
                Column("Added", is_number=True, is_page_only=True),
                Column("Removed", is_number=True, is_page_only=True),
                Column("Done", is_number=True),
                Column("Carried over", is_number=True),
                Column("Said and done", explain="Share of the committed work that was done in the sprint"),
            ),
            [
                (
                    Value(row["name"] or row["sprint_id"], row["goal"] or ""),
                    marts.day(row["completed_at"]),
                    words.count(row["committed_count"]),
                    words.count(row["added_count"]),
                    words.count(row["removed_count"]),
                    words.count(row["completed_count"]),
                    words.count(row["carried_over_count"]),
                    _kept(row["say_do_share"]),
                )
                for row in rows
            ],
            empty="No sprint has finished yet, or the teams work without sprints.",
        ),
    )


def _kept(share: float | None) -> Cell:
    return words.UNKNOWN if share is None else Bar(share, words.share(share).text, full=words.share(share).full)
