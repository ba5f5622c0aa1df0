"""A run whose process was killed is ended as failed; one whose process lives, or that another machine runs, is left alone."""

import os
import signal
import subprocess
import sys

import dagster as dg
import pytest

from pipelines import liveness

WORKER = """
import sys
from pipelines import liveness
liveness.claim(sys.argv[1])
print("claimed", flush=True)
sys.stdin.read()
"""


@dg.op
def nothing() -> None: ...


@dg.job
def under_way() -> None:
    nothing()


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_STATE", str(tmp_path))
    return tmp_path


def started(instance: dg.DagsterInstance) -> str:
    return instance.create_run_for_job(under_way, status=dg.DagsterRunStatus.STARTED).run_id


def test_a_run_counts_as_failed_once_its_process_was_killed():
    with dg.DagsterInstance.ephemeral() as instance:
        dagster_run_id = started(instance)
        with subprocess.Popen(
            [sys.executable, "-c", WORKER, dagster_run_id], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as worker:
            assert worker.stdout.readline() == "claimed\n"
            assert liveness.end_orphans(instance) == []
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        assert liveness.end_orphans(instance) == [dagster_run_id]
        assert instance.get_run_by_id(dagster_run_id).status is dg.DagsterRunStatus.FAILURE
        assert liveness.end_orphans(instance) == []


def test_a_run_of_this_process_is_alive():
    with dg.DagsterInstance.ephemeral() as instance:
        dagster_run_id = started(instance)
        liveness.claim(dagster_run_id)
        liveness.claim(dagster_run_id)
        assert liveness.end_orphans(instance) == []


def test_a_run_without_a_mark_on_this_machine_is_left_alone():
    with dg.DagsterInstance.ephemeral() as instance:
        started(instance)
        assert liveness.end_orphans(instance) == []


def test_the_mark_of_a_run_that_is_over_goes_away(state):
    liveness.claim("of-long-ago")
    liveness.forget("of-long-ago")
    assert list((state / "alive").iterdir()) == []
