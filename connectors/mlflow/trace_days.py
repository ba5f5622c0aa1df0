"""Traces of generative applications, only as figures per experiment and day: never a trace, never a word of one.

The figures are made here and not in SQL, so that requests and responses of people never leave the server's answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import floor, isfinite
from statistics import fmean
from typing import Any

from connectors.mlflow.client import TRACES, RefusedError, TrackingClient, pages
from connectors.mlflow.runs import EXPERIMENTS_A_SEARCH, OVERLAP, milliseconds, wanted_experiments
from connectors.stream import Cursor, Page, Record

LOOK_BACK = timedelta(days=7)
"""People assess answers days later: once a day, the days of the last week are counted again."""

DAYS_A_PAGE = 500  # records that land together


def trace_days(client: TrackingClient, cursor: Cursor | None) -> Iterator[Page]:
    """One record per experiment and UTC day that has traces: how many, how many failed, latency, means of assessments.

    Without a cursor all days, oldest first, with a cursor to resume from; with one the newest day counted so far and
    those after it, and those of a week at the first read of a day. Days whose traces the server has dropped stay as they
    were counted. A server without traces (before MLflow 3) brings nothing.
    """
    ids, began = wanted_experiments(client, "trace_days")
    state = _begin(cursor, began)
    left = [one for one in ids if one not in set(state["experiments"])]
    groups = [left[first : first + EXPERIMENTS_A_SEARCH] for first in range(0, len(left), EXPERIMENTS_A_SEARCH)]
    for group in groups:
        try:
            for records, next_day in _counted(client, group, state["day"]):
                state = state | {"newest": max([state["newest"], *(record["day"] for record in records)])}
                if next_day is None:
                    state |= {"experiments": [*state["experiments"], *group], "day": state["first_day"]}
                else:
                    state |= {"day": next_day}
                is_end = next_day is None and group is groups[-1]
                yield Page(records, _end(state) if is_end else {"resume": state})
        except RefusedError as error:
            if not error.is_not_offered:
                raise
            return


def _begin(cursor: Cursor | None, began: datetime) -> Cursor:
    """Where a read stands: experiments done, the day to go on from, the first day ("": of all) and the newest one seen."""
    if cursor and "resume" in cursor:
        resumed: Cursor = cursor["resume"]
        return resumed
    since = cursor["since"] if cursor else ""
    is_new_day = cursor is not None and cursor["looked_back_on"] != _day(began)
    first_day = min(since, _day(began - LOOK_BACK)) if is_new_day else since
    clock = {"today": _day(began), "latest_since": _day(began - OVERLAP)}
    return {"experiments": [], "day": first_day, "first_day": first_day, "newest": since, **clock}


def _end(state: Cursor) -> Cursor:
    # Of the clock and the newest trace the earlier one: traces may be handed in late, or by a clock that is behind.
    return {"since": min(state["newest"], state["latest_since"]), "looked_back_on": state["today"]}


@dataclass(slots=True)
class _Day:
    """What is counted of one experiment's traces of one day. The latencies are all that is kept of each."""

    count: int = 0
    error_count: int = 0
    unfinished_count: int = 0
    latencies: list[float] = field(default_factory=list)
    scores: dict[str, list[float]] = field(default_factory=dict)
    unscored_counts: dict[str, int] = field(default_factory=dict)

    def add(self, trace: Record) -> None:
        self.count += 1
        state = trace.get("state")
        self.error_count += state == "ERROR"
        self.unfinished_count += state == "IN_PROGRESS"
        if (latency := _milliseconds_of(trace.get("execution_duration"))) is not None:
            self.latencies.append(latency)
        assessments = trace.get("assessments")
        for assessment in assessments if isinstance(assessments, list) else []:
            # Expectations say what would be right, not how good it was; invalid ones were replaced by others.
            if not isinstance(assessment.get("feedback"), dict) or not assessment.get("valid", True):
                continue
            name = str(assessment.get("assessment_name", ""))
            score = _score(assessment["feedback"].get("value"))
            if score is None:
                self.unscored_counts[name] = self.unscored_counts.get(name, 0) + 1
            else:
                self.scores.setdefault(name, []).append(score)

    def record(self, experiment_id: str, day: str) -> Record:
        self.latencies.sort()
        names = sorted(self.scores.keys() | self.unscored_counts.keys())
        return {
            "experiment_id": experiment_id,
            "day": day,
            "trace_count": self.count,
            "error_count": self.error_count,
            "unfinished_count": self.unfinished_count,
            "latency_count": len(self.latencies),
            "latency_p50_ms": _percentile(self.latencies, 0.5),
            "latency_p95_ms": _percentile(self.latencies, 0.95),
            "assessments": [
                {
                    "name": name,
                    "scored_count": len(self.scores.get(name, [])),
                    "unscored_count": self.unscored_counts.get(name, 0),
                    "mean": round(fmean(self.scores[name]), 9) if name in self.scores else None,
                }
                for name in names
            ],
        }


def _counted(client: TrackingClient, ids: list[str], day: str) -> Iterator[tuple[list[Record], str | None]]:
    """Records of days that are complete, with the day that is not yet; the last ones with None."""
    query = {
        "locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": one}} for one in ids],
        "order_by": ["timestamp_ms ASC"],  # tokens are offsets: new traces come at the end
    }
    if day:
        query |= {"filter": f"attributes.timestamp_ms >= {_milliseconds(day)}"}
    counted: list[Record] = []
    days: dict[str, _Day] = {}  # of the day that is being counted, by experiment
    for traces, _ in pages(client, "trace_days", TRACES, query):
        for trace in traces:
            if (its_day := trace["request_time"][:10]) != day:
                counted += _records(days, day)
                days, day = {}, its_day
            days.setdefault(trace["trace_location"]["mlflow_experiment"]["experiment_id"], _Day()).add(trace)
        if len(counted) >= DAYS_A_PAGE:
            yield counted, day
            counted = []
    yield counted + _records(days, day), None


def _records(days: dict[str, _Day], day: str) -> list[Record]:
    return [one.record(experiment_id, day) for experiment_id, one in sorted(days.items())]


def _milliseconds_of(duration: Any) -> float | None:
    """Of a text such as "1.5s"; None for anything else."""
    try:
        elapsed = float(str(duration).removesuffix("s")) * 1000
    except ValueError:
        return None
    return elapsed if isfinite(elapsed) else None


def _score(value: Any) -> float | None:
    """A grade as a number, as MLflow itself averages them: yes and true are 1, no and false 0, other texts none."""
    if isinstance(value, str):
        return {"yes": 1.0, "no": 0.0}.get(value.strip().lower())
    if isinstance(value, bool | int | float) and isfinite(value):
        return float(value)
    return None


def _percentile(ordered: list[float], share: float) -> float | None:
    """Linear between neighbours, as the warehouse's own percentiles are."""
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    low = floor(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (ordered[high] - ordered[low]) * (place - low), 6)


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def _milliseconds(day: str) -> int:
    return milliseconds(datetime.fromisoformat(day).replace(tzinfo=UTC))
