"""News to a webhook (Slack-compatible JSON): a colour turned, a source went stale, a run failed or works again.

Each is told once. What people know is the cursor of one sensor, which Dagster keeps across restarts, and which moves
only after the webhook took the message: a message that could not be delivered is tried again at the next look.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg
import requests

from pipelines.failures import cause
from pipelines.settings import Alerts, Settings
from reports import news
from reports.document import Status
from warehouse.query import WarehouseMissing

SECONDS = 60
MOST_LINES = 8
MOST_SIGNS = 400
"""Of one piece of news: a message is read on a phone."""

MARKS: dict[Status, str] = {
    "red": ":red_circle:",
    "amber": ":large_yellow_circle:",
    "white": ":white_circle:",
    "green": ":large_green_circle:",
}
ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE)


@dataclass(frozen=True)
class Line:
    """One line of a message; `address` is where it is explained, `place` what is found there."""

    colour: Status
    subject: str
    text: str
    address: str
    place: str


def sensor(settings: Settings, alerts: Alerts, jobs: Sequence[str]) -> dg.SensorDefinition:
    """Looks every minute at these jobs and at the published file, and posts one message with all that is new."""

    @dg.sensor(
        name="tell",
        minimum_interval_seconds=SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="One message to the webhook of hub.toml when a colour turns, a source goes stale or a run fails,"
        " and one when it works again.",
    )
    def tell(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        told: dict[str, str] = json.loads(context.cursor or "{}")
        runs = _last_runs(context.instance, jobs)
        lines = [*_runs(context.instance, runs, alerts, told)]
        known = {**told, **{_key(job): "works" if run.is_success else "failed" for job, run in runs.items()}}
        try:
            turned, known = news.since(known, settings.warehouse)
        except WarehouseMissing:
            turned = []
        lines += [_line(one, alerts) for one in turned]
        if lines:
            post(alerts, message(lines))
        context.update_cursor(json.dumps(known, sort_keys=True))
        return dg.SkipReason(f"{len(lines)} told" if lines else "nothing new")

    return tell


def message(lines: Sequence[Line]) -> str:
    """The text of a message as Slack reads it: a line for each piece of news, its link last."""
    shown = [
        f"{MARKS[line.colour]} *{escape(line.subject)}* {escape(_short(line.text))} <{line.address}|{line.place}>"
        for line in lines[:MOST_LINES]
    ]
    left = len(lines) - len(shown)
    return "\n".join([*shown, *([f"… and {left} more."] if left else [])])


def escape(text: str) -> str:
    """A text that mentions nobody and links nowhere: Slack asks for these three signs and no other."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _short(text: str) -> str:
    return text if len(text) <= MOST_SIGNS else f"{text[: MOST_SIGNS - 1].rstrip()}…"


def post(alerts: Alerts, text: str) -> None:
    """Sends it; raises dg.Failure, without the secret address, if it was not taken."""
    try:
        answer = requests.post(alerts.webhook.resolve(), json={"text": text}, timeout=30)
    except requests.RequestException as error:
        # The error's own text holds the address.
        raise dg.Failure(f"the webhook could not be reached: {type(error).__name__}") from None
    if not answer.ok:
        raise dg.Failure(f"the webhook answered HTTP {answer.status_code}; check the address in the environment")


def _line(one: news.News, alerts: Alerts) -> Line:
    address = f"{alerts.dagster_url}/assets/reports/{one.report}"
    return Line(one.colour, one.subject, one.text, address, one.report.replace("_", " "))


def _key(job: str) -> str:
    return f"run/{job}"


def _last_runs(instance: dg.DagsterInstance, jobs: Sequence[str]) -> dict[str, dg.DagsterRun]:
    """The last run of each job that succeeded or failed."""
    found = {
        job: instance.get_runs(dg.RunsFilter(job_name=job, statuses=[*ENDED]), limit=1) for job in dict.fromkeys(jobs)
    }
    return {job: runs[0] for job, runs in found.items() if runs}


def _runs(
    instance: dg.DagsterInstance, runs: Mapping[str, dg.DagsterRun], alerts: Alerts, told: Mapping[str, str]
) -> Iterator[Line]:
    """Jobs whose last run failed, unless they are known to fail, and those that work again."""
    for job, run in runs.items():
        address = f"{alerts.dagster_url}/runs/{run.run_id}"
        if not run.is_success and told.get(_key(job)) != "failed":
            yield Line("red", job, f"failed: {cause(instance, run.run_id)}", address, "its run")
        elif run.is_success and told.get(_key(job)) == "failed":
            yield Line("green", job, "works again.", address, "its run")
