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
        try:
            answer = requests.post(alerts.webhook.resolve(), json={"text": text}, timeout=30)
        except requests.RequestException as error:
            raise dg.Failure(
                f"the webhook could not be reached: {type(error).__name__}"
            ) from None  # its address is secret
        if not answer.ok:
            raise dg.Failure(f"the webhook answered HTTP {answer.status_code}; check the address in the environment")

    return tell_failures
