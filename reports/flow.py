"""The flow of issues: weeks, work in progress, sprints and forecasts, as parts of reports."""

from __future__ import annotations

from itertools import groupby

from reports import charts, trends, words
from reports.document import Bar, Block, Cell, Chart, Charts, Column, Table, Value, note
from reports.marts import Marts, Row

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
BACKTESTS = "select is_p80_hit from marts.forecast_backtests where is_p80_hit is not null"
SCOPES = ("milestone", "initiative", "epic")
EPICS = "select issue_id, summary from marts.issues where is_epic"
FORECASTS = """
    select scope_kind, scope_id, scenario, remaining_count, p50_date, p80_date, target_date, on_time_share, reason
    from marts.delivery_forecasts
    where scenario = 'base' and (remaining_count > 0 or remaining_count is null)
    order by target_date nulls last, p80_date nulls last, scope_id
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
    """A value in days, as people say it."""
    return words.duration(value * words.HOURS_PER_DAY).text


def charts_of(groups: dict[str, list[Row]]) -> tuple[Block, ...]:
    """Throughput and cycle time of each project."""
    if not groups:
        return (note("No project has a finished week yet."),)
    drawn = [chart for project, rows in groups.items() for chart in (_throughput(project, rows), _cycle(project, rows))]
    return (
        note(
            "Cycle time runs from the first start of work to done. Half of the issues that finished in a week took at "
            "most the middle value (p50), 85 in 100 at most the upper one (p85)."
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
            (Column("Week of"), Column("Arrived", is_number=True), Column("Finished", is_number=True), Column("In progress", is_number=True)),
            [
                (words.day(row["week_date"]), words.count(row["arrived_count"]), words.count(row["finished_count"]), words.count(row["wip_count"]))
                for row in rows
            ],
            empty="No weeks.",
            layout="scroll",
            limit=WEEKS,
        ),
    )  # fmt: skip


def _cycle(project: str, rows: list[Row]) -> Chart:
    middle = column(rows, "cycle_time_p50_hours", words.HOURS_PER_DAY)
    upper = column(rows, "cycle_time_p85_hours", words.HOURS_PER_DAY)
    title = f"{project}: " + trends.message("cycle time", middle, days)
    return Chart(
        title,
        "days from start to done, by week of finish",
        title,
        charts.over_time(
            [row["week_date"] for row in rows],
            (charts.Series("85 in 100", upper, "soft"), charts.Series("half", middle, "accent")),
            say=lambda value: f"{value:g} d",
            salt=f"cycle {project}",
        ),
        Table(
            f"Cycle time per week in {project}",
            (Column("Week of"), Column("Half within (p50)", is_number=True), Column("85 in 100 within (p85)", is_number=True)),
            [
                (words.day(row["week_date"]), words.span(row["cycle_time_p50_hours"]), words.span(row["cycle_time_p85_hours"]))
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
        attention[0] = f"blocked for {words.duration(row['blocked_hours']).text}"
    key = row["issue_key"] or row["issue_id"]
    age = words.duration(row["age_hours"])
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


def forecasts(marts: Marts) -> tuple[Block, ...]:
    """Forecasts at the present pace, and how well such forecasts have held so far."""
    tested = [row["is_p80_hit"] for row in marts.rows(BACKTESTS)]
    table = _forecasts(marts)
    if not table.rows or not tested:
        return (table,)
    held = sum(tested)
    return (
        table,
        note(
            f"Back-test: of {words.count(len(tested), 'such forecast')} made at past month ends, {held} were met by the "
            f"date with eight chances in ten ({words.share(held / len(tested)).text}; about 80% is right)."
        ),
    )


def _forecasts(marts: Marts) -> Table:
    """One row per scope, and why there is no forecast where there is none."""
    found = marts.rows(FORECASTS)
    rows = sorted(
        found, key=lambda row: SCOPES.index(row["scope_kind"]) if row["scope_kind"] in SCOPES else len(SCOPES)
    )
    epics = marts.rows(EPICS)
    milestones = marts.rows("select milestone_id, name from marts.milestones")
    titles = {
        **{row["issue_id"]: row["summary"] for row in epics},
        **{row["milestone_id"]: row["name"] for row in milestones},
        **marts.initiatives(),
    }
    return Table(
        "Forecasts from each team's own pace of the last twelve weeks",
        (
            Column("What"),
            Column("Left to do", is_number=True),
            Column("Even odds by"),
            Column("Eight in ten by"),
            Column("Target"),
            Column("On time", is_number=True),
        ),
        [
            (
                (
                    Value(titles.get(row["scope_id"]) or row["scope_id"] or ""),
                    Value(row["scope_kind"] or "", tone="under"),
                ),
                words.count(row["remaining_count"]),
                words.day(row["p50_date"])
                if row["p50_date"]
                else (Value(words.sentence(row["reason"] or ""), tone="quiet")),
                words.day(row["p80_date"]),
                words.day(row["target_date"]),
                words.share(row["on_time_share"]),
            )
            for row in rows
        ],
        empty="There is no forecast yet: it needs at least six full weeks of finished work.",
        limit=15,
    )
