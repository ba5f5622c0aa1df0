"""Delivery: for engineering leads: what flows, what waits, and whether it is getting better."""

from __future__ import annotations

import re
from datetime import timedelta

from reports import figures, words
from reports.document import Document, Section, Tile, Tiles, Value
from reports.marts import Marts, Row
from reports.sections import dependencies, dimension, flow, flow_pictures, forecasts, pulls, sources, trends

NAME = "delivery"
TITLE = "Delivery"
DESCRIPTION = "What flows, what waits and whether it gets better: cycle times, work in progress, sprints, pull requests, dependencies, releases, forecasts."


def compose(marts: Marts) -> Document:
    """The whole report."""
    people = marts.names()
    weeks = flow.weeks(marts)
    pull_weeks = pulls.weeks(marts)
    going = marts.rows(flow.GOING)
    sprints = marts.rows(flow.SPRINTS)
    waiting = pulls.open_ones(marts)
    ages = sources.ages(marts)
    lately = flow_pictures.recent(marts)
    names = marts.initiatives()
    colours = dimension.colours(marts, "delivery")
    sections = (
        Section("flow", "Flow by project", flow.charts_of(weeks, flow_pictures.cycle_times(marts, weeks, lately))),
        Section(
            "going",
            "Work in progress, oldest first",
            (*flow_pictures.ageing(marts, going, lately), *flow.going(marts, going, people)),
        ),
        Section("cumulative", "Where work piles up", flow_pictures.cumulative(marts, weeks, lately)),
        Section("sprints", "Sprints: said and done", flow.sprints(marts, sprints)),
        Section("pulls", "Pull requests", (*pulls.stages(marts), *pulls.charts_of(marts, pull_weeks))),
        Section("waiting", "Pull requests that wait", (pulls.waiting(marts, waiting, people),)),
        Section("dependencies", "What waits for another team", dependencies.blocks(marts, names)),
        Section("releases", "Releases", pulls.releases(marts)),
        Section("forecasts", "When it will be done", forecasts.forecasts(marts)),
    )
    return Document(
        name=NAME,
        title=TITLE,
        audience="For engineering leads",
        as_of=words.moment(marts.as_of, marts.timezone) if marts.as_of else Value("an unknown time"),
        sources=ages,
        verdict=(
            _sentence(weeks, going, pull_weeks, lately, dimension.because(colours, names)),
            sources.stale_sentence(ages),
        ),
        light=dimension.light(colours),
        sections=(
            Section("short", "In short", (_tiles(weeks, going, sprints, pull_weeks, waiting),)),
            *sections,
            sources.trust(marts, NAME),
        ),
        numbers=_numbers(weeks, going, sprints, pull_weeks, waiting),
    )


def _sentence(
    weeks: dict[str, list[Row]],
    going: list[Row],
    pull_weeks: dict[str, list[Row]],
    lately: dict[str, Row],
    because: str,
) -> str:
    """What is in progress, why the colour is what it is, and what grew worse, from what is known."""
    if not weeks and not pull_weeks:
        return "Nothing is known about delivery yet: no tracker and no repository has been read."
    stalled = figures.count(row for row in going if row["is_stalled"] is True)
    blocked = figures.count(row for row in going if row["is_blocked"] is True)
    slower = [
        name
        for name, rows in weeks.items()
        if (trends.change(flow.column(rows, "cycle_time_p50_hours")) or 0) > trends.STEADY
    ]
    fewer = [
        name
        for name, rows in weeks.items()
        if (trends.change(flow.column(rows, "finished_count")) or 0) < -trends.STEADY
    ]
    fuller = [
        name
        for name, rows in weeks.items()
        if name in lately and trends.has_grown(lately[name]["wip_count"] or 0, flow.column(rows, "wip_count"))
    ]
    said = f"{words.count(figures.count(going), 'issue is', 'issues are')} in progress, {blocked or 'none'} blocked and {stalled or 'none'} stalled."
    worse = [
        f"{what} in {words.joined(names)}"
        for what, names in (
            ("work in progress has grown", fuller),
            ("cycle time is getting longer", slower),
            ("fewer issues are finished per week", fewer),
        )
        if names
    ]
    told = words.sentence("; ".join(worse)) or "Neither work in progress nor cycle time has grown in any project."
    return " ".join(part for part in (said, because, told) if part)


