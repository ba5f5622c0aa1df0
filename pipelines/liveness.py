"""Runs whose process was killed: found by a lock that the operating system lets go of, and ended as failed.

Dagster itself frees the pool of such a run only after its maximum run time. Runs of other machines are left alone:
their locks are not here.
"""

import fcntl
import os
from pathlib import Path

import dagster as dg

from pipelines.settings import state_dir

UNDER_WAY = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]

_claimed: dict[str, int] = {}  # descriptors: the operating system closes them, whatever ends the process


def claim(dagster_run_id: str) -> None:
    """Marks the run as one of this process, for as long as the process lives."""
    if dagster_run_id not in _claimed:
        lock = _lock(dagster_run_id)
        lock.parent.mkdir(parents=True, exist_ok=True)
        _claimed[dagster_run_id] = held = os.open(lock, os.O_CREAT | os.O_WRONLY)
        fcntl.flock(held, fcntl.LOCK_EX)


def end_orphans(instance: dg.DagsterInstance) -> list[str]:
    """Ends every run whose process is gone as failed, which frees its pool; returns their ids."""
    orphans = []
    for run in instance.get_runs(dg.RunsFilter(statuses=UNDER_WAY)):
        if run.run_id not in _claimed and _is_let_go(_lock(run.run_id)):
            instance.report_run_failed(run, "The process of this run was killed. What had landed stays; run it again.")
            orphans.append(run.run_id)
    return orphans


def forget(dagster_run_id: str) -> None:
    """Removes the mark of a run that is over, and lets go of it if it was one of this process."""
    if (held := _claimed.pop(dagster_run_id, None)) is not None:
        os.close(held)
    _lock(dagster_run_id).unlink(missing_ok=True)


def sensor() -> dg.SensorDefinition:
    """Looks for such runs every minute."""

    @dg.sensor(
        name="end_orphans",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Ends runs whose process was killed as failed, so that the next run of their source can start.",
    )
    def orphans(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        ended = end_orphans(context.instance)
        return dg.SkipReason(f"ended as failed: {', '.join(ended)}" if ended else "every run under way is alive")

    return orphans


def _lock(dagster_run_id: str) -> Path:
    return state_dir() / "alive" / dagster_run_id


def _is_let_go(lock: Path) -> bool:
    try:
        with lock.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError):
        return False
    return True
