"""A round of syncs asks for one build, whichever of their ends is looked at; a sync that ends later asks for another."""

import dagster as dg
import pytest

from pipelines import jobs, settings


@dg.op
def nothing() -> None: ...


@dg.job(name="sync_jira")
def sync_jira() -> None:
    nothing()


@dg.job(name="sync_github")
def sync_github() -> None:
    nothing()


@pytest.fixture
def sensor(tmp_path):
    """The sensor that waits for syncs that went well, of a program with nothing published yet."""
    (tmp_path / "hub.toml").write_text("")
    program = settings.load(tmp_path / "hub.toml")
    return jobs._build_after(dg.DagsterRunStatus.SUCCESS, [sync_jira, sync_github], sync_jira, program)


def asked(sensor: dg.SensorDefinition, instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> str | None:
    """The key of the build that the end of this sync asks for."""
    context = dg.build_run_status_sensor_context(
        sensor_name=sensor.name,
        dagster_event=next(event for event in result.all_events if event.event_type_value == "PIPELINE_SUCCESS"),
        dagster_instance=instance,
        dagster_run=result.dagster_run,
    )
    return sensor(context).run_key


def test_syncs_that_ended_before_the_same_look_share_a_build(sensor):
    with dg.DagsterInstance.ephemeral() as instance:
        first, second = (job.execute_in_process(instance=instance) for job in (sync_jira, sync_github))
        assert asked(sensor, instance, first) == asked(sensor, instance, second)


def test_a_sync_that_ends_after_a_build_was_asked_for_asks_again(sensor):
    with dg.DagsterInstance.ephemeral() as instance:
        first = asked(sensor, instance, sync_jira.execute_in_process(instance=instance))
        second = asked(sensor, instance, sync_github.execute_in_process(instance=instance))
        assert first != second
