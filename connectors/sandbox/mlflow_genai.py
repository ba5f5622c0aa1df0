"""Traces, assessments and logged models of the story, written into MLflow's database as its own store writes them."""

from __future__ import annotations

import hashlib
import json
from sqlite3 import Connection

from connectors.sandbox.generative import LoggedModel, Trace
from connectors.sandbox.mlflow_rows import Window, insert, milliseconds, run_id
from connectors.sandbox.program import Program

_READY = 2  # MLflow's number for a model that can be used


def trace_id(key: str) -> str:
    """The id of the story's trace: the same in every database."""
    return "tr-" + _digest(f"trace {key}")


def logged_model_id(key: str) -> str:
    """The id of the story's logged model: the same in every database."""
    return "m-" + _digest(f"model {key}")


def play_genai(connection: Connection, program: Program, experiment_ids: dict[str, int], window: Window) -> None:
    """Writes the traces begun, assessments given and models logged or deleted within the window."""
    experiment_of = {run.key: experiment_ids[run.experiment] for run in program.runs}
    for trace in program.traces:
        if trace.started_at in window:
            _start_trace(connection, trace, experiment_ids[trace.experiment])
        _assess(connection, trace, experiment_ids[trace.experiment], window)
    for model in program.logged_models:
        if model.created_at in window:
            _log_model(connection, model, experiment_of[model.run])
        if model.deleted_at in window and model.deleted_at:
            connection.execute(
                "update logged_models set lifecycle_stage = 'deleted', last_updated_timestamp_ms = ? where model_id = ?",
                (milliseconds(model.deleted_at), logged_model_id(model.key)),
            )


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _start_trace(connection: Connection, trace: Trace, experiment_id: int) -> None:
    state = "ERROR" if trace.is_error else "IN_PROGRESS" if trace.duration_ms is None else "OK"
    one = trace_id(trace.key)
    row = {
        "request_id": one,
        "experiment_id": experiment_id,
        "timestamp_ms": milliseconds(trace.started_at),
        "execution_time_ms": trace.duration_ms,
        "status": state,
        "request_preview": "(the sandbox keeps no questions)",
        "response_preview": "(nor answers)",
        "trace_name": trace.name,
    }
    insert(connection, "trace_info", [row])
    artifacts = f"mlflow-artifacts:/{experiment_id}/traces/{one}/artifacts"
    insert(connection, "trace_tags", [{"request_id": one, "key": "mlflow.artifactLocation", "value": artifacts}])
    metadata = {"mlflow.trace.infoFinalized": "true", "mlflow.trace_schema.version": "3"}
    insert(
        connection,
        "trace_request_metadata",
        ({"request_id": one, "key": key, "value": value} for key, value in metadata.items()),
    )


def _assess(connection: Connection, trace: Trace, experiment_id: int, window: Window) -> None:
    for assessment in trace.assessments:
        if assessment.at not in window:
            continue
        at, value = milliseconds(assessment.at), assessment.value
        is_numeric = not isinstance(value, bool | str)
        number = {"yes": 1.0, "no": 0.0}.get(value) if isinstance(value, str) else float(value)
        row = {
            "assessment_id": "a-" + _digest(f"{trace.key} {assessment.name} {at}"),
            "trace_id": trace_id(trace.key),
            "name": assessment.name,
            "assessment_type": "feedback",
            "value": json.dumps(value),
            "created_timestamp": at,
            "last_updated_timestamp": at,
            "source_type": assessment.source_type,
            "source_id": assessment.source_id,
            "valid": True,
            "experiment_id": experiment_id,
            "trace_timestamp_ms": milliseconds(trace.started_at),
            "aggregate_value": number,
            "is_numeric_value": is_numeric,
        }
        insert(connection, "assessments", [row])


def _log_model(connection: Connection, model: LoggedModel, experiment_id: int) -> None:
    one, at = logged_model_id(model.key), milliseconds(model.created_at)
    row = {
        "model_id": one,
        "experiment_id": experiment_id,
        "name": model.name,
        "artifact_location": f"mlflow-artifacts:/{experiment_id}/models/{one}/artifacts",
        "creation_timestamp_ms": at,
        "last_updated_timestamp_ms": at,
        "status": _READY,
        "lifecycle_stage": "active",
        "model_type": model.model_type,
        "source_run_id": run_id(model.run),
    }
    insert(connection, "logged_models", [row])
    ids = {"model_id": one, "experiment_id": experiment_id}
    params = (ids | {"param_key": key, "param_value": value} for key, value in model.params.items())
    insert(connection, "logged_model_params", params)
    metrics = (
        ids
        | {
            "metric_name": key,
            "metric_value": value,
            "metric_step": step,
            "metric_timestamp_ms": milliseconds(logged),
            "run_id": run_id(model.run),
        }
        for key, value, step, logged in model.metrics
    )
    insert(connection, "logged_model_metrics", metrics)
