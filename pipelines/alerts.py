"""A failed run is told to a webhook (Slack-compatible JSON), once, with the run it happened in."""

import dagster as dg
import requests

from pipelines.settings import Alerts


def sensor(alerts: Alerts) -> dg.SensorDefinition:
    """Posts one short message for every run that fails."""

    @dg.run_failure_sensor(
        name="tell_failures",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="One message to the webhook of hub.toml for every run that fails.",
    )
    def tell_failures(context: dg.RunFailureSensorContext) -> None:
        text = (
            f"{context.dagster_run.job_name} failed: {context.failure_event.message}\nRun {context.dagster_run.run_id}"
        )
        requests.post(alerts.webhook.resolve(), json={"text": text}, timeout=30).raise_for_status()

    return tell_failures
