"""The assistant that explains search results in words (team Search): fourteen days of its answers, graded by a judge model
and now and then by people. It had a bad day eight days ago. Also the models that the runs behind versions logged.
"""

from __future__ import annotations

from datetime import timedelta

from connectors.sandbox.generative import Assessment, LoggedModel, Trace
from connectors.sandbox.program import Experiment, Run
from connectors.sandbox.story.issues import Desk

ASSISTANT = "search-assistant"
DAYS = 14
BAD_DAY = 8  # days ago: a third of the answers failed and those given were slow


def assistant_experiment(desk: Desk) -> Experiment:
    """Where the assistant's answers are traced. It belongs to the model query-intent, whose words it explains."""
    tags = {
        "hub.model": "query-intent",
        "team": "Search",
        "hub.initiative": "INI-2",
        "mlflow.experimentKind": "genai_development",
    }
    return Experiment(ASSISTANT, desk.calendar.ago(days=DAYS + 2), tags)


def answers(desk: Desk) -> list[Trace]:
    """Some thirty answers a day, fewer at weekends; the newest one has not ended."""
    random, traces = desk.random, []
    for days in range(DAYS, 0, -1):
        begin = desk.calendar.ago(days=days)
        count = round(random.uniform(25, 35) * (0.4 if begin.weekday() >= 5 else 1.0))
        for index in range(count):
            at = begin + timedelta(days=1) * ((index + random.random()) / count)
            is_bad = days == BAD_DAY
            trace = Trace(
                f"{days}/{index}",
                ASSISTANT,
                "explain_results",
                at,
                round(random.lognormvariate(7.2, 0.45) * (2.5 if is_bad else 1.0)),
                is_error=random.random() < (0.33 if is_bad else 0.02),
            )
            if not trace.is_error:
                trace.assessments = _grades(desk, trace, index, is_bad=is_bad)
            traces.append(trace)
    traces[-1].duration_ms, traces[-1].is_error, traces[-1].assessments = None, False, []
    return traces


def _grades(desk: Desk, trace: Trace, index: int, *, is_bad: bool) -> list[Assessment]:
    random = desk.random
    judged = trace.started_at + timedelta(minutes=3)
    grounded = "yes" if random.random() < (0.6 if is_bad else 0.93) else "no"
    grades = [
        Assessment("groundedness", grounded, judged, "LLM_JUDGE", "judge-large"),
        Assessment("relevance", round(random.uniform(0.55, 0.99), 2), judged, "LLM_JUDGE", "judge-large"),
    ]
    if index % 9 == 0:  # a person looks at some, a day later
        reviewer = random.choice(desk.staff.teams["Search"]).email or "reviewer"
        at = trace.started_at + timedelta(days=1, hours=2)
        grades.append(Assessment("helpful", random.random() < 0.8, at, "HUMAN", reviewer))
    return grades


def logged_models(runs: list[Run]) -> list[LoggedModel]:
    """The model that each finished run behind a version logged before it was registered."""
    return [
        LoggedModel(
            f"{run.key}/model",
            run.experiment,
            run.key,
            run.ended_at,
            "gradient boosting",
            {"max_depth": run.params["max_depth"]},
            [metric for metric in run.metrics[:1] if metric[3] <= run.ended_at],
            deleted_at=run.deleted_at,
        )
        for run in runs
        if run.status == "FINISHED" and run.ended_at
    ]
