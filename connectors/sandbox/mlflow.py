"""The real MLflow server on SQLite, and the story's experiments, runs and models written into its database.

The rows are those that MLflow's own store writes (a test logs the same through MLflow's client and compares), but with
the story's times and with run ids that are the same every time; the store itself would stamp the real time.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import math
import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Self

from connectors.sandbox.mlflow_genai import play_genai
from connectors.sandbox.mlflow_rows import Window, insert, milliseconds, run_id
from connectors.sandbox.program import Experiment, ModelVersion, Program, RegisteredModel, Run

_READY_SECONDS = 120  # the first start creates the tables; a busy machine takes half a minute
_LARGEST = sys.float_info.max  # MLflow stores infinity as the largest double


class MlflowServer:
    """MLflow's server on loopback over a SQLite file, started at once; entering the context waits until it answers."""

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.database = folder / "mlflow.db"
        self._port = port or _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._log = folder / "mlflow.log"
        command = [
            *(sys.executable, "-m", "connectors.sandbox.mlflow_process"),
            *(str(self.database.resolve()), str((folder / "artifacts").resolve()), str(self._port)),
        ]
        quiet = {
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        }
        # Whoever runs the sandbox may have MLflow settings of their own: none of them reaches it.
        inherited = {name: value for name, value in os.environ.items() if "MLFLOW" not in name}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                # It ends with this pipe, and so with us. Not with an interrupt from the terminal: whoever syncs ends first.
                command,
                env=inherited | quiet,
                stdout=log,
                stderr=log,
                stdin=subprocess.PIPE,
                start_new_session=True,
            )

    def wait_until_ready(self, seconds: float = _READY_SECONDS) -> None:
        """Returns once the server answers; raises RuntimeError with the end of its log if it ends or stays silent."""
        deadline = time.monotonic() + seconds
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.close()
                tail = self._log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"the MLflow server at {self.url} did not come up within {seconds:.0f} s:\n{tail}")
            time.sleep(0.25)

    def close(self) -> None:
        """Ends the server."""
        self._process.kill()  # it has nothing to put in order: SQLite keeps what was committed
        self._process.communicate()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        with closing(connection):
            try:
                connection.request("GET", "/health")
                return connection.getresponse().status == http.HTTPStatus.OK
            except (OSError, http.client.HTTPException):
                return False

    def __enter__(self) -> Self:
        self.wait_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def play(program: Program, database: Path, since: datetime | None, until: datetime) -> None:
    """Does to the server's database all that the program tells for after `since` and up to `until`, in one transaction.

    `since` None begins with an empty server; later calls must go on where the last one ended.
    """
    window = Window(since, until)
    experiment_ids = {experiment.name: rank for rank, experiment in enumerate(program.experiments, start=1)}
    runs = {run.key: run for run in program.runs}
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        connection.execute("pragma foreign_keys = on")
        for experiment in program.experiments:
            if experiment.created_at in window:
                _create_experiment(connection, experiment, experiment_ids[experiment.name])
        for run in program.runs:
            _play_run(connection, run, experiment_ids[run.experiment], window)
        for model in program.registered_models:
            _play_model(connection, model, runs, experiment_ids, window)
        play_genai(connection, program, experiment_ids, window)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _create_experiment(connection: sqlite3.Connection, experiment: Experiment, experiment_id: int) -> None:
    created = milliseconds(experiment.created_at)
    row = {
        "experiment_id": experiment_id,
        "name": experiment.name,
        "artifact_location": f"mlflow-artifacts:/{experiment_id}",
        "lifecycle_stage": "active",
        "creation_time": created,
        "last_update_time": created,
    }
    insert(connection, "experiments", [row])
    tags = ({"experiment_id": experiment_id, "key": k, "value": v} for k, v in experiment.tags.items())
    insert(connection, "experiment_tags", tags)


def _artifacts(experiment_id: int, run: Run) -> str:
    return f"mlflow-artifacts:/{experiment_id}/{run_id(run.key)}/artifacts"


def _play_run(connection: sqlite3.Connection, run: Run, experiment_id: int, window: Window) -> None:
    if run.started_at in window:
        _start_run(connection, run, experiment_id)
    _log_metrics(connection, run, window)
    if run.ended_at in window and run.ended_at:
        connection.execute(
            "update runs set status = ?, end_time = ? where run_uuid = ?",
            (run.status, milliseconds(run.ended_at), run_id(run.key)),
        )
    if run.deleted_at in window and run.deleted_at:
        connection.execute(
            "update runs set lifecycle_stage = 'deleted', deleted_time = ? where run_uuid = ?",
            (milliseconds(run.deleted_at), run_id(run.key)),
        )


def _start_run(connection: sqlite3.Connection, run: Run, experiment_id: int) -> None:
    uuid = run_id(run.key)
    row = {
        "run_uuid": uuid,
        "name": run.name,
        "source_type": "UNKNOWN",
        "source_name": "",
        "entry_point_name": "",
        "source_version": "",
        "user_id": run.user.mlflow_user or "",
        "status": run.status if run.ended_at is None else "RUNNING",
        "start_time": milliseconds(run.started_at),
        "lifecycle_stage": "active",
        "artifact_uri": _artifacts(experiment_id, run),
        "experiment_id": experiment_id,
    }
    insert(connection, "runs", [row])
    tags = {"mlflow.runName": run.name}
    if run.user.mlflow_user:
        tags["mlflow.user"] = run.user.mlflow_user
    if run.parent:
        tags["mlflow.parentRunId"] = run_id(run.parent)
    tags |= run.tags
    insert(connection, "tags", ({"run_uuid": uuid, "key": k, "value": v} for k, v in tags.items()))
    insert(connection, "params", ({"run_uuid": uuid, "key": k, "value": v} for k, v in run.params.items()))
    for name, digest in run.datasets:
        _use_dataset(connection, uuid, experiment_id, name, digest)


