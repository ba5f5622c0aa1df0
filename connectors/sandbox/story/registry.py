"""Registered models: which runs became versions, how aliases moved, what the tags say. Told in days before now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from connectors.sandbox.program import ModelVersion, RegisteredModel, RegistryChange, Run
from connectors.sandbox.story.mlflow_cases import STORE_CALENDAR
from connectors.sandbox.story.models import (
    MODEL_PLANS,
    Laboratory,
    ModelPlan,
    drift_metrics,
    fairness_metrics,
    training_run,
)


@dataclass(frozen=True)
class VersionPlan:
    """A version trained so many days ago with this value of the objective metric. `run`: what is behind it."""

    days: float
    value: float
    run: str = "finished"  # finished, failed, deleted, none


VERSIONS: dict[str, tuple[VersionPlan, ...]] = {
    "demand-forecast": (
        VersionPlan(280, 0.29, "none"), VersionPlan(208, 0.262), VersionPlan(122, 0.241), VersionPlan(34, 0.228), VersionPlan(6, 0.224),
    ),
    "search-ranking": (VersionPlan(190, 0.402), VersionPlan(118, 0.431), VersionPlan(66, 0.452), VersionPlan(26, 0.463)),
    "query-intent": (VersionPlan(160, 0.868), VersionPlan(96, 0.0, "failed"), VersionPlan(52, 0.921)),
    "home-recommender": (
        VersionPlan(225, 0.231), VersionPlan(150, 0.268), VersionPlan(88, 0.287), VersionPlan(47, 0.301), VersionPlan(12, 0.312), VersionPlan(2, 0.316),
    ),
    "checkout-fraud": (VersionPlan(188, 0.792), VersionPlan(165, 0.823), VersionPlan(143, 0.842), VersionPlan(12, 0.801)),
    "promo-uplift": (VersionPlan(130, 0.052), VersionPlan(70, 0.068, "deleted")),
}  # fmt: skip
"""checkout-fraud: the champion, version 3, is 143 days old with a limit of 60; the challenger, version 4, is worse by 0.041."""

ALIASES: dict[str, tuple[tuple[float, str, int | None], ...]] = {
    "demand-forecast": (
        (205, "champion", 2), (118, "champion", 3), (33, "challenger", 4), (30, "champion", 4), (29.9, "challenger", None), (5, "challenger", 5),
    ),
    "search-ranking": (
        (187, "production", 1), (114, "production", 2), (62, "production", 3), (25, "challenger", 4), (23, "production", 4), (22.9, "challenger", None),
    ),
    "query-intent": ((155, "champion", 1), (49, "champion", 3)),
    "home-recommender": (
        (220, "champion", 1), (146, "champion", 2), (84, "champion", 3), (44, "champion", 4), (11, "challenger", 5), (10, "champion", 5), (1.6, "challenger", 6),
    ),
    "checkout-fraud": ((184, "champion", 1), (160, "champion", 2), (140, "champion", 3), (11, "challenger", 4)),
    "promo-uplift": ((126, "champion", 1), (67, "champion", 2)),
}  # fmt: skip

TOLERANCE = 0.01  # what a metric may lose before it counts as a regression; the sheet tab models says the same
UNFAIR = (
    ("age_65_plus", 0.74),
    ("new_customer", 0.97),
)  # of the challenger of checkout-fraud; age_18_25 was not measured
SHARING = {("demand-forecast", 4), ("demand-forecast", 5), ("promo-uplift", 2)}  # trained on the calendar of the stores
_REVIEWS = ("hub.privacy_review", "hub.security_review")


def registered_models(lab: Laboratory) -> tuple[list[RegisteredModel], list[Run]]:
    """The six registered models and the runs behind their versions."""
    registered, runs = [], []
    for plan in MODEL_PLANS:
        model, trained = _registered(lab, plan, Random(f"{plan.name}/{lab.desk.random.random()}"))
        registered.append(model)
        runs += trained
    return registered, runs


def _registered(lab: Laboratory, plan: ModelPlan, random: Random) -> tuple[RegisteredModel, list[Run]]:
    versions, runs = [], []
    for number, version in enumerate(VERSIONS[plan.name], start=1):
        run = _version_run(lab, plan, number, version, random)
        if run:
            runs.append(run)
        at = run.ended_at if run and run.ended_at else lab.desk.calendar.ago(days=version.days)
        versions.append(
            ModelVersion(
                number,
                at + timedelta(minutes=40),
                run.key if run else None,
                _version_tags(plan, number),
                _description(plan, version),
            )
        )
    champion = [number for _, alias, number in ALIASES[plan.name] if alias != "challenger"][-1]
    for run in runs:
        if run.key == f"{plan.name}/v{champion}":
            _monitor(lab, plan, run, random)
    changes: list[RegistryChange] = []
    for days, alias, pointed in ALIASES[plan.name]:
        # Two moments of one weekend may change places as they move to working hours: the order is the one told above.
        at = max([lab.desk.calendar.ago(days=days), *(one.at + timedelta(minutes=10) for one in changes[-1:])])
        changes.append(RegistryChange(at, "alias", alias, pointed))
    changes.append(
        RegistryChange(lab.desk.calendar.ago(days=21), "description", "", f"{plan.purpose}. Reviewed this quarter.")
    )
    changes.append(
        RegistryChange(
            lab.desk.calendar.ago(days=20), "tag", "hub.last_review", str(lab.desk.calendar.ago(days=20).date())
        )
    )
    return (
        RegisteredModel(
            plan.name, versions[0].created_at - timedelta(hours=1), f"{plan.purpose}.", _model_tags(plan), versions,
            sorted(changes, key=lambda change: change.at),
        ),
        runs,
    )  # fmt: skip


def _version_run(lab: Laboratory, plan: ModelPlan, number: int, version: VersionPlan, random: Random) -> Run | None:
    if version.run == "none":
        return None
    user = random.choice(lab.desk.staff.teams[plan.team][:4])
    at = lab.desk.calendar.ago(days=version.days)
    run = training_run(
        lab,
        plan,
        key=f"{plan.name}/v{number}",
        name=f"candidate {number}",
        user=user,
        started_at=at,
        value=version.value,
        random=random,
    )
    run.tags["mlflow.source.git.commit"] = lab.linked_commit_at(plan.repository, at)
    if plan.name != "checkout-fraud" or number < 4:
        run.metrics += fairness_metrics(plan, random, at + timedelta(minutes=50))
    else:
        run.metrics += [(f"fairness/{name}", value, 0, at + timedelta(minutes=50)) for name, value in UNFAIR]
    if (plan.name, number) in SHARING:
        run.datasets.append(STORE_CALENDAR)
    if version.run == "failed":
        run.status = "FAILED"
        run.metrics = [one for one in run.metrics if one[0] == "train_loss"]
    if version.run == "deleted":
        run.deleted_at = lab.desk.calendar.ago(days=31)
    return run


def _monitor(lab: Laboratory, plan: ModelPlan, run: Run, random: Random) -> None:
    """Drift is logged on the champion's run once a week, long after it ended."""
    begin = run.ended_at or run.started_at
    weeks = min(12, (lab.desk.calendar.now - begin).days // 7)
    for step in range(weeks):
        run.metrics += drift_metrics(
            plan, random, lab.desk.calendar.now - timedelta(days=7 * (weeks - 1 - step), hours=5), step
        )
    if not weeks:
        run.metrics += drift_metrics(plan, random, begin, 0)


def _model_tags(plan: ModelPlan) -> dict[str, str]:
    tags = {
        f"hub.metric.{plan.metric}": plan.direction,
        f"hub.tolerance.{plan.metric}": str(TOLERANCE),
        "hub.repository": f"lindholm-home/{plan.repository}",
        "hub.risk_tier": plan.risk_tier,
        "hub.purpose": plan.purpose,
        "hub.licence": "internal",
        "hub.model_card": f"https://wiki.lindholm-home.example/model-cards/{plan.name}",
    }
    if plan.initiative:
        tags["hub.initiative"] = plan.initiative
    if plan.owner:
        tags["hub.owner"] = plan.owner
    if plan.staleness_days:
        tags["hub.staleness_days"] = str(plan.staleness_days)
    if plan.name == "promo-uplift":
        del tags["hub.model_card"]
    return tags


def _version_tags(plan: ModelPlan, number: int) -> dict[str, str]:
    """Evidence for the release gates. checkout-fraud's privacy review failed and its challenger has no approval."""
    tags = dict.fromkeys(_REVIEWS, "passed") | {"hub.approved_by": "helena.fischer@lindholm-home.example"}
    tags["hub.bias_evaluation"] = "passed"
    if number > 1:
        tags["hub.rollback_version"] = str(number - 1)
    if plan.name == "checkout-fraud":
        tags["hub.privacy_review"] = "failed" if number >= 3 else "passed"
        if number >= 4:
            del tags["hub.approved_by"], tags["hub.bias_evaluation"]
    if plan.name == "promo-uplift":
        del tags["hub.security_review"], tags["hub.approved_by"]
    return tags


def _description(plan: ModelPlan, version: VersionPlan) -> str:
    if version.run == "none":
        return "Carried over from the planners' notebook; no run was recorded."
    return f"{plan.metric} {version.value} on the holdout weeks."
