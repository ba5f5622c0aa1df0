"""The story in the real server's database: as MLflow's own client would have logged it, in steps as in one go."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

from connectors.mlflow import STREAMS, MlflowSettings, connect
from connectors.mlflow.client import LOGGED_MODELS, TRACES, pages
from connectors.sandbox.mlflow import play, run_id

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def _contents(database):
    with closing(sqlite3.connect(database)) as connection:
        return sorted(line for line in connection.iterdump() if line.startswith("INSERT"))


def test_playing_in_steps_gives_the_database_of_playing_in_one_go(empty_database, program, tmp_path):
    """Whatever the moments at which the sandbox is looked at, the server ends in the same state."""
    whole = shutil.copy(empty_database, tmp_path / "whole.db")
    steps = shutil.copy(empty_database, tmp_path / "steps.db")
    play(program, whole, None, NOW)
    since = None
    for days in (65, 59.93, 57.5, 47, 39.95, 30, 12, 3, 0):
        play(program, steps, since, NOW - timedelta(days=days))
        since = NOW - timedelta(days=days)
    assert _contents(steps) == _contents(whole)


def test_a_past_moment_shows_what_was_then(empty_database, program, tmp_path):
    """A run that ends later is RUNNING, a version made later does not exist, an alias points where it pointed."""
    database = shutil.copy(empty_database, tmp_path / "then.db")
    play(program, database, None, NOW - timedelta(days=49.2))
    with closing(sqlite3.connect(database)) as connection:
        run = connection.execute("select status, end_time from runs where run_uuid = ?", (run_id("infinite"),))
        assert run.fetchone() == ("RUNNING", None)
        assert connection.execute("select version from model_versions").fetchall() == [(1,)]
        aliases = connection.execute("select alias, version from registered_model_aliases").fetchall()
        assert aliases == [("champion", 1)]


def test_a_played_run_looks_as_if_mlflows_own_client_had_logged_it(server, client):
    """The sandbox's short cut into the database is indistinguishable through the API, but for ids."""
    from mlflow import MlflowClient
    from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param

    (played,) = [r for p in STREAMS[1].read(client, None) for r in p.records if r["info"]["run_id"] == run_id("good")]
    info, data = played["info"], played["data"]
    logger = MlflowClient(server.url)
    experiment = logger.create_experiment("logged by the client")
    tags = {tag["key"]: tag["value"] for tag in data["tags"]}
    run = logger.create_run(experiment, start_time=info["start_time"], tags=tags, run_name=info["run_name"])
    at = {0: NOW - timedelta(days=59.99), 1: NOW - timedelta(days=59.95)}
    metrics = [
        Metric("auc", 0.5, int(at[0].timestamp() * 1000), 0),
        Metric("auc", 0.9, int(at[1].timestamp() * 1000), 1),
        Metric("auc", 0.8, int((NOW - timedelta(days=59.96)).timestamp() * 1000), 1),
    ]
    logger.log_batch(run.info.run_id, metrics=metrics, params=[Param("lr", "0.1")])
    source = played["inputs"]["dataset_inputs"][0]["dataset"]
    dataset = Dataset("customers", "d1", source["source_type"], source["source"], source["schema"], source["profile"])
    logger.log_inputs(run.info.run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    logger.set_terminated(run.info.run_id, "FINISHED", info["end_time"])

    settings = MlflowSettings("lab", server.url, experiments=("logged by the client",))
    (logged,) = [record for page in STREAMS[1].read(connect(settings), None) for record in page.records]
    assert _without_ids(logged) == _without_ids(played)


def _without_ids(run):
    info = {k: v for k, v in run["info"].items() if k not in {"run_id", "run_uuid", "experiment_id", "artifact_uri"}}
    data = {kind: sorted(pairs, key=lambda pair: pair["key"]) for kind, pairs in run["data"].items()}
    return {**run, "info": info, "data": data}


def test_played_traces_and_models_look_as_if_mlflows_own_client_had_logged_them(server, client):
    """The same answer, its grade and a model logged through MLflow's client give the same records, but for ids and times."""
    from mlflow import MlflowClient
    from mlflow.entities import AssessmentSource, Feedback, Metric, TraceInfo, TraceLocation, TraceState
    from mlflow.store.tracking.rest_store import RestStore
    from mlflow.utils.rest_utils import MlflowHostCreds

    logger = MlflowClient(server.url)
    experiment = logger.create_experiment("traced by the client")
    at = int((NOW - timedelta(days=9)).timestamp() * 1000)
    trace = TraceInfo(
        trace_id="tr-1",
        trace_location=TraceLocation.from_experiment_id(experiment),
        request_time=at,
        state=TraceState.OK,
        execution_duration=1000,
        tags={"mlflow.traceName": "answer"},
        trace_metadata={"mlflow.trace_schema.version": "3"},
    )
    store = RestStore(lambda: MlflowHostCreds(server.url))
    store.start_trace(trace)
    judge = AssessmentSource("LLM_JUDGE", "judge")
    grade = Feedback("relevance", 0.5, source=judge, trace_id="tr-1", create_time_ms=at, last_update_time_ms=at)
    store.create_assessment(grade)
    run = logger.create_run(experiment).info.run_id
    model = logger.create_logged_model(
        experiment, name="churn", source_run_id=run, params={"depth": "3"}, model_type="trees"
    )
    logger.log_batch(run, metrics=[Metric("auc", 0.8, at, 1, model_id=model.model_id)])
    logger.finalize_logged_model(model.model_id, "READY")

    logged = connect(MlflowSettings("lab", server.url, experiments=("traced by the client",)))
    for listing, query in (
        (TRACES, {"locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "{}"}}]}),
        (LOGGED_MODELS, {"experiment_ids": ["{}"]}),
    ):
        texts = [json.dumps(query).replace("{}", one) for one in ("1" if listing is LOGGED_MODELS else "2", experiment)]
        records = [
            next(pages(c, "test", listing, json.loads(text)))[0]
            for c, text in zip((client, logged), texts, strict=True)
        ]
        played, own = records[0][-1], records[1][-1]
        assert _shape(own) == _shape(played)


def _shape(value, name=""):
    """A record without what differs from server to server: ids, addresses, times."""
    if isinstance(value, dict):
        return {k: _shape(v, k) for k, v in sorted(value.items()) if not k.endswith("_preview")}
    if isinstance(value, list):
        return [_shape(one, name) for one in value]
    is_own = name.endswith(("_id", "_time", "_uri", "timestamp", "_timestamp_ms", "artifactLocation"))
    return "" if is_own else value


def test_the_server_ends_with_whoever_started_it(tmp_path):
    """However that one ended, killed or not: the system then closes the pipe that is the server's standard input."""
    command = [sys.executable, "-m", "connectors.sandbox.mlflow_process", str(tmp_path / "a.db"), str(tmp_path), "1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as server:
        server.stdin.close()
        assert server.wait(timeout=60) == 0
    assert not list(tmp_path.iterdir()), "it ended before it had done anything"
