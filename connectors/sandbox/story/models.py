"""Experiments and runs of the six models. Which runs became versions, and what happened to those, is in registry.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import inf, nan
from random import Random
from typing import Literal

from connectors.sandbox.program import Experiment, Person, PullRequest, Repository, Run
from connectors.sandbox.story.deployments import merges
from connectors.sandbox.story.issues import Desk


@dataclass(frozen=True)
class ModelPlan:
    """A registered model, its experiment and how its runs turn out."""

    name: str
    initiative: str | None
    team: str
    owner: str | None
    repository: str
    purpose: str
    metric: str
    direction: str  # "higher" or "lower" is better
    worst: float  # value of the first runs
    best: float  # value of the latest runs
    staleness_days: int | None
    features: tuple[str, ...]
    drifting: int  # how many of the features drift
    first_month: float
    run_count: int
    failed_share: float  # of the runs of the last 40 days
    risk_tier: str
    quiet_days: float = 1.0  # no runs since then


MODEL_PLANS = (
    ModelPlan(
        "demand-forecast", "INI-1", "Forecasting", "tomasz.wrona@lindholm-home.example", "demand-forecast",
        "Weekly demand per store and article, four weeks ahead", "wape", "lower", 0.34, 0.226, 60,
        ("price", "promotion", "temperature", "stock_cover", "store_age"), 0, -9.8, 92, 0.06, "medium",
    ),
    ModelPlan(
        "search-ranking", "INI-2", "Search", "emeka.obi@lindholm-home.example", "search-ranking",
        "Order of products for a search", "ndcg_at_10", "higher", 0.39, 0.468, 90,
        ("popularity", "price", "text_match", "position"), 0, -7.6, 74, 0.07, "low",
    ),
    ModelPlan(
        "query-intent", "INI-2", "Search", "sofia.marques@lindholm-home.example", "search-ranking",
        "Furniture type and size a customer asks for", "accuracy", "higher", 0.81, 0.93, 120,
        ("query_length", "language"), 0, -6.5, 46, 0.08, "low",
    ),
    ModelPlan(
        "home-recommender", "INI-3", "Platform", "yuki.tanaka@lindholm-home.example", "recommender",
        "Products on the home page and in the basket", "recall_at_20", "higher", 0.21, 0.318, 45,
        ("view_count", "co_purchase", "season", "price"), 0, -8.7, 82, 0.0, "low",
    ),
    ModelPlan(
        "checkout-fraud", "INI-4", "Fraud", "nadia.haddad@lindholm-home.example", "fraud-scoring",
        "Probability that an order will be charged back", "pr_auc", "higher", 0.71, 0.842, 60,
        ("velocity_1h", "address_distance", "basket_value", "account_age", "payment_kind"), 3, -6.8, 78, 0.42, "high",
    ),
    ModelPlan(
        "promo-uplift", None, "Forecasting", None, "demand-forecast",
        "Extra sales a promotion brings", "qini", "higher", 0.04, 0.071, None,
        ("discount", "season"), 0, -7.0, 32, 0.15, "medium", 63.0,
    ),
)  # fmt: skip

_SECONDARY = {
    "wape": "bias",
    "ndcg_at_10": "mrr",
    "accuracy": "f1",
    "recall_at_20": "coverage",
    "pr_auc": "recall_at_1pct",
    "qini": "auuc",
}
_SLICES = {
    "checkout-fraud": ("age_18_25", "age_65_plus", "new_customer"),
    "home-recommender": ("region_eu_north", "new_customer"),
}


@dataclass
class Laboratory:
    """What a run needs to be written: the desk and what was merged when."""

    desk: Desk
    repositories: dict[str, Repository]
    requests: list[PullRequest]

    def commit_at(self, repository: str, at: datetime) -> str:
        """The head of a repository's main branch at a moment."""
        head = [
            one for one in merges(self.requests, self.repositories[repository]) if one.merged_at and one.merged_at < at
        ]
        return str(head[-1].merge_sha) if head else "0" * 40

    def linked_commit_at(self, repository: str, at: datetime) -> str:
        """The newest merge at a moment whose title names an issue; the head if none does."""
        head = [
            one for one in merges(self.requests, self.repositories[repository]) if one.merged_at and one.merged_at < at
        ]
        named = [one for one in head if re.match(r"\[?(DEM|CUS|PLT)-\d", one.title)]
        return str(named[-1].merge_sha) if named else self.commit_at(repository, at)


