"""Experiments as parts of a report: each objective metric over the weeks, what experiments cost and brought, the way to production."""

from __future__ import annotations

from datetime import date, timedelta
from math import floor
from statistics import median

from reports import figures, words
from reports.document import Block, Cell, Chart, Charts, Column, Spark, Table, Value, note
from reports.drawing import charts
from reports.marts import Marts, Row

WEEKS = 26
MOST_CHARTS = 12

WEEKLY = """
    select experiment_id, week_date, model_id, run_count, objective_metric, best_value, best_so_far_value
    from marts.experiments_weekly
    order by experiment_id, week_date
"""
EXPERIMENTS = """
    select experiment_id, name, run_count, success_share, run_without_commit_count, duplicate_run_count, duplicate_hours,
        compute_hours, compute_cost_amount, version_count, quiet_days, is_abandoned
    from marts.experiments
    where run_count > 0
    order by compute_hours desc nulls last, experiment_id
"""
LEAD_TIMES = """
    select model_id, version, first_run_at, registered_at, champion_at, run_to_registration_hours,
        registration_to_champion_hours, idea_to_production_hours
    from marts.model_lead_times
    order by registered_at desc nulls last, model_id
"""
TARGETS = """
    select model_id, metric, target_value, direction
    from marts.model_metrics
    where is_objective and target_value is not null
    order by model_version_id
"""
"""Said of a metric of a model: the same for all its versions."""
OLD_WEEKS = 4
"""After so many weeks without a run a title says so."""


