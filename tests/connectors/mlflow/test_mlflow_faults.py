"""What goes wrong on the way to an MLflow server: said in two lines without secrets, tried again within bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.wrappers import Response

from connectors.mlflow import STREAMS, MlflowSettings, check, connect
from connectors.mlflow import client as asking
from connectors.sandbox.server import Fault, Sandbox, Server
from connectors.stream import Census, SourceError

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
EXPERIMENTS, RUNS, MODELS, VERSIONS, *_ = STREAMS
SHOWN = {"experiments": ("churn", "forecast"), "models": ("churn-model",)}


def read(client):
    return [record for page in RUNS.read(client, None) for record in page.records]


@pytest.fixture
def waits():
    """The seconds the client would have waited."""
    return []


@pytest.fixture
def client(wire, waits):
    """A client with secrets, before the faulty wire, that does not wait."""
    settings = MlflowSettings("lab", wire[0], username="reader", password="s3cret", token="t0ken", **SHOWN)
    return connect(settings, wait=waits.append)


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        ((401, ""), "refused the credentials (401)", "hub.toml"),
        ((403, ""), "may not read this (403)", "Grant the hub's user READ"),
        ((404, "<html>"), "no MLflow answers there (404)", "tracking_uri"),
        ((410, "gone"), "the server answered 410", "older than 2.9"),
        (
            (400, '{"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid page token"}'),
            "INVALID_PARAMETER_VALUE: Invalid page token",
            "MLflow",
        ),
        ((200, "<html><title>Sign in</title>"), "not JSON but begins with '<html>", "login page"),
        ((200, "[]"), "not JSON but begins with", "tracking_uri"),
    ],
)
def test_a_lasting_failure_is_told_at_once(wire, client, waits, answer, cause, remedy):  # noqa: PLR0917  # cases
    """It names source, instance, stream, cause and remedy, and neither password nor token."""
    status, body = answer
    wire[1].faults.append(Fault("runs/search", "reply", status=status, body=body))
    with pytest.raises(SourceError) as failure:
        read(client)
    text = str(failure.value)
    assert text.startswith("mlflow 'lab', runs: ")
    assert cause in text
    assert remedy in text.splitlines()[1]
    assert len(text.splitlines()) == 2
    assert "s3cret" not in text + repr(client.settings)
    assert "t0ken" not in text + repr(client.settings)
    assert waits == []


@pytest.mark.parametrize("kind", ["reset", "truncate"])
def test_a_broken_connection_is_tried_again(wire, client, waits, kind):
    """A connection that is cut or a body that ends early costs a second, not the read."""
    wire[1].faults.append(Fault("runs/search", kind, times=2))
    assert len(read(client)) == 8
    assert waits == pytest.approx([1, 2], rel=0.25)
    assert client.calls == len(wire[1].requests) == 4


def test_a_burst_of_server_errors_is_outwaited(wire, client, waits):
    """500, 502 and 503 pass: one second, two, four."""
    wire[1].faults += [Fault("runs/search", "reply", status=status, body="oops") for status in (500, 502, 503)]
    assert len(read(client)) == 8
    assert waits == pytest.approx([1, 2, 4], rel=0.25)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("300", 300.0),
        ("Mon, 23 Nov 2026 06:02:00 GMT", 120.0),
        ("soon", pytest.approx(1.0, rel=0.25)),
        (None, pytest.approx(1.0, rel=0.25)),
    ],
)
def test_retry_after_is_honoured_to_the_second(wire, client, waits, header, seconds):
    """Also as a fraction, beyond a minute and as a date; an unreadable one counts as none, none as about a second."""
    headers = {"Retry-After": header} if header else {}
    wire[1].faults.append(Fault("runs/search", "reply", status=429, headers=headers))
    assert len(read(client)) == 8
    assert waits == [seconds]


def test_a_server_that_is_silent_is_given_up_and_asked_again(wire, client, waits, monkeypatch):
    """Nothing comes within the time limit: the connection is dropped and the request sent anew."""
    monkeypatch.setattr(asking, "_TIMEOUT", (5.0, 0.5))
    wire[1].faults.append(Fault("runs/search", "stall"))
    assert len(read(client)) == 8
    assert waits == pytest.approx([1], rel=0.25)
    wire[1].faults.append(Fault("experiments/search", "stall", times=99))
    with pytest.raises(SourceError, match=r"did not answer in time\nSee whether the server is overloaded"):
        read(client)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_an_hour_off_loses_no_run(wire, client, hours):
    """The watermark is the server's own clock; what the trainers' clocks say may be off by more than an hour."""
    wire[1].now = NOW + timedelta(hours=hours)
    *_, last = RUNS.read(client, None)
    assert last.cursor["since"] == int((NOW + timedelta(hours=hours - 1.5)).timestamp() * 1000)


def test_a_page_token_that_has_expired_is_told_and_the_next_read_goes_on(wire, client):
    """What the pages before it brought has landed; its cursor leads to the rest."""
    client.page_size = 3
    refusal = '{"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid page token"}'
    wire[1].faults.append(Fault("runs/search", "reply", after=1, status=400, body=refusal))
    pages = RUNS.read(client, None)
    first = next(pages)
    with pytest.raises(SourceError, match="Invalid page token"):
        next(pages)
    rest = [run for page in RUNS.read(client, first.cursor) for run in page.records]
    assert len(first.records) == 3
    assert len({RUNS.key(run) for run in first.records + rest}) == 8


def test_a_server_that_stays_down_ends_the_read(wire, client, waits):
    """Five attempts, then an error that says what stays."""
    wire[1].faults.append(Fault("experiments/search", "reply", status=503, times=99))
    with pytest.raises(SourceError, match=r"answered 503 5 times\nWhat has landed stays"):
        read(client)
    assert client.calls == 5
    assert waits == pytest.approx([1, 2, 4, 8], rel=0.25)


@pytest.mark.parametrize("status", [502, 504])
def test_a_page_that_the_server_cannot_produce_is_asked_for_in_halves(wire, client, waits, status):
    """A proxy cuts off what takes too long, however often it is asked: the rest of the run asks for less."""
    wire[1].faults.append(Fault("runs/search", "reply", status=status, times=10))
    assert len(read(client)) == 8
    assert client.page_size == 125
    assert len(waits) == 8
    wire[1].faults.append(Fault("runs/search", "reply", status=status, times=99))
    with pytest.raises(SourceError, match=f"answered {status} 5 times"):
        read(client)
    assert client.page_size == 25


@pytest.mark.parametrize("name", ["runs", "metric_history", "trace_days"])
def test_the_next_run_begins_with_the_page_that_the_server_could_bear(wire, waits, name):
    """Else every run would wait for the same refusals; a read without a cursor tries whole pages again."""
    [stream] = [one for one in STREAMS if one.name == name]
    path = "traces/search" if name == "trace_days" else "runs/search"

    def last_cursor(cursor):
        settings = MlflowSettings("lab", wire[0], **SHOWN, metric_history=("loss",))
        client = connect(settings, wait=waits.append)
        return [page.cursor for page in stream.read(client, cursor)][-1], client

    wire[1].faults.append(Fault(path, "reply", status=504, times=10))
    cursor, _ = last_cursor(None)
    assert (cursor["page_size"], len(waits)) == (125, 8)
    cursor, client = last_cursor(cursor)
    assert (cursor["page_size"], client.page_size, len(waits)) == (125, 125, 8)
    cursor, client = last_cursor(None)
    assert ("page_size" in cursor, client.page_size) == (False, 500)


def test_a_wait_of_hours_is_left_to_the_next_run(wire, client, waits):
    """A server that asks for more than a quarter of an hour ends the read at once."""
    wire[1].faults.append(Fault("runs/search", "reply", status=429, headers={"Retry-After": "7200"}))
    with pytest.raises(SourceError, match="429"):
        read(client)
    assert waits == []


def test_a_repeated_page_token_ends_the_read(wire, client):
    """A server that gives the same token twice would be read for ever."""
    body = '{"experiments": [], "next_page_token": "MTA="}'
    wire[1].faults.append(Fault("experiments/search", "reply", status=200, body=body, times=99))
    with pytest.raises(SourceError, match="the same page token twice"):
        read(client)
    assert client.calls == 2


def test_bare_nan_from_another_server_becomes_the_text_that_mlflow_sends(wire, client):
    """The landing zone holds JSON, in which NaN is no number."""
    run = '{"info": {"run_id": "r1", "status": "FINISHED"}, "data": {"metrics": [{"key": "loss", "value": NaN}]}}'
    wire[1].faults.append(Fault("runs/search", "reply", status=200, body=f'{{"runs": [{run}]}}'))
    assert read(client)[0]["data"]["metrics"][0]["value"] == "NaN"


@pytest.mark.parametrize(
    ("uri", "cause"),
    [
        ("http://127.0.0.1:9", "refused or cut the connection"),
        ("http://mlflow.invalid", "host name of tracking_uri is unknown"),
        ("sqlite:///mlflow.db", "not an http or https address"),
        ("https://{wire}", "certificate|refused or cut"),
    ],
)
def test_an_address_where_no_server_is(wire, waits, uri, cause):
    """A closed port, an unknown host, a store that is no server, a server without TLS."""
    address = uri.format(wire=wire[0].removeprefix("http://"))
    with pytest.raises(SourceError, match=cause):
        read(connect(MlflowSettings("lab", address), wait=waits.append))


def test_a_certificate_that_nobody_signed_is_told_at_once(untrusted, waits):
    """Trying again would not help."""
    with pytest.raises(SourceError, match="certificate is not trusted\nName the authority's certificate"):
        read(connect(MlflowSettings("lab", untrusted), wait=waits.append))
    assert waits == []


def test_two_servers_with_their_own_credentials_in_one_process(monkeypatch):
    """MLflow's clients know one set of credentials, the environment's; here each server gets its own and no other."""
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "somebody")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "else")
    seen = []

    def note(environ, start_response):
        seen.append(environ.get("HTTP_AUTHORIZATION"))
        return Response("{}", content_type="application/json")(environ, start_response)

    with Server(note, Sandbox(None, NOW)) as server:
        for settings in (
            MlflowSettings("a", server.url, username="ada", password="p"),
            MlflowSettings("b", server.url, token="t"),
            MlflowSettings("c", server.url),
        ):
            read(connect(settings))
    assert seen == ["Basic YWRhOnA=", "Bearer t", None]


def test_check_finds_the_server_well(client):
    """Version, and how many experiments and models the patterns cover."""
    found = [(finding.level, finding.message) for finding in check(client)]
    assert [level for level, _ in found] == ["ok", "ok", "ok"]
    assert found[0][1].startswith("2 of ")
    assert found[2][1].startswith("MLflow 3.")


def test_check_says_what_an_older_server_does_not_offer(wire, client):
    """A warning each: the rest is read all the same."""
    wire[1].faults.append(Fault("(logged-models|traces)/search", "reply", status=404, body="<html>", times=2))
    warnings = [finding.message for finding in check(client) if finding.level == "warning"]
    assert warnings == ["the server offers no logged models", "the server offers no traces"]


def test_check_says_when_patterns_match_nothing(server):
    """Most often a typing error or a user without permissions."""
    settings = MlflowSettings("lab", server.url, experiments=("chrun",), models=("churn-model",))
    warning = next(check(connect(settings)))
    assert warning.level == "warning"
    assert "0 of" in warning.message
    assert "READ" in warning.remedy


def test_check_tells_a_refusal(wire, client):
    """An error of the connection is a finding, not an exception; a missing version is only a warning."""
    wire[1].faults.append(Fault("experiments/search", "reply", status=401))
    (finding,) = check(client)
    assert (finding.level, finding.subject) == ("error", "mlflow 'lab'")
    wire[1].faults.append(Fault("GET /version", "reply", status=404))
    assert [finding.level for finding in check(client)] == ["ok", "ok", "warning"]


def read_with_cursor(client, cursor=None):
    """Ids of the runs read, and the cursor."""
    ids = set()
    for page in RUNS.read(client, cursor):
        assert page.is_partial  # what is absent is left to the census
        ids |= {RUNS.key(run) for run in page.records}
        cursor = page.cursor
    return ids, cursor


@pytest.fixture
def withdrawn(wire):
    """From now on the server lists only one of the two experiments, and refuses questions about the other."""

    def withdraw(status=403, code="PERMISSION_DENIED"):
        listed = '{"experiments": [{"experiment_id": "2", "name": "forecast"}]}'
        refusal = f'{{"error_code": "{code}", "message": "no"}}'
        wire[1].faults += [
            Fault("experiments/search", "reply", status=200, body=listed, times=99),
            Fault("(runs|experiments)/get", "reply", status=status, body=refusal, times=999),
        ]

    return withdraw


def test_runs_of_an_experiment_that_may_not_be_read_any_more_stay(client, withdrawn, caplog):
    """A lost permission hides an experiment and its runs like a deletion would; night after night they stay."""
    live, cursor = read_with_cursor(client)
    assert len(live) == 8
    withdrawn()
    for _ in range(2):
        left, cursor = read_with_cursor(client, RUNS.sweep_from(cursor))
        assert len(left) == 1
        census = RUNS.census(client, live | {"f" * 32}, cursor)
        assert census.gone == frozenset()
        cursor = census.cursor
        assert cursor["known_experiments"] == ["1", "2"]
    census = EXPERIMENTS.census(client, {"1"}, {"names": {"1": "churn", "2": "forecast"}})
    assert census.gone == frozenset()
    assert str(census.hidden).startswith("mlflow 'lab', experiments: 'churn' (1) may no longer be read (403)")
    assert "may exist and stay as they landed" in caplog.text


def test_runs_of_an_experiment_that_does_not_exist_any_more_are_gone(wire, client, withdrawn):
    """One question for the experiment settles it for all its runs."""
    live, cursor = read_with_cursor(client)
    withdrawn(404, "RESOURCE_DOES_NOT_EXIST")
    left, cursor = read_with_cursor(client, RUNS.sweep_from(cursor))
    census = RUNS.census(client, live, cursor)
    assert census.gone == live - left
    assert census.cursor["known_experiments"] == ["2"]
    assert EXPERIMENTS.census(client, {"1"}, {"names": {"1": "churn", "2": "forecast"}}) == Census(
        frozenset({"1"}), {"names": {"2": "forecast"}}
    )
    assert sum("/get?" in line for line in wire[1].requests) == 1


def test_a_run_absent_from_a_sweep_is_gone_without_a_question_while_all_experiments_are_listed(wire, client):
    """The usual night: no call beyond the sweep. Without a sweep before it, a census makes its own."""
    live, cursor = read_with_cursor(client)
    for _ in range(2):
        assert RUNS.census(client, live | {"f" * 32}, cursor) == Census(frozenset({"f" * 32}))
    assert not [line for line in wire[1].requests if "/get?" in line]


def test_runs_that_only_no_pattern_matches_any_more_stay(wire):
    """An experiment that is excluded was not deleted."""
    live, cursor = read_with_cursor(connect(MlflowSettings("lab", wire[0], **SHOWN)))
    client = connect(MlflowSettings("lab", wire[0], experiments=("forecast",)))
    _, cursor = read_with_cursor(client, cursor)
    assert RUNS.census(client, live | {"f" * 32}, cursor).gone == {"f" * 32}
    assert EXPERIMENTS.census(client, {"1"}, {"names": {"1": "churn"}}) == Census(frozenset())


def test_a_census_stops_asking_after_a_hundred_questions_in_vain(wire, client, withdrawn):
    """An experiment of thousands of runs was withdrawn: asking for each of them every night would help nobody."""
    _, cursor = read_with_cursor(client)
    withdrawn()
    _, cursor = read_with_cursor(client, RUNS.sweep_from(cursor))
    assert RUNS.census(client, {f"{number:032x}" for number in range(300)}, cursor).gone == frozenset()
    assert sum("runs/get" in line for line in wire[1].requests) == 100


@pytest.mark.parametrize(
    ("status", "code", "gone"),
    [(403, "PERMISSION_DENIED", set()), (404, "RESOURCE_DOES_NOT_EXIST", {"churn-model"}), (200, "", set())],
    ids=["may not be read", "does not exist", "is only not listed"],
)
def test_a_registered_model_that_is_no_longer_listed_is_asked_for(wire, client, status, code, gone):
    """A permission lost on one model hides it and its versions as a deletion would. Both are told apart at every read."""
    wire[1].faults.append(
        Fault(
            "registered-models/get",
            "reply",
            status=status,
            body=f'{{"error_code": "{code}", "message": "no"}}',
            times=9,
        )
    )
    assert MODELS.census(client, {"churn-model"}, None).gone == gone
    versions = {"churn-model/1", "churn-model/2"}
    # Of a model that may be read, a version that is not listed does not exist.
    assert VERSIONS.census(client, versions, None).gone == (set() if status == 403 else versions)
    assert sum("registered-models/get" in line for line in wire[1].requests) == 1


def test_a_registered_model_that_is_no_longer_asked_for_is_gone(wire):
    """By the settings: nobody has to be asked."""
    client = connect(MlflowSettings("lab", wire[0], models=("other-model",)))
    assert MODELS.census(client, {"churn-model"}, None).gone == {"churn-model"}
    assert VERSIONS.census(client, {"churn-model/1"}, None).gone == {"churn-model/1"}
    assert not wire[1].requests
