"""Experiments, runs, registered models and versions against the real server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.mlflow import STREAMS, MlflowSettings, connect
from connectors.mlflow import runs as reading
from connectors.mlflow.runs import OVERLAP
from connectors.sandbox.mlflow import run_id
from connectors.stream import Deletions

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
EXPERIMENTS, RUNS, MODELS, VERSIONS, *_ = STREAMS
SHOWN = {"experiments": ("churn", "forecast"), "models": ("churn-model", "other-model")}


def read(stream, client, cursor=None):
    """The records by key, and the last cursor."""
    records = {}
    for page in stream.read(client, cursor):
        records |= {stream.key(record): record for record in page.records}
        cursor = page.cursor
    return records, cursor


def test_a_sweep_brings_every_run_with_what_it_logged(client):
    """Deleted ones, running ones, those without metrics: all are there, with NaN and infinity as MLflow sends them."""
    runs, cursor = read(RUNS, client)
    names = ("good", "child", "infinite", "failed", "deleted", "other", "running", "scheduled")
    assert set(runs) == {run_id(name) for name in names}
    assert runs[run_id("good")]["data"]["metrics"][0]["value"] == 0.9
    assert runs[run_id("child")]["data"]["metrics"][0]["value"] == "NaN"
    assert runs[run_id("infinite")]["data"]["metrics"][0]["value"] == 1.7976931348623157e308
    assert runs[run_id("deleted")]["info"]["lifecycle_stage"] == "deleted"
    assert "metrics" not in runs[run_id("failed")]["data"]
    assert runs[run_id("good")]["inputs"]["dataset_inputs"][0]["dataset"]["digest"] == "d1"
    tags = {tag["key"]: tag["value"] for tag in runs[run_id("child")]["data"]["tags"]}
    assert tags["mlflow.parentRunId"] == run_id("good")
    assert tags["mlflow.source.git.commit"] == "a" * 40
    assert cursor["unfinished"] == sorted([run_id("running"), run_id("scheduled")])
    assert RUNS.updated_at(runs[run_id("good")]) == NOW - timedelta(days=59.9)


def test_registered_models_are_read_whole_with_aliases_and_tags(client):
    """Aliases and tags move no time stamp, so there is no cursor to trust."""
    models, cursor = read(MODELS, client)
    assert MODELS.deletions is Deletions.ASKED
    assert cursor == {}
    model = models["churn-model"]
    assert model["aliases"] == [{"alias": "champion", "version": "2"}]
    assert {tag["key"] for tag in model["tags"]} == {"hub.initiative", "hub.staleness_days"}
    assert model["description"] == "Who leaves, and when"
    assert datetime.fromtimestamp(model["creation_timestamp"] / 1000, UTC) == NOW - timedelta(days=58)


def test_model_versions_are_linked_to_their_runs(client):
    """A version made from a run names it, an imported one has an empty run id."""
    versions, _ = read(VERSIONS, client)
    assert set(versions) == {"churn-model/1", "churn-model/2", "churn-model/3"}
    assert versions["churn-model/1"]["run_id"] == run_id("good")
    assert versions["churn-model/1"]["source"].endswith(f"{run_id('good')}/artifacts/churn-model")
    assert versions["churn-model/3"].get("run_id", "") == ""
    assert versions["churn-model/2"]["tags"] == [{"key": "privacy", "value": "passed"}]


def test_experiments_come_with_deleted_ones(server, client):
    """A deleted experiment stays visible as deleted: only what is gone from a sweep counts as deleted at the source."""
    from mlflow import MlflowClient

    logger = MlflowClient(server.url)
    logger.delete_experiment(logger.create_experiment("given up"))
    experiments, _ = read(EXPERIMENTS, connect(MlflowSettings("lab", server.url, experiments=("given*",))))
    assert [e["lifecycle_stage"] for e in experiments.values()] == ["deleted"]
    shown, _ = read(EXPERIMENTS, client)
    assert [e["name"] for e in shown.values()] == ["churn", "forecast"]
    assert EXPERIMENTS.updated_at(shown["1"]) == NOW - timedelta(days=70)


def test_patterns_include_and_exclude(server):
    """A pattern that begins with "!" takes out what the others let in."""
    settings = MlflowSettings("lab", server.url, experiments=("churn", "fore*", "!*cast"), models=("!churn-*",))
    assert [e["name"] for e in read(EXPERIMENTS, connect(settings))[0].values()] == ["churn"]
    assert not set(read(MODELS, connect(settings))[0]) & {"churn-model"}
    assert not read(VERSIONS, connect(settings))[0]


def test_the_next_read_brings_the_hot_set_alone(wire):
    """Runs long finished are not read again; unfinished ones are, whenever they began. Five calls."""
    url, sandbox = wire
    client = connect(MlflowSettings("lab", url, **SHOWN))
    _, cursor = read(RUNS, client)
    assert cursor["since"] == int((NOW - OVERLAP).timestamp() * 1000)
    calls = client.calls
    runs, cursor = read(RUNS, client, cursor)
    assert set(runs) == {run_id("running"), run_id("scheduled")}
    assert client.calls - calls == 5
    assert client.calls == len(sandbox.requests)


def test_a_run_that_ended_with_an_old_end_time_is_found_by_its_id(server):
    """A finished run may carry an end time long past: only having been unfinished when last seen brings it back."""
    from mlflow import MlflowClient

    logger = MlflowClient(server.url)
    experiment = logger.create_experiment("old end")
    run = logger.create_run(experiment, start_time=1_600_000_000_000).info.run_id
    client = connect(MlflowSettings("lab", server.url, experiments=("old end",)))
    _, cursor = read(RUNS, client)
    assert cursor["unfinished"] == [run]
    logger.set_terminated(run, "KILLED", 1_600_000_001_000)
    runs, cursor = read(RUNS, client, cursor)
    assert runs[run]["info"]["status"] == "KILLED"
    assert cursor["unfinished"] == []
    assert read(RUNS, client, cursor)[0] == {}


def test_runs_started_or_ended_since_are_found(server):
    """What began or ended after the watermark comes, whatever its state."""
    from mlflow import MlflowClient

    logger = MlflowClient(server.url)
    experiment = logger.create_experiment("lately")
    client = connect(MlflowSettings("lab", server.url, experiments=("lately",)))
    _, cursor = read(RUNS, client)
    soon = cursor["since"] + 1000
    started = logger.create_run(experiment, start_time=soon).info.run_id
    logger.set_terminated(started, "FINISHED", soon + 1)
    ended = logger.create_run(experiment, start_time=1_600_000_000_000).info.run_id
    logger.set_terminated(ended, "FAILED", soon)
    assert set(read(RUNS, client, cursor)[0]) == {started, ended}


def test_other_patterns_than_last_time_read_everything_again(client, server):
    """Old runs of an experiment that is wanted only now are in no hot set."""
    _, cursor = read(RUNS, connect(MlflowSettings("lab", server.url, experiments=("forecast",))))
    runs, _ = read(RUNS, client, cursor)
    assert run_id("good") in runs


def test_a_sweep_loses_and_doubles_nothing_while_runs_come_and_go(server):
    """Page tokens are offsets: only all runs, oldest first, stay where they are when one is deleted or begun meanwhile."""
    from mlflow import MlflowClient

    logger = MlflowClient(server.url)
    experiment = logger.create_experiment("busy")
    runs = [logger.create_run(experiment, start_time=1_700_000_000_000 + n).info.run_id for n in range(6)]
    client = connect(MlflowSettings("lab", server.url, experiments=("busy",)), page_size=2)
    seen = []
    for page in RUNS.read(client, None):
        seen += [RUNS.key(run) for run in page.records]
        if len(seen) == 2:
            logger.delete_run(runs[0])
            logger.delete_run(runs[1])
            begun = logger.create_run(experiment, start_time=1_800_000_000_000).info.run_id
    assert seen == [*runs, begun]


def test_a_sweep_of_many_experiments_resumes_in_the_group_it_was_in(client, monkeypatch):
    """Groups of experiments keep a search small; those swept before are not swept again."""
    monkeypatch.setattr(reading, "EXPERIMENTS_A_SEARCH", 1)
    pages = list(RUNS.read(client, None))
    assert [len(page.records) for page in pages] == [7, 1, 0]
    assert pages[1].cursor["resume"]["experiments"] == ["1"]
    resumed, cursor = read(RUNS, client, pages[1].cursor)
    assert set(resumed) == {run_id("other")}
    assert cursor["unfinished"] == pages[-1].cursor["unfinished"] != []


def test_an_interrupted_sweep_resumes_where_it_landed(server):
    """The cursor of a page leads to the runs after it; unfinished ones of earlier pages are not forgotten."""
    client = connect(MlflowSettings("lab", server.url, **SHOWN), page_size=3)
    whole, end = read(RUNS, client)
    first, second, *_ = RUNS.read(client, None)
    landed = {RUNS.key(run) for page in (first, second) for run in page.records}
    resumed, cursor = read(RUNS, client, second.cursor)
    assert landed | set(resumed) == set(whole)
    assert len(resumed) < len(whole)
    assert cursor["unfinished"] == end["unfinished"]
    assert "resume" not in cursor


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_the_calls_a_stream_claims_are_those_it_makes(stream, wire):
    """The number in the docs is the number on the wire for a small server."""
    url, sandbox = wire
    client = connect(MlflowSettings("lab", url, **SHOWN))
    _, cursor = read(stream, client)
    sandbox.requests.clear()
    read(stream, client, cursor)
    assert len(sandbox.requests) == int(stream.calls.split()[0].rstrip(":"))
