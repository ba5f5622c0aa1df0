"""What has been earned and spent: the sheet's actuals are derived from what the issues really earned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from connectors.sandbox.program import Issue
from connectors.sandbox.story.initiatives import Initiative
from connectors.sandbox.story.moments import Calendar

NOTHING_DELIVERED = {"Won't Do", "Duplicate"}


def percent_complete(issues: Iterable[Issue], at: datetime) -> float:
    """Done points over all points at a moment; deleted issues and those that deliver nothing are left out."""
    scope = done = 0.0
    for issue in issues:
        if issue.created_at > at or (issue.deleted_at and issue.deleted_at <= at):
            continue
        if issue.value("resolution", at) in NOTHING_DELIVERED:
            continue
        points = float(issue.value("points", at) or 0)
        scope += points
        done += points if issue.value("status", at) == "Done" else 0.0
    return done / scope if scope else 0.0


@dataclass(frozen=True)
class Money:
    """An initiative's planned and actual cost by month from its start; actuals end with the last closed month."""

    planned: list[float]
    actual: list[float]


def money(calendar: Calendar, plan: Initiative, issues: list[Issue]) -> Money:
    """The plan's shares of the budget, and actuals that make CPI the told one at the last closed month."""
    shares = [plan.planned_share(month) for month in range(plan.duration + 1)]
    planned = [plan.budget * (after - before) for before, after in pairwise(shares)]
    earned = plan.budget * percent_complete(issues, calendar.month_at(0))
    shape = [plan.progress_share(month) / plan.cost_ratio_after(month) for month in range(plan.closed_months + 1)]
    total = earned / plan.cost_ratio
    spent = [total * value / shape[-1] for value in shape]
    return Money(planned, [after - before for before, after in pairwise(spent)])
