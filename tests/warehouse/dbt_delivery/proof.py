"""The DORA figures as a reader works them out from the rows of dora_evidence, in plain Python. No SQL of ours is asked."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from statistics import median

FIGURES = (
    "deployment_count",
    "deployment_days",
    "deployment_frequency_per_week",
    "lead_time_for_changes_p50_hours",
    "change_count",
    "change_failure_share",
    "judged_count",
    "recovery_p50_hours",
    "recovered_count",
)
TODAY = date(2026, 3, 31)


def figures_of(warehouse):
    """The figures of dora_monthly by scope and month."""
    rows = warehouse.rows(f"select scope_kind, scope_id, month_date, {', '.join(FIGURES)} from marts.dora_monthly")
    return {row[:3]: dict(zip(FIGURES, map(rounded, row[3:]), strict=True)) for row in rows}


def rounded(value):
    """Numbers without the noise of floating point."""
    return None if value is None else round(value, 6)


def mondays(month, today):
    """The Mondays in a month whose weeks are over."""
    days = [month + timedelta(days=number) for number in range(31)]
    return [day for day in days if day.month == month.month and day.weekday() == 0 and day + timedelta(days=7) <= today]


def proved(warehouse, today=TODAY, timezone="Europe/Berlin"):
    """The figures as a reader works them out from dora_evidence, with nothing but the definitions of METRICS.md."""
    steps, deployed_on = defaultdict(list), defaultdict(set)
    for kind, scope, month, metric, day, hours, incident in warehouse.rows(
        f"""select scope_kind, scope_id, month_date, metric, cast(to_at at time zone 'UTC' at time zone '{timezone}' as date),
        hours, incident_id from marts.dora_evidence where is_counted"""
    ):
        steps[kind, scope, month, metric].append((day, hours, incident))
        if metric == "deployment_frequency":
            deployed_on[kind, scope].add(day)
    found = {}
    for kind, scope, month in figures_of(warehouse):
        deployments, changes, judged, recoveries = (
            steps[kind, scope, month, metric]
            for metric in ("deployment_frequency", "lead_time_for_changes", "change_failure", "recovery")
        )
        weekly = [
            sum(monday <= day < monday + timedelta(days=7) for day in deployed_on[kind, scope])
            for monday in mondays(month, today)
        ]
        values = (
            len(deployments),
            len({day for day, *_ in deployments}),
            median(weekly) if weekly else None,
            median(hours for _, hours, _ in changes) if changes else None,
            len(changes),
            sum(incident is not None for *_, incident in judged) / len(judged) if judged else None,
            len(judged),
            median(hours for _, hours, _ in recoveries) if recoveries else None,
            len(recoveries),
        )
        found[kind, scope, month] = dict(zip(FIGURES, map(rounded, values), strict=True))
    return found