def _tiles(
    weeks: dict[str, list[Row]],
    going: list[Row],
    sprints: list[Row],
    pull_weeks: dict[str, list[Row]],
    waiting: list[Row],
) -> Tiles:
    finished = _last_full(weeks, "finished_count")
    merged = _last_full(pull_weeks, "merged_count")
    oldest = max((row["age_hours"] for row in going if row["age_hours"] is not None), default=None)
    stale = figures.count(row for row in waiting if row["is_stale"])
    return Tiles(
        (
            Tile("Finished last week", Value(words.count(finished)), "issues in all projects"),
            Tile(
                "In progress",
                Value(words.count(figures.count(going))),
                f"the oldest for {words.open_for(oldest).text}" if oldest else "",
            ),
            Tile("Merged last week", Value(words.count(merged)), "pull requests in all repositories"),
            Tile(
                "Waiting for over a week",
                Value(words.count(stale)),
                f"of {words.count(figures.count(waiting), 'open pull request')}",
            ),
            _kept(sprints),
        )
    )


def _kept(sprints: list[Row]) -> Tile:
    """What was done of what the last sprint committed to; of all that ended within a day of it, from the least to the most."""
    closed = [row for row in sprints if row["say_do_share"] is not None]
    if not closed:
        return Tile("Last sprint kept", words.UNKNOWN)
    last = [row for row in closed if closed[0]["completed_at"] - row["completed_at"] < timedelta(days=1)]
    least, most = (words.share(pick(row["say_do_share"] for row in last)) for pick in (min, max))
    is_one = len(last) == 1 or least.text == most.text
    return Tile(
        "Last sprint kept" if len(last) == 1 else "Last sprints kept",
        least if is_one else Value(f"{least.text} to {most.text}", f"{least.full} to {most.full}"),
        f"of what {words.joined([row['name'] or 'it' for row in last])} committed to",
    )


def _last_full(groups: dict[str, list[Row]], name: str) -> float | None:
    """The sum over groups of the newest week that any of them knows."""
    newest = max((row["week_date"] for rows in groups.values() for row in rows), default=None)
    values = [
        row[name] for rows in groups.values() for row in rows if row["week_date"] == newest and row[name] is not None
    ]
    return sum(values) if values else None


def _numbers(
    weeks: dict[str, list[Row]],
    going: list[Row],
    sprints: list[Row],
    pull_weeks: dict[str, list[Row]],
    waiting: list[Row],
) -> dict[str, float]:
    found: dict[str, float | None] = {
        "finished_last_week": _last_full(weeks, "finished_count"),
        "merged_last_week": _last_full(pull_weeks, "merged_count"),
        "in_progress": float(len(going)),
        "blocked": float(sum(row["is_blocked"] is True for row in going)),
        "stalled": float(sum(row["is_stalled"] is True for row in going)),
        "pull_requests_open": float(len(waiting)),
        "pull_requests_waiting_over_a_week": float(sum(row["is_stale"] for row in waiting)),
        "say_do_share": next((row["say_do_share"] for row in sprints if row["say_do_share"] is not None), None),
    }
    for project, rows in list(weeks.items())[:6]:
        found[f"cycle_time_p50_days_{_slug(project)}"] = _days(rows[-1]["cycle_time_p50_hours"])
    return {name: float(value) for name, value in found.items() if value is not None}


def _slug(project: str) -> str:
    """A project's key as part of a number's name."""
    return re.sub(r"[^A-Za-z0-9]+", "_", project).strip("_")[:24] or "unnamed"


def _days(hours: float | None) -> float | None:
    return None if hours is None else hours / words.HOURS_PER_DAY