def trends(marts: Marts, names: dict[str, str]) -> tuple[Block, ...]:
    """Per model the objective metric of its runs week by week, the best so far, and the target."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in marts.rows(WEEKLY):
        if row["objective_metric"] and row["model_id"]:
            groups.setdefault((row["model_id"], row["experiment_id"]), []).append(row)
    goals = {(row["model_id"], row["metric"]): row for row in marts.rows(TARGETS)}
    drawn = [
        _trend(
            names.get(model, model),
            rows[-WEEKS:],
            goals.get((model, rows[-1]["objective_metric"])),
            marts.today,
        )
        for (model, _), rows in sorted(groups.items(), key=lambda pair: (names.get(pair[0][0], pair[0][0]), pair[0]))
        if any(row["best_so_far_value"] is not None for row in rows)
    ]
    if not drawn:
        return (note("No experiment has an objective metric and a direction: name both in the models tab."),)
    return (
        note("The strong line is the best value any run had reached by then, the pale one the best of each week, the dotted one the target."),
        Charts(tuple(drawn[:MOST_CHARTS])),
    )  # fmt: skip


def _trend(model: str, rows: list[Row], goal: Row | None, today: date | None) -> Chart:
    metric = rows[-1]["objective_metric"]
    weeks: list[date] = [rows[0]["week_date"] + timedelta(weeks=number) for number in range((rows[-1]["week_date"] - rows[0]["week_date"]).days // 7 + 1)]  # fmt: skip
    by_week = {row["week_date"]: row for row in rows}
    best: list[float | None] = []
    for week in weeks:
        row = by_week.get(week)
        best.append(row["best_so_far_value"] if row else best[-1] if best else None)
    of_week = [by_week[week]["best_value"] if week in by_week else None for week in weeks]
    title = f"{model}: best {metric} so far {_told(best, goal)}{_since(weeks, best, today)}"
    return Chart(
        title,
        f"{metric}, best of the runs by week",
        title,
        charts.over_time(
            weeks,
            (charts.Series("of the week", of_week, "soft"), charts.Series("best so far", best, "accent")),
            say=lambda value: f"{value:.3g}",
            salt=f"objective {model}",
            limit=goal["target_value"] if goal else None,
            is_from_zero=False,
        ),
        Table(
            f"{metric} of {model} by week",
            (Column("Week of"), Column("Runs", is_number=True), Column("Best of the week", is_number=True), Column("Best so far", is_number=True)),
            [
                (words.day(week), words.count(by_week[week]["run_count"] if week in by_week else figures.count(())), words.number(one, 3), words.number(so_far, 3))
                for week, one, so_far in zip(weeks, of_week, best, strict=True)
            ],
            empty="No weeks.",
            layout="scroll",
            limit=WEEKS,
        ),
    )  # fmt: skip


def _told(best: list[float | None], goal: Row | None) -> str:
    """The best value and whether it reaches the target."""
    now = next(value for value in reversed(best) if value is not None)
    said = words.number(now, 3).text
    if goal is None:
        return said
    target, direction = goal["target_value"], goal["direction"]
    aim = words.number(target, 3).text
    if direction is None:
        return f"{said}, the target is {aim}"
    left = target - now if direction > 0 else now - target
    if left <= 0:
        return f"{said}, target {aim} reached"
    return f"{said}, {words.number(left, 3).text if left >= 0.0005 else 'a trifle'} short of the target {aim}"


def _since(weeks: list[date], best: list[float | None], today: date | None) -> str:
    """For how long the best has stood until today, and since when nothing has run."""
    if today is None:
        return ""
    since = next((ago for ago, value in enumerate(reversed(best)) if value != best[-1]), len(best))
    lasting = floor(figures.days_between(weeks[-since], today) / 7)
    said = f"; unchanged for {words.count(lasting, 'week')}" if lasting > 1 else ""
    if (today - weeks[-1]).days >= 7 * OLD_WEEKS:
        said += f", no run since the week of {words.day(weeks[-1]).text}"
    return said


def table(marts: Marts) -> Table:
    """What each experiment took and brought; those that were given up say so."""
    curves: dict[str, list[float | None]] = {}
    for row in marts.rows(WEEKLY):
        curves.setdefault(row["experiment_id"], []).append(row["best_so_far_value"])
    shown: list[tuple[Cell, ...]] = []
    for row in marts.rows(EXPERIMENTS):
        curve = curves.get(row["experiment_id"], [])[-WEEKS:]
        shown.append(
            (
                (Value(row["name"] or row["experiment_id"]), *_state(row)),
                words.count(row["run_count"]),
                words.share(row["success_share"]),
                words.count(round(row["compute_hours"]), "hour") if row["compute_hours"] is not None else words.UNKNOWN,
                words.amount(row["compute_cost_amount"], marts.currency),
                _repeated(row),
                words.count(row["run_without_commit_count"]),
                words.count(row["version_count"]),
                Spark(tuple(curve), "Best value so far by week") if any(value is not None for value in curve) else words.UNKNOWN,
            )
        )  # fmt: skip
    return Table(
        "Experiments, the costliest first",
        (
            Column("Experiment"),
            Column("Runs", is_number=True),
            Column("Succeeded", is_number=True, explain="Finished runs of those that ended"),
            Column("Compute", is_number=True, explain="Hours of its runs; what nested runs share counts once"),
            Column("Cost", is_number=True, explain="Hours times the rate of the experiment or of the settings"),
            Column("Repeated", is_number=True, explain="Runs with the code, data and parameters of an earlier one"),
            Column("No commit", is_number=True, explain="Runs that logged no git commit", is_page_only=True),
            Column("Versions", is_number=True, explain="Model versions that came of it", is_page_only=True),
            Column("Best so far", is_page_only=True),
        ),
        shown,
        empty="No run is known.",
        limit=20,
        is_caption_shown=True,
    )


def _state(row: Row) -> tuple[Value, ...]:
    if not row["is_abandoned"]:
        return ()
    return (Value(f"given up: quiet for {words.days_old(row['quiet_days'])}, no version came of it", tone="under"),)


def _repeated(row: Row) -> Value:
    if not row["duplicate_run_count"]:
        return Value("none", tone="quiet")
    hours = "" if row["duplicate_hours"] is None else f" · {words.span(row['duplicate_hours']).text}"
    return Value(f"{words.count(row['duplicate_run_count'])}{hours}")


def to_production(marts: Marts, names: dict[str, str]) -> tuple[Block, ...]:
    """From the first run of the search for a version, through registration, to champion."""
    rows = marts.rows(LEAD_TIMES)
    known = [row for row in rows if row["idea_to_production_hours"] is not None]
    shown: list[tuple[Cell, ...]] = [
        (
            (Value(names.get(row["model_id"]) or row["model_id"]), Value(f" v{row['version']}", tone="quiet")),
            marts.day(row["first_run_at"]),
            words.span(row["run_to_registration_hours"]),
            words.span(row["registration_to_champion_hours"]),
            words.span(row["idea_to_production_hours"]),
        )
        for row in rows
        if row["champion_at"] is not None
    ]
    table = Table(
        "Versions that became champion while the hub watched",
        (
            Column("Version"),
            Column("First run"),
            Column("To registration", is_number=True, explain="From the first run after the version before it was registered"),
            Column("To champion", is_number=True, explain="From registration to the sync that showed it as champion"),
            Column("In all", is_number=True),
        ),
        shown,
        empty="No version has become champion since the hub first looked at the registry.",
        limit=10,
        is_caption_shown=True,
    )  # fmt: skip
    if not known:
        return (table,)
    half = median(row["idea_to_production_hours"] for row in known)
    if len(known) == 1:
        return (note(f"The one version known took {words.span(half).text} from the first run to champion."), table)
    within = figures.count(row for row in known if row["idea_to_production_hours"] <= half)
    said = f"{within} of {words.count(figures.count(known), 'version')} took at most {words.span(half).text} from the first run to champion."
    return (note(said), table)
