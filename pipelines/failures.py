"""Why a run failed, in the words of the step that failed."""

from __future__ import annotations

import dagster as dg


def told(event: dg.DagsterEvent) -> str:
    """The cause behind a step's failure: what the step itself said, not that a step failed."""
    data = event.step_failure_data
    said = data.user_failure_data.description if data.user_failure_data else None
    error = data.error.cause or data.error if data.error else None
    return (said or (error.message if error else None) or event.message or "no cause was recorded").strip()


def cause(instance: dg.DagsterInstance, dagster_run_id: str) -> str:
    """The causes of a run's failed steps; of one that failed outside its steps what Dagster says."""
    kinds = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}
    events = [
        entry.dagster_event
        for entry in instance.all_logs(dagster_run_id, of_type=kinds)
        if entry.dagster_event is not None
    ]
    steps = [f"{event.step_key}: {told(event)}" for event in events if event.is_step_failure]
    return "; ".join(steps) or next((event.message for event in events if event.message), "no cause was recorded")