def experiments(desk: Desk) -> list[Experiment]:
    """One experiment per model, named like it."""
    return [
        Experiment(
            plan.name,
            desk.calendar.month_at(plan.first_month),
            {"hub.model": plan.name, "team": plan.team}
            | ({"hub.initiative": plan.initiative} if plan.initiative else {}),
        )
        for plan in MODEL_PLANS
    ]


def digest(*parts: object) -> str:
    """An eight-digit data digest, always the same for the same words."""
    return sha256("/".join(map(str, parts)).encode()).hexdigest()[:8]


def objective_value(plan: ModelPlan, share: float) -> float:
    """The objective metric when `share` of the way from first to latest has been gone."""
    return round(plan.worst + (plan.best - plan.worst) * float(share**0.6), 4)


def training_run(
    lab: Laboratory,
    plan: ModelPlan,
    *,
    key: str,
    name: str,
    user: Person,
    started_at: datetime,
    value: float,
    random: Random,
) -> Run:
    """A finished run with parameters, metrics, data digest, commit and environment."""
    ended = started_at + timedelta(hours=random.lognormvariate(0.9, 0.6))
    logged = started_at + (ended - started_at) * 0.95
    metrics = [
        (plan.metric, value, 0, logged),
        (_SECONDARY[plan.metric], round(value * random.uniform(0.85, 0.95), 4), 0, logged),
    ]
    metrics += [
        (
            "train_loss",
            round(1.2 * 0.7**step + random.random() * 0.02, 4),
            step,
            started_at + (ended - started_at) * (step + 1) / 8,
        )
        for step in range(6)
    ]
    week = (started_at - timedelta(days=started_at.weekday())).date()
    return Run(
        key, plan.name, name, user, started_at, ended, "FINISHED",
        params={
            "learning_rate": str(random.choice((0.01, 0.03, 0.05, 0.1))),
            "max_depth": str(random.choice((6, 8, 10))),
            "training_weeks": str(random.choice((52, 78, 104))),
            "seed": "7",
        },
        metrics=metrics,
        tags={
            "mlflow.user": str(user.mlflow_user),
            "mlflow.source.name": f"{plan.repository}/train.py",
            "mlflow.source.type": "JOB",
            "mlflow.source.git.commit": lab.commit_at(plan.repository, started_at),
            "mlflow.source.git.repoURL": f"https://github.example/lindholm-home/{plan.repository}",
            "mlflow.docker.image.name": f"registry.lindholm-home.example/{plan.repository}",
            "mlflow.docker.image.id": f"sha256:{digest(plan.repository, week)}",
            "hub.environment": f"{plan.repository}:{week}",
        },
        datasets=[(f"{plan.name}-training", digest(plan.name, week)), (f"{plan.name}-holdout", digest(plan.name, "holdout"))],
    )  # fmt: skip


def daily_runs(lab: Laboratory) -> list[Run]:
    """The many runs that lead nowhere in particular: sweeps with children, failures, interrupted and unfinished ones."""
    runs: list[Run] = []
    for plan in MODEL_PLANS:
        random = Random(f"{lab.desk.random.random()}/{plan.name}")
        begin = lab.desk.calendar.month_at(plan.first_month) + timedelta(days=2)
        span = lab.desk.calendar.now - timedelta(days=plan.quiet_days) - begin
        parent: Run | None = None
        for index in range(plan.run_count):
            at = lab.desk.calendar.draw(
                random, begin + span * (index / plan.run_count), begin + span * ((index + 1) / plan.run_count)
            )
            user = random.choice(lab.desk.staff.teams[plan.team])
            value = round(objective_value(plan, (index + 1) / plan.run_count) * random.uniform(0.94, 1.03), 4)
            run = training_run(
                lab,
                plan,
                key=f"{plan.name}/{index:03d}",
                name=f"{plan.name} {at:%m-%d} #{index}",
                user=user,
                started_at=at,
                value=value,
                random=random,
            )
            if index % 12 == 4:
                run.name, parent = f"sweep {at:%Y-%m-%d}", run
            elif parent and index % 12 in (5, 6, 7):
                run.parent, run.user = parent.key, parent.user
                run.tags["mlflow.user"] = str(parent.user.mlflow_user)
            _misfortune(lab.desk, plan, run, index, random)
            runs.append(run)
    _unusual(lab.desk, runs)
    return runs


