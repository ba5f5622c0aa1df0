"""hub run keeps its runs in Dagster's instance, which two of them may need for the first time at one moment."""

import os
import subprocess
import sys

import dagster as dg

from pipelines import runs

PREPARE = """
import sys
from pipelines import runs
print("ready", flush=True)
sys.stdin.readline()
runs.prepare_instance().dispose()
"""


def test_two_first_runs_at_one_moment_do_not_trip_over_each_other(tmp_path):
    environment = {**os.environ, "HUB_STATE": str(tmp_path / "state")}
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", PREPARE]
    first, second = (
        subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(2)
    )
    for one in (first, second):
        assert one.stdout.readline() == "ready\n"
    for one in (first, second):
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [one.communicate()[1] for one in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), told


def test_a_job_that_fails_is_told_once_and_without_a_traceback(capfd):
    @dg.op
    def read() -> None:
        raise dg.Failure("the server is down")

    @dg.job
    def sync_it() -> None:
        read()

    with dg.DagsterInstance.ephemeral() as instance:
        assert not runs._run(sync_it, instance, {})
    told = capfd.readouterr().err
    assert told.count("the server is down") == 1
    assert "Stack Trace" not in told
