"""Trace days, logged models and metric histories against the real server."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.wrappers import Response

from connectors.mlflow import STREAMS, MlflowSettings, connect, trace_days
from connectors.sandbox.mlflow import run_id
from connectors.sandbox.mlflow_genai import logged_model_id
from connectors.sandbox.server import Fault, Sandbox, Server

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
*_, LOGGED, HISTORY, DAYS = STREAMS
SHOWN = {"experiments": ("churn", "forecast")}


def read(stream, client, cursor=None):
    """The records by key, and the last cursor."""
    records = {}
    for page in stream.read(client, cursor):
        records |= {stream.key(record): record for record in page.records}
        cursor = page.cursor
    return records, cursor


def at_the_wire(wire, **settings):
    """A client before the wire, whose clock is the sandbox's."""
    return connect(MlflowSettings("lab", wire[0], **(SHOWN | settings)), wait=lambda _seconds: None)


def test_traces_come_as_figures_of_their_day(client):
    """Counts, percentiles of latency over all that ended, means of grades; expectations and texts are no grades."""
    days, cursor = read(DAYS, client)
    assert list(days) == ["2/2026-11-14", "2/2026-11-21"]
    assert days["2/2026-11-14"] == {
        "experiment_id": "2",
        "day": "2026-11-14",
        "trace_count": 5,
        "error_count": 1,
        "unfinished_count": 0,
        "latency_count": 5,
        "latency_p50_ms": 2000.0,
        "latency_p95_ms": 3800.0,
        "assessments": [{"name": "relevance", "scored_count": 2, "unscored_count": 1, "mean": 0.75}],
    }
    newest = days["2/2026-11-21"]
    assert (newest["trace_count"], newest["unfinished_count"], newest["latency_p50_ms"]) == (3, 1, 800.0)
    assert [(a["name"], a["mean"]) for a in newest["assessments"]] == [("helpful", 1.0), ("relevance", 0.5)]
    assert set(cursor) == {"since", "looked_back_on"}


def test_no_word_of_a_trace_is_kept(client):
    """Names of grades are all the text there is: previews, tags and metadata stay on the server."""
    days, _ = read(DAYS, client)
    text = json.dumps(days)
    assert "sandbox keeps no questions" not in text
    assert "tr-" not in text
    assert "judge" not in text


def test_the_next_read_counts_the_newest_day_again_and_a_week_once_a_day(wire):
    """People grade late: the first read of a day goes back a week, further ones only to the newest day with traces."""
    client = at_the_wire(wire)
    _, cursor = read(DAYS, client)
    assert cursor == {"since": "2026-11-21", "looked_back_on": "2026-11-23"}
    again, same = read(DAYS, client, cursor)
    assert (list(again), same) == (["2/2026-11-21"], cursor)
    assert read(DAYS, client, {"since": "2026-11-22", "looked_back_on": "2026-11-23"})[0] == {}
    week, _ = read(DAYS, client, {"since": "2026-11-22", "looked_back_on": "2026-11-22"})
    assert list(week) == ["2/2026-11-21"]


def test_a_first_read_of_traces_resumes_at_the_day_it_was_in(client, monkeypatch):
    """A day that was cut in two is counted again from its beginning."""
    monkeypatch.setattr(trace_days, "DAYS_A_PAGE", 1)
    client.page_size = 3
    first, *_ = DAYS.read(client, None)
    assert [record["day"] for record in first.records] == ["2026-11-14"]
    assert first.cursor["resume"]["day"] == "2026-11-21"
    rest, cursor = read(DAYS, client, first.cursor)
    assert rest["2/2026-11-21"]["trace_count"] == 3
    assert cursor == read(DAYS, client)[1]


def test_traces_of_many_experiments_are_counted_group_after_group(client, monkeypatch):
    """The figures are the same however the experiments are grouped, and a read that breaks off goes on with the next."""
    whole = read(DAYS, client)
    monkeypatch.setattr(trace_days, "EXPERIMENTS_A_SEARCH", 1)
    assert read(DAYS, client) == whole
    first, *_ = DAYS.read(client, None)
    assert first.cursor["resume"]["experiments"] == ["1"]
    assert read(DAYS, client, first.cursor) == whole


def test_logged_models_come_with_parameters_and_metrics(client):
    """As the server sends them; deleted ones are not listed, so that absent means deleted."""
    models, cursor = read(LOGGED, client)
    assert cursor == {"known_experiments": ["1", "2"]}
    assert list(models) == [logged_model_id("m1")]
    model = models[logged_model_id("m1")]
    assert model["info"]["source_run_id"] == run_id("good")
    assert model["info"]["status"] == "LOGGED_MODEL_READY"
    assert model["data"]["params"] == [{"key": "depth", "value": "3"}]
    assert [(m["key"], m["value"], m["step"]) for m in model["data"]["metrics"]] == [("auc", 0.8, 1)]


def test_histories_are_read_of_the_metrics_named(wire):
    """Every value that was logged, in order, as numbers or as the text NaN; without metrics named not a single call."""
    assert read(HISTORY, at_the_wire(wire)) == ({}, None)
    assert wire[1].requests == []
    histories, _ = read(HISTORY, at_the_wire(wire, metric_history=("au*", "loss")))
    assert histories[f"{run_id('good')}/auc"]["metrics"] == [
        {"key": "auc", "value": value, "timestamp": int((NOW - timedelta(days=ago)).timestamp() * 1000), "step": step}
        for value, step, ago in ((0.5, 0, 59.99), (0.8, 1, 59.96), (0.9, 1, 59.95))
    ]
    assert histories[f"{run_id('child')}/loss"]["metrics"][0]["value"] == "NaN"
    assert set(histories) == {
        f"{run_id(key)}/{metric}"
        for key, metric in (("good", "auc"), ("child", "loss"), ("infinite", "loss"), ("running", "loss"))
    }