def _misfortune(desk: Desk, plan: ModelPlan, run: Run, index: int, random: Random) -> None:
    """Some runs fail or are killed; a few have no commit because somebody ran a notebook."""
    is_recent = run.started_at > desk.calendar.now - timedelta(days=40)
    luck = random.random()
    if (index * 7 % 20 < plan.failed_share * 20) if is_recent else luck < 0.1:
        run.status = "FAILED"
        run.metrics = run.metrics[2:4]
    elif luck > 0.97 and not is_recent:
        run.status = "KILLED"
        run.metrics = []
    elif luck > 0.92 and plan.initiative != "INI-3":
        del run.tags["mlflow.source.git.commit"]
        run.tags |= {"mlflow.source.name": "exploration.ipynb", "mlflow.source.type": "NOTEBOOK"}
        run.datasets = []


def _unusual(desk: Desk, runs: list[Run]) -> None:
    """Metrics that are not numbers, runs that never ended, runs without metrics, deleted runs."""
    now = desk.calendar.now
    by_model = {plan.name: [one for one in runs if one.experiment == plan.name] for plan in MODEL_PLANS}
    forecast, ranking = by_model["demand-forecast"], by_model["search-ranking"]
    fraud, uplift = by_model["checkout-fraud"], by_model["promo-uplift"]
    last = forecast[20]
    last.metrics.append(("wape", nan, 1, last.started_at + timedelta(minutes=30)))
    uplift[9].metrics = [("qini", inf, 0, uplift[9].started_at + timedelta(minutes=20))]
    uplift[10].metrics = [("qini", -inf, 0, uplift[10].started_at + timedelta(minutes=20))]
    for scheduled in forecast[6::11]:
        if scheduled.parent is None:
            scheduled.tags["mlflow.user"] = "svc-training"  # a service account: whoever started it is not known
    for empty in (forecast[30], ranking[12], fraud[8]):
        empty.metrics = []
    for running, hours in ((forecast[-1], 3.0), (ranking[-1], 7.0), (fraud[-2], 216.0)):
        _begun(running, now - timedelta(hours=hours), "RUNNING")
        running.metrics = [("train_loss", 0.61, 0, now - timedelta(hours=hours * 0.8))]
    _begun(fraud[-1], now - timedelta(hours=2), "SCHEDULED")
    fraud[-1].metrics = []
    for gone in (forecast[11], ranking[5], fraud[15]):
        gone.deleted_at = now - timedelta(days=33)
    uplift[3].deleted_at = now - timedelta(days=4)


def _begun(run: Run, at: datetime, status: Literal["RUNNING", "SCHEDULED"]) -> None:
    """The run has not ended, and began then, as its name says."""
    for form in ("%Y-%m-%d", "%m-%d"):
        run.name = run.name.replace(f"{run.started_at:{form}}", f"{at:{form}}")
    run.started_at, run.ended_at, run.status = at, None, status


def fairness_metrics(plan: ModelPlan, random: Random, at: datetime) -> list[tuple[str, float, int, datetime]]:
    """Ratios to the whole population per slice, as the bias evaluation logs them."""
    return [
        (f"fairness/{name}", round(random.uniform(0.91, 1.06), 3), 0, at)
        for name in _SLICES.get(plan.name, ("market_small",))
    ]


def drift_metrics(plan: ModelPlan, random: Random, at: datetime, step: int) -> list[tuple[str, float, int, datetime]]:
    """Population stability index per feature: above 0.25 for those that drift, below 0.1 for the others."""
    return [
        (
            f"drift/{name}",
            round(random.uniform(0.27, 0.44) if index < plan.drifting else random.uniform(0.01, 0.08), 3),
            step,
            at,
        )
        for index, name in enumerate(plan.features)
    ]