def _use_dataset(connection: sqlite3.Connection, run_uuid: str, experiment_id: int, name: str, digest: str) -> None:
    dataset = hashlib.md5(f"{experiment_id} {name} {digest}".encode(), usedforsecurity=False).hexdigest()
    if not connection.execute("select 1 from datasets where dataset_uuid = ?", (dataset,)).fetchone():
        row = {
            "dataset_uuid": dataset,
            "experiment_id": experiment_id,
            "name": name,
            "digest": digest,
            "dataset_source_type": "s3",
            "dataset_source": json.dumps({"uri": f"s3://datasets/{name}/{digest}.parquet"}),
            "dataset_schema": "{}",
            "dataset_profile": "{}",
        }
        insert(connection, "datasets", [row])
    use = hashlib.md5(f"{run_uuid} {dataset}".encode(), usedforsecurity=False).hexdigest()
    link = {
        "input_uuid": use,
        "source_type": "DATASET",
        "source_id": dataset,
        "destination_type": "RUN",
        "destination_id": run_uuid,
    }
    insert(connection, "inputs", [link])
    insert(connection, "input_tags", [{"input_uuid": use, "name": "mlflow.data.context", "value": "training"}])


def _log_metrics(connection: sqlite3.Connection, run: Run, window: Window) -> None:
    uuid = run_id(run.key)
    for key, value, step, at in run.metrics:
        if at not in window:
            continue
        stored = 0.0 if math.isnan(value) else min(max(value, -_LARGEST), _LARGEST)
        moment = milliseconds(at)
        row = (key, stored, moment, uuid, step, math.isnan(value))
        connection.execute(
            "insert or ignore into metrics (key, value, timestamp, run_uuid, step, is_nan) values (?, ?, ?, ?, ?, ?)",
            row,
        )
        # The latest value of a metric is the one of the highest step, then time, then value, as the store decides it.
        connection.execute(
            """
            insert into latest_metrics (key, value, timestamp, run_uuid, step, is_nan) values (?, ?, ?, ?, ?, ?)
            on conflict (key, run_uuid) do update
            set value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
            where (excluded.step, excluded.timestamp, excluded.value) > (step, timestamp, value)
            """,
            row,
        )


def _play_model(
    connection: sqlite3.Connection,
    model: RegisteredModel,
    runs: dict[str, Run],
    experiment_ids: dict[str, int],
    window: Window,
) -> None:
    if model.created_at in window:
        created = milliseconds(model.created_at)
        row = {
            "name": model.name,
            "creation_time": created,
            "last_updated_time": created,
            "description": model.description,
        }
        insert(connection, "registered_models", [row])
        tags = ({"name": model.name, "key": k, "value": v} for k, v in model.tags.items())
        insert(connection, "registered_model_tags", tags)
    for version in model.versions:
        if version.created_at in window:
            run = runs[version.run] if version.run else None
            artifacts = _artifacts(experiment_ids[run.experiment], run) if run else "mlflow-artifacts:/imported"
            _create_version(connection, model, version, run, source=f"{artifacts}/{model.name}")
    _change_model(connection, model, window)


def _create_version(
    connection: sqlite3.Connection, model: RegisteredModel, version: ModelVersion, run: Run | None, *, source: str
) -> None:
    created = milliseconds(version.created_at)
    row = {
        "name": model.name,
        "version": version.version,
        "creation_time": created,
        "last_updated_time": created,
        "description": version.description,
        "current_stage": "None",
        "source": source,
        "storage_location": source,
        "run_id": run_id(run.key) if run else "",
        "run_link": "",
        "status": "READY",
    }
    insert(connection, "model_versions", [row])
    tags = ({"name": model.name, "version": version.version, "key": k, "value": v} for k, v in version.tags.items())
    insert(connection, "model_version_tags", tags)
    touch = "update registered_models set last_updated_time = max(last_updated_time, ?) where name = ?"
    connection.execute(touch, (created, model.name))


def _change_model(connection: sqlite3.Connection, model: RegisteredModel, window: Window) -> None:
    """Edits in order of time. As at the real server, only a new description moves the model's time stamp."""
    set_alias = "insert or replace into registered_model_aliases (name, alias, version) values (?, ?, ?)"
    drop_alias = "delete from registered_model_aliases where name = ? and alias = ?"
    set_tag = "insert or replace into registered_model_tags (name, key, value) values (?, ?, ?)"
    drop_tag = "delete from registered_model_tags where name = ? and key = ?"
    set_version_tag = "insert or replace into model_version_tags (name, version, key, value) values (?, ?, ?, ?)"
    drop_version_tag = "delete from model_version_tags where name = ? and version = ? and key = ?"
    describe = (
        "update registered_models set description = ?, last_updated_time = max(last_updated_time, ?) where name = ?"
    )
    for change in sorted(model.changes, key=lambda change: change.at):
        if change.at not in window:
            continue
        at: tuple[object, ...] = (model.name, change.name)
        if change.kind == "description":
            connection.execute(describe, (change.value, milliseconds(change.at), model.name))
        elif change.kind == "version_tag":
            at = (model.name, change.version, change.name)
            drop, put = drop_version_tag, set_version_tag
        elif change.kind == "alias":
            drop, put = drop_alias, set_alias
        else:
            drop, put = drop_tag, set_tag
        if change.kind != "description":
            connection.execute(*((drop, at) if change.value is None else (put, (*at, change.value))))
