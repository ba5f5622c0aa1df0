"""What teams do with MLflow beside training the six models: tuning with runs side by side, a job that ran twice, an idea given up."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from random import Random

from connectors.sandbox.program import Experiment, Run
from connectors.sandbox.story.issues import Desk
from connectors.sandbox.story.models import MODEL_PLANS, Laboratory, ModelPlan, digest, training_run

ABANDONED = "basket-graph"
"""An idea of team Platform on rented accelerators: nothing came of it, and nobody has gone on for four months."""

STORE_CALENDAR = ("store-calendar", digest("store-calendar"))
"""The one data set that models of two initiatives share."""

TUNING_HOURS = 9
REPEATED = (("search-ranking", 40), ("demand-forecast", 57))
"""Runs that a scheduled job did once more, a day later: same code, same data, same parameters."""


def abandoned_experiment(desk: Desk) -> Experiment:
    """Tagged with what an hour there costs; it names no model."""
    return Experiment(ABANDONED, desk.calendar.ago(days=171), {"team": "Platform", "hub.cost_per_hour": "11.5"})


def cases(lab: Laboratory, runs: list[Run]) -> list[Run]:
    """The runs to be added to those of everyday work."""
    random = Random("mlflow cases")
    return [*_tuning(lab, random), *_given_up(lab, random), *_repeated(runs)]


def _plan(name: str) -> ModelPlan:
    return next(plan for plan in MODEL_PLANS if plan.name == name)


def _tuning(lab: Laboratory, random: Random) -> list[Run]:
    """A search over parameters: one parent for nine hours, in it two rows of three runs side by side."""
    plan = _plan("demand-forecast")
    begin = lab.desk.calendar.ago(days=16)
    user = lab.desk.staff.teams[plan.team][0]

    def trained(key: str, name: str, at: datetime, value: float) -> Run:
        return training_run(lab, plan, key=key, name=name, user=user, started_at=at, value=value, random=random)

    parent = trained("tuning", f"tuning {begin:%Y-%m-%d}", begin, 0.231)
    parent.ended_at = begin + timedelta(hours=TUNING_HOURS)
    children = []
    for number in range(6):
        row, place = divmod(number, 3)
        at = begin + timedelta(hours=4 * row, minutes=5 + place)
        child = trained(f"tuning/{number}", f"trial {number}", at, 0.236 - number / 1000)
        child.parent, child.ended_at = parent.key, at + timedelta(hours=4 - place / 2)
        child.params["max_depth"] = str(4 + number)
        children.append(child)
    for run in (parent, *children):
        run.metrics = [(name, value, step, run.ended_at or at) for name, value, step, at in run.metrics]
    return [parent, *children]


def _given_up(lab: Laboratory, random: Random) -> list[Run]:
    """Eight runs within three weeks, then none."""
    plan = _plan("home-recommender")
    runs = []
    for number in range(8):
        at = lab.desk.calendar.ago(days=168 - 3 * number)
        user = lab.desk.staff.teams["Platform"][1]
        run = training_run(lab, plan, key=f"{ABANDONED}/{number}", name=f"graph {number}", user=user, started_at=at, value=0.2, random=random)  # fmt: skip
        run.experiment, run.datasets = ABANDONED, [("basket-graph", digest(ABANDONED, number))]
        runs.append(run)
    return runs


def _repeated(runs: list[Run]) -> list[Run]:
    again = []
    for model, number in REPEATED:
        first = next(
            run
            for run in runs[number:]
            if run.experiment == model
            and run.status == "FINISHED"
            and run.datasets
            and "mlflow.source.git.commit" in run.tags
        )
        run = deepcopy(first)
        later = timedelta(days=1)
        run.key, run.name, run.parent = f"{first.key}/again", f"{first.name} (scheduled)", None
        run.started_at, run.ended_at = first.started_at + later, (first.ended_at or first.started_at) + later
        run.metrics = [(name, value, step, at + later) for name, value, step, at in run.metrics]
        again.append(run)
    return again
