"""The spreadsheet's tabs about plans: roadmap, objectives, increments, models, waivers, overrides."""

from __future__ import annotations

from datetime import timedelta

from connectors.sandbox.program import Cell, Tab
from connectors.sandbox.story.initiatives import INITIATIVES, Initiative, Milestone
from connectors.sandbox.story.models import MODEL_PLANS
from connectors.sandbox.story.people import ORGANIZATION
from connectors.sandbox.story.registry import TOLERANCE
from connectors.sandbox.story.sheet import TABS, Edition, Row

TARGET_MOVED_IN = 3  # edition in which the targets that moved were moved


def roadmap(edition: Edition) -> Tab:
    """One row per milestone; the initiative's own columns stand in each of its rows."""
    rows: list[Row] = [
        [
            "Initiative ID", "Initiative", "Milestone ID", "Milestone", "Start", "Baseline", "Target", "Done", "Sponsor", "Owner",
            "Objective ID", "Business value", "Time criticality", "Risk reduction", "Job size", "Jira mapping", "Repositories", "Comment",
        ]
    ]  # fmt: skip
    for plan in INITIATIVES:
        rows += [_milestone(edition, plan, milestone) for milestone in plan.milestones]
    rows += [[], ["Dates are agreed in the monthly roadmap meeting; moves need the sponsor's word."]]
    return Tab(TABS["roadmap"], 104, rows)


def _milestone(edition: Edition, plan: Initiative, milestone: Milestone) -> Row:
    moved = milestone.first_target is not None and edition.number >= TARGET_MOVED_IN
    months = milestone.target if moved or milestone.first_target is None else milestone.first_target
    target = edition.day(milestone.target_in_days) if milestone.target_in_days else edition.day_of(plan, months)
    done = edition.day_of(plan, milestone.done) if milestone.done is not None else None
    owner = edition.staff.named(plan.owner)
    return [
        plan.id, plan.name, milestone.id, milestone.name, edition.day_of(plan, 0.05), edition.day_of(plan, milestone.baseline), target,
        done, plan.sponsor, owner.email, plan.objective, *plan.wsjf, _mapping(edition, plan, milestone),
        f"{ORGANIZATION}/{plan.repository}", "moved after the October review" if moved else None,
    ]  # fmt: skip


def _mapping(edition: Edition, plan: Initiative, milestone: Milestone) -> str:
    """The Jira mapping with the epics' keys in place of their numbers."""
    parts = []
    for part in milestone.mapping.split(", "):
        kind, name = part.split(":", 1)
        parts.append(f"epic:{edition.epic_keys[plan.id][int(name) - 1]}" if kind == "epic" else part)
    return ", ".join(parts)


def objectives(edition: Edition) -> Tab:
    """Objectives with key results; one current value is an error of a formula, two come from a metric, one from a mart, one from nowhere."""
    week = edition.number
    rows: list[Row] = [
        ["Objective ID", "Objective", "Key result", "Baseline", "Target", "Current", "Source"],
        [
            "O1",
            "Shelves are full and stores are not",
            "Stock-outs per store and week",
            14.2,
            9,
            round(12.4 - 0.15 * week, 2),
            None,
        ],
        [
            "O1",
            "Shelves are full and stores are not",
            "Forecast error (wape)",
            0.34,
            0.21,
            None,
            "metric:demand-forecast/wape",
        ],
        [
            "O2",
            "People find what suits their home",
            "Searches without result",
            "9.1%",
            "5%",
            f"{7.2 - 0.1 * week:.1f}%",
            None,
        ],
        [
            "O2",
            "People find what suits their home",
            "Recommendation recall at 20",
            0.21,
            0.31,
            None,
            "metric:home-recommender/recall_at_20",
        ],
        [
            "O3",
            "Less fraud without more friction",
            "Chargebacks per 10,000 orders",
            31,
            18,
            "#N/A" if week >= 5 else 27.5,
            None,
        ],
        ["O3", "Less fraud without more friction", "Orders held wrongly", "2.4%", "1.0%", "2.1%", None],
        [
            "O3",
            "Less fraud without more friction",
            "Checkout work done",
            0,
            1,
            None,
            "mart:initiatives/INI-4/done_share",
        ],
        [
            "O3",
            "Less fraud without more friction",
            "Review time per order",
            4.2,
            3,
            None,
            "mart:fraud_desk/review_minutes",
        ],
    ]
    rows += [[], ["Current values are typed by the owners on Fridays."]]
    return Tab(TABS["objectives"], 107, rows)


def increments(edition: Edition) -> Tab:
    """Program increments of a quarter by team, with planned and delivered business value."""
    random = edition.random("increments")
    rows: list[Row] = [["Increment", "Start", "End", "Team", "Planned value", "Actual value"]]
    for quarter in range(-4, 1):
        start = edition.calendar.month(3 * quarter - 1)
        end = edition.calendar.month(3 * quarter + 2) - timedelta(days=1)
        for team in edition.staff.teams:
            planned = random.choice((40, 45, 50, 55))
            share = random.uniform(0.72, 0.98)
            actual: Cell = round(planned * share) if quarter < 0 else None
            rows.append([f"PI {start:%Y-%m}", start, end, team, planned, actual])
    return Tab(TABS["increments"], 112, rows)


def models(edition: Edition) -> Tab:
    """Models with owner, objective metric, direction, target, tolerance and limits; promo-uplift has no owner."""
    targets = {"wape": 0.22, "ndcg_at_10": 0.46, "accuracy": 0.92, "recall_at_20": 0.31, "pr_auc": 0.85, "qini": 0.08}
    rows: list[Row] = [
        [
            "Model", "Initiative", "Owner", "Objective metric", "Direction", "Target", "Tolerance", "Staleness days", "Purpose",
            "Risk tier", "Next review",
        ]
    ]  # fmt: skip
    for index, plan in enumerate(MODEL_PLANS):
        review = edition.day(-12 if plan.name == "checkout-fraud" else 45 + 20 * index)
        rows.append(
            [
                plan.name, plan.initiative, plan.owner, plan.metric, plan.direction, targets[plan.metric], TOLERANCE, plan.staleness_days,
                plan.purpose, plan.risk_tier, review,
            ]
        )  # fmt: skip
    return Tab(TABS["models"], 109, rows)


def waivers(edition: Edition) -> Tab:
    """One waiver that ran out nine days ago, one that stands."""
    return Tab(
        TABS["waivers"],
        110,
        [
            ["Model", "Gate", "Reason", "Until", "Approved by"],
            [
                "checkout-fraud",
                "privacy_review",
                "Review board meets after the pilot",
                edition.day(-9),
                "Chief Financial Officer",
            ],
            [
                "promo-uplift",
                "security_review",
                "Runs offline on aggregated data only",
                edition.day(62),
                "Katrin Weber",
            ],
        ],
    )


def overrides(edition: Edition) -> Tab:
    """One override that ran out three weeks ago, one that stands."""
    return Tab(
        TABS["overrides"],
        111,
        [
            ["Initiative", "Dimension", "Status", "Reason", "Until"],
            ["INI-1", "schedule", "amber", "Two developers join in autumn and close the gap", edition.day(-21)],
            [
                "INI-2",
                "budget",
                "amber",
                "The vendor's higher price is before the committee; a new baseline follows its decision",
                edition.day(38),
            ],
        ],
    )
