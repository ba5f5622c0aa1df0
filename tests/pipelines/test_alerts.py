"""News reach a real receiver over HTTP, once each: a colour that turned, a source that went stale, a run that failed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import dagster as dg
import pytest

from pipelines import alerts
from pipelines.settings import Settings
from tests.reports.believable import AS_OF
from tests.reports.published import ABOUT, write

JOBS = ("build_warehouse", "sync_jira")


class Receiver(HTTPServer):
    """Takes what a webhook takes and remembers it; answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[str] = []
        self.status = 200


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/json"
        if self.server.status == 200:
            self.server.taken.append(json.loads(body)["text"])
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver on this machine, whose address is the secret that the settings name."""
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("HUB_WEBHOOK", f"http://127.0.0.1:{server.server_port}/T0/B0/secret")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def program(tmp_path: Path) -> Settings:
    """Settings with a webhook, and an empty data folder."""
    (tmp_path / "data").mkdir()
    return Settings.model_validate(
        {
            "data_dir": str(tmp_path / "data"),
            "alerts": {"webhook": "env:HUB_WEBHOOK", "dagster_url": "https://hub.example/"},
        }
    )


Look = Callable[[], None]


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance of Dagster of its own."""
    (tmp_path / "dagster").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        yield instance


@pytest.fixture
def look(program: Settings, instance: dg.DagsterInstance) -> Look:
    """One look of the sensor. Only the cursor lives on from one to the next, as after a restart of everything."""
    cursors: list[str | None] = [None]

    def once() -> None:
        assert program.alerts
        context = dg.build_sensor_context(instance=instance, cursor=cursors[-1])
        alerts.sensor(program, program.alerts, JOBS)(context)
        cursors.append(context.cursor)

    return once


def run(instance: dg.DagsterInstance, job: str, problem: str | None) -> str:
    """A real run of a job of that name, whose one step fails with these words, or does not; returns its id."""

    @dg.op
    def step() -> None:
        if problem:
            raise dg.Failure(problem) from ValueError("what a library said")

    @dg.job(name=job)
    def defined() -> None:
        step()

    return defined.execute_in_process(instance=instance, raise_on_error=False).run_id


def publish(program: Settings, *, budget: str, is_stale: bool = False) -> None:
    """A published file in which an initiative's budget has this colour."""
    program.warehouse.unlink(missing_ok=True)
    read_at = AS_OF - timedelta(hours=2) - timedelta(days=2 * is_stale)
    write(
        program.warehouse,
        {
            "initiatives": [{"initiative_id": "INI-1", "name": "Fraud <detection> & more"}],
            "program_status": [
                {"initiative_id": None, "dimension": "overall", "status": budget},
                {"initiative_id": "INI-1", "dimension": "overall", "status": budget},
                {"initiative_id": "INI-1", "dimension": "budget", "status": budget, "reason": "CPI is 0.78"},
                {"initiative_id": "INI-1", "dimension": "scope", "status": "green"},
            ],
            "source_freshness": [
                {
                    "source": "jira",
                    "instance": "acme",
                    "stream": stream,
                    "last_attempt_at": read_at,
                    "last_success_at": read_at,
                    "is_stale": is_stale and stream == "issues",
                    "last_error": "HTTP 503" if is_stale else None,
                }
                for stream in ("issues", "sprints")
            ],
        },
        ABOUT,
    )


def test_a_colour_that_turned_is_told_once_with_reason_and_link(
    program: Settings, look: Look, receiver: Receiver
) -> None:
    """The first look only learns; afterwards each turn is one message, and staying so is none."""
    publish(program, budget="green")
    look()
    assert receiver.taken == []
    publish(program, budget="red")
    look()
    look()
    [said] = receiver.taken
    assert said == (
        ":red_circle: *The program* turned red, was green. 1 of 1 initiative is red: Fraud &lt;detection&gt; &amp; more (budget)."
        " <https://hub.example/assets/reports/program_status|program status>\n"
        ":red_circle: *Fraud &lt;detection&gt; &amp; more* turned red, was green. Budget turned red, was green: CPI is 0.78."
        " <https://hub.example/assets/reports/program_status|program status>"
    )
    publish(program, budget="green")
    look()
    look()
    assert len(receiver.taken) == 2
    assert "turned green, was red." in receiver.taken[1]


def test_a_source_that_went_stale_and_came_back_is_told_once_each(
    program: Settings, look: Look, receiver: Receiver
) -> None:
    """With the oldest read and its error; at first sight too, for it is a fault already."""
    publish(program, budget="green", is_stale=True)
    look()
    look()
    assert receiver.taken == [
        ":large_yellow_circle: *Jira acme* is out of date: issues last read 22\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2026, 05:00. HTTP 503."
        " <https://hub.example/assets/reports/data_trust|data trust>".replace("\N{NO-BREAK SPACE}", " ")
    ]
    publish(program, budget="green")
    look()
    look()
    link = "<https://hub.example/assets/reports/data_trust|data trust>"
    assert receiver.taken[1:] == [f":large_green_circle: *Jira acme* is up to date again. {link}"]


def test_a_failed_build_names_the_failing_steps_cause_once_until_it_works(
    instance: dg.DagsterInstance, look: Look, receiver: Receiver
) -> None:
    """A build that fails every hour is told at its first failure, and when it works again."""
    first = run(instance, "build_warehouse", 'dbt: "marts.issues" has two rows for acme:1')
    look()
    for _ in range(3):
        run(instance, "build_warehouse", "the same an hour later")
        look()
    cause = 'step: dbt: "marts.issues" has two rows for acme:1'
    link = f"<https://hub.example/runs/{first}|its run>"
    assert receiver.taken == [f":red_circle: *build_warehouse* failed: {cause} {link}"]
    works = run(instance, "build_warehouse", None)
    look()
    look()
    assert receiver.taken[1:] == [
        f":large_green_circle: *build_warehouse* works again. <https://hub.example/runs/{works}|its run>"
    ]


def test_runs_of_other_jobs_are_not_told(instance: dg.DagsterInstance, look: Look, receiver: Receiver) -> None:
    """What somebody tries out in the UI concerns nobody else."""
    run(instance, "trying_out", "nothing to see")
    look()
    assert receiver.taken == []


def test_a_message_that_was_not_taken_is_tried_again_and_betrays_no_address(
    instance: dg.DagsterInstance, look: Look, receiver: Receiver
) -> None:
    """The look fails, so that it is seen; the next one tells all the same."""
    run(instance, "sync_jira", "HTTP 401")
    receiver.status = 500
    with pytest.raises(Exception, match="the webhook answered HTTP 500") as refused:
        look()
    assert "secret" not in str(refused.value)
    receiver.status = 200
    look()
    look()
    assert len(receiver.taken) == 1


def test_a_receiver_that_is_away_is_named_without_its_address(
    program: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client puts the whole address into its error."""
    monkeypatch.setenv("HUB_WEBHOOK", "http://127.0.0.1:9/T0/secret")
    assert program.alerts
    with pytest.raises(dg.Failure, match="could not be reached: ConnectionError") as refused:
        alerts.post(program.alerts, "hello")
    assert "secret" not in str(refused.value.description)


def test_a_message_stays_short() -> None:
    """Long causes are cut, many news are counted, and a source's text mentions nobody."""
    lines = [
        alerts.Line("red", f"job {index}", "<!channel> " + "x" * 5000, "https://a", "its run") for index in range(30)
    ]
    text = alerts.message(lines)
    assert len(text) < 8 * 520
    assert text.endswith("… and 22 more.")
    assert "<!channel>" not in text