def test_one_call_brings_the_histories_of_many_runs(wire):
    """Per metric and fifty runs, beside the calls that find the runs; the hot set alone on the same day."""
    client = at_the_wire(wire, metric_history=("loss",))
    _, cursor = read(HISTORY, client)
    assert sum("get-history" in line for line in wire[1].requests) == 1
    assert len(wire[1].requests) == 3
    wire[1].requests.clear()
    again, _ = read(HISTORY, client, cursor)
    assert set(again) == {f"{run_id('running')}/loss"}
    assert len(wire[1].requests) == 6


def test_a_server_without_the_call_for_many_runs_is_asked_run_by_run(wire):
    """Older servers answer 404 at an address they do not know: the histories are the same."""
    client = at_the_wire(wire, metric_history=("auc", "loss"))
    whole, _ = read(HISTORY, client)
    wire[1].faults.append(Fault("get-history-bulk-interval", "reply", status=404, body="<html>", times=9))
    assert read(HISTORY, client)[0] == whole


def test_a_value_logged_into_a_run_that_ended_long_ago_is_found_the_next_day(server):
    """Monitoring does that: the first read of a day looks at all runs, by the time of their metrics' last values."""
    from mlflow import MlflowClient

    logger = MlflowClient(server.url)
    experiment = logger.create_experiment("monitored")
    run = logger.create_run(experiment, start_time=1_600_000_000_000).info.run_id
    logger.log_metric(run, "drift/age", 0.1, timestamp=1_600_000_000_500, step=0)
    logger.set_terminated(run, "FINISHED", 1_600_000_000_900)
    older = logger.create_run(experiment, start_time=1_500_000_000_000).info.run_id
    logger.log_metric(older, "drift/age", 0.2, timestamp=1_500_000_000_500)
    logger.set_terminated(older, "FINISHED", 1_500_000_000_900)
    settings = MlflowSettings("lab", server.url, experiments=("monitored",), metric_history=("drift/*",))
    client = connect(settings)
    histories, cursor = read(HISTORY, client)
    assert len(histories) == 2
    yesterday = cursor | {"swept_on": "2020-01-01"}
    assert list(read(HISTORY, client, yesterday)[0]) == [f"{run}/drift/age"]  # that of the newest value, to be sure
    logger.log_metric(run, "drift/age", 0.3, step=1)
    histories, cursor = read(HISTORY, client, yesterday)
    assert f"{older}/drift/age" not in histories
    assert [m["value"] for m in histories[f"{run}/drift/age"]["metrics"]] == [0.1, 0.3]
    assert read(HISTORY, client, cursor)[0] == {}


def test_other_metrics_than_last_time_are_read_of_all_runs(wire):
    """A pattern added to the settings has no history yet."""
    _, cursor = read(HISTORY, at_the_wire(wire, metric_history=("loss",)))
    histories, _ = read(HISTORY, at_the_wire(wire, metric_history=("loss", "auc")), cursor)
    assert f"{run_id('good')}/auc" in histories


def test_a_history_beyond_what_one_call_brings_is_read_to_its_end():
    """The server samples histories of more than 2,500 values; such a one is fetched whole, page by page."""
    run = {"info": {"run_id": "r1", "status": "FINISHED"}, "data": {"metrics": [{"key": "loss", "timestamp": 1}]}}
    value = {"key": "loss", "value": 0.5, "timestamp": 1, "step": 1}
    answers = {
        "/experiments/search": {"experiments": [{"experiment_id": "1", "name": "churn"}]},
        "/runs/search": {"runs": [run]},
        "/metrics/get-history-bulk-interval": {"metrics": [value | {"run_id": "r1"}] * 2500},
        "/metrics/get-history": {"metrics": [value] * 900, "next_page_token": "MQ=="},
        "page_token": {"metrics": [value] * 2},
    }

    def answer(environ, start_response):
        path = environ["PATH_INFO"].removeprefix("/api/2.0/mlflow")
        key = "page_token" if "page_token" in environ["QUERY_STRING"] else path
        return Response(json.dumps(answers[key]), content_type="application/json")(environ, start_response)

    with Server(answer, Sandbox(None, NOW)) as server:
        histories, _ = read(HISTORY, connect(MlflowSettings("lab", server.url, metric_history=("loss",))))
    assert len(histories["r1/loss"]["metrics"]) == 902


@pytest.mark.parametrize("stream", [LOGGED, DAYS], ids=lambda stream: stream.name)
@pytest.mark.parametrize(("status", "body"), [(404, "<html>"), (501, "{}")])
def test_a_server_that_does_not_offer_a_list_brings_nothing(wire, stream, status, body):
    """Before MLflow 3 there are neither logged models nor these traces; a plain file store cannot search them."""
    wire[1].faults.append(Fault("(logged-models|traces)/search", "reply", status=status, body=body))
    assert list(stream.read(at_the_wire(wire), None)) == []
