"""The hub command says what is wrong before it does anything, with exit code 2."""

import os
import re
import signal
import socket
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipelines import cli
from tests import sql_models

MLFLOW_ONLY = """
[[mlflow]]
name = "acme"
tracking_uri = "http://127.0.0.1:1"
"""


@pytest.fixture
def hub(tmp_path):
    """Runs a hub command with these settings."""

    def run(text: str, *arguments: str):
        (tmp_path / "hub.toml").write_text(text)
        return CliRunner().invoke(cli.main, arguments, env={"HUB_CONFIG": str(tmp_path / "hub.toml")})

    return run


def test_a_source_that_is_not_configured_is_named(hub):
    answer = hub(MLFLOW_ONLY, "sync", "jira")
    assert answer.exit_code == 2
    assert "[[jira]] is not in" in answer.output


def test_faults_of_the_settings_end_every_command_with_2(hub):
    for command in (["check"], ["sync"], ["build"], ["report"], ["run"], ["query", "select 1"]):
        answer = hub("timezon = 'UTC'", *command)
        assert answer.exit_code == 2
        assert "did you mean timezone?" in answer.output


def test_the_demo_leaves_a_real_program_alone(hub, tmp_path):
    """The addresses are looked at before anything is removed or marked."""
    (tmp_path / ".hub").mkdir()
    answer = hub(MLFLOW_ONLY, "demo", "--no-ui")
    assert answer.exit_code == 2
    assert "the demo plays all four" in answer.output
    assert list((tmp_path / ".hub").iterdir()) == []


def test_asking_an_unpublished_warehouse_says_what_to_do(hub):
    answer = hub(MLFLOW_ONLY, "query", "select 1")
    assert answer.exit_code == 1
    assert "hub run" in answer.output


def test_a_build_as_of_another_day_needs_a_file_of_its_own(hub):
    assert hub(MLFLOW_ONLY, "build", "--as-of", "2026-09-30").exit_code == 2


def test_a_day_ends_a_second_before_the_next_local_one():
    assert cli._end_of(date(2026, 9, 30), "Europe/Berlin") == datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC)


def test_what_nobody_foresaw_ends_a_command_with_the_place_and_no_traceback(hub, tmp_path):
    (tmp_path / ".hub").write_text("a file where the data folder should be")
    for command in (["sync"], ["report", "--as-of", "2026-09-30"], ["erase", "somebody"]):
        answer = hub(MLFLOW_ONLY, *command)
        assert answer.exit_code == 1
        assert f"{tmp_path / '.hub'}" in answer.output
        assert "this user may write there" in answer.output
        assert isinstance(answer.exception, SystemExit)


def test_a_check_says_where_nothing_can_be_kept_and_that_no_alert_would_leave(hub, tmp_path, monkeypatch):
    monkeypatch.delenv("A_WEBHOOK", raising=False)
    (tmp_path / ".hub").write_text("a file where the data folder should be")
    answer = hub('[alerts]\nwebhook = "env:A_WEBHOOK"\n', "check")
    assert answer.exit_code == 1
    assert f"data_dir: {tmp_path / '.hub'} is no folder" in answer.output
    assert "export A_WEBHOOK" in answer.output


@pytest.mark.parametrize("source", ["jira", "github", "mlflow"])
def test_a_token_that_cannot_be_sent_is_named_by_a_check(hub, monkeypatch, source):
    """Before anything is sent; the other sources are looked at as ever."""
    monkeypatch.setenv("A_TOKEN", "schlüssel\nzwei")
    key = "tracking_uri" if source == "mlflow" else "url"
    more = {"jira": 'projects = ["APP"]', "github": 'organizations = ["acme"]'}.get(source, "")
    told = f'[[{source}]]\nname = "acme"\n{key} = "http://127.0.0.1:1"\ntoken = "env:A_TOKEN"\n{more}\n'
    answer = hub(told, "check")
    assert answer.exit_code == 1
    assert "  error   environment: A_TOKEN holds a character that no token has" in answer.output
    assert "schlüssel" not in answer.output


def test_a_damaged_warehouse_is_told_with_how_to_make_it_anew(hub, tmp_path):
    (tmp_path / ".hub").mkdir()
    (tmp_path / ".hub" / "warehouse.duckdb").write_bytes(b"damaged" * 1000)
    for command in (["query", "select 1"], ["report", "program_status"]):
        answer = hub(MLFLOW_ONLY, *command)
        assert answer.exit_code == 1
        assert "hub build --force makes it anew" in answer.output


def test_with_debug_a_command_that_breaks_shows_where(hub, tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_LOG", "debug")
    (tmp_path / ".hub").mkdir()
    (tmp_path / ".hub" / "warehouse.duckdb").write_bytes(b"damaged" * 1000)
    assert isinstance(hub(MLFLOW_ONLY, "report", "program_status").exception, duckdb.Error)


def test_advice_about_the_disk_is_given_where_it_helps():
    """Not of a file that the program itself misses, nor of a server that does not answer."""
    for error in (FileNotFoundError(2, "No such file", "a.sql"), socket.gaierror(-2, "Name or service not known")):
        assert "HUB_LOG=debug shows where it happened" in cli._in_words(error)
    assert cli._in_words(OSError(28, "No space left", "a.duckdb")).startswith(
        "a.duckdb: No space left; see that there is room"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look everywhere")
def test_a_data_folder_below_one_that_is_closed_is_told(hub, tmp_path):
    (tmp_path / "closed").mkdir(mode=0)
    answer = hub('data_dir = "closed/inner/data"\n', "check")
    assert f"data_dir: {tmp_path / 'closed'} cannot be written" in answer.output


def test_a_level_that_is_empty_is_none(hub, monkeypatch):
    monkeypatch.setenv("HUB_LOG", "")
    assert "nothing has been published yet" in hub(MLFLOW_ONLY, "query", "select 1").output


def test_a_level_that_no_log_has_is_refused(hub, monkeypatch):
    monkeypatch.setenv("HUB_LOG", "loud")
    answer = hub(MLFLOW_ONLY, "query", "select 1")
    assert answer.exit_code == 2
    assert "'loud' is no level" in answer.output


def test_letters_that_a_terminal_does_not_know_do_not_end_a_query(tmp_path):
    with duckdb.connect(tmp_path / "warehouse.duckdb"):
        pass
    (tmp_path / "hub.toml").write_text('data_dir = "."\n')
    environment = {**os.environ, "HUB_CONFIG": str(tmp_path / "hub.toml"), "PYTHONIOENCODING": "ascii"}
    command = [str(Path(sys.executable).with_name("hub")), "query", "--csv", "select chr(8364) as sign"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert answer.stdout.splitlines() == ["sign", "\\u20ac"]


def test_every_command_is_in_the_readme():
    from pipelines.settings import CHECKOUT

    readme = (CHECKOUT / "README.md").read_text()
    assert [name for name in cli.main.commands if f"`hub {name}" not in readme] == []


@pytest.mark.parametrize("command", ["sync", "run"])
def test_ctrl_c_ends_a_sync_at_once_though_a_source_does_not_answer(tmp_path, shared_folder, command):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (tmp_path / "hub.toml").write_text(
            f"""
[[jira]]
name = "acme"
url = "http://127.0.0.1:{silent.getsockname()[1]}"
email = "pm@acme.example"
token = "env:A_TOKEN"
projects = ["ML"]
"""
        )
        environment = {**os.environ, "HUB_CONFIG": str(tmp_path / "hub.toml"), "A_TOKEN": "secret"}
        environment |= {"HUB_STATE": str(tmp_path / "state"), **sql_models.environment(shared_folder)}
        words = [str(Path(sys.executable).with_name("hub")), command]
        with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as hub:
            waiting, _ = silent.accept()
            with waiting:
                hub.send_signal(signal.SIGINT)
                assert "what had landed stays" in hub.stderr.read()
        assert hub.returncode == 130


def test_ctrl_c_ends_a_query_that_takes_long(tmp_path):
    """DuckDB does not look for it in between: from then on it is the system's to end it."""
    with duckdb.connect(tmp_path / "warehouse.duckdb"):
        pass
    (tmp_path / "hub.toml").write_text('data_dir = "."\n')
    environment = {**os.environ, "HUB_CONFIG": str(tmp_path / "hub.toml")}
    endless = "select count(*) from range(10000000000000) as numbers (n) where n % 7 = 3"
    command = [str(Path(sys.executable).with_name("hub")), "query", endless]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as asked:
        try:
            for is_pythons in (True, False):  # at first Python would take it
                while takes_interrupts(asked.pid) != is_pythons:
                    assert asked.poll() is None
            asked.send_signal(signal.SIGINT)
            assert asked.wait(10) == -signal.SIGINT
            assert asked.stderr.read() == ""
        finally:
            asked.kill()


def takes_interrupts(process):
    """Whether a process has a handler of its own for Ctrl-C."""
    [caught] = re.findall(r"^SigCgt:\s+(\w+)", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    return bool(int(caught, 16) >> (signal.SIGINT - 1) & 1)


@pytest.mark.parametrize("interrupted", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_ctrl_c_is_told_as_such_whoever_catches_it(monkeypatch, interrupted):
    """DuckDB makes an error of its own of it."""

    def fail(*_, **__):
        raise interrupted

    monkeypatch.setattr("pipelines.settings.load", fail)
    answer = CliRunner().invoke(cli.main, ["build"])
    assert answer.exit_code == 1
    assert answer.stderr.strip() == "Aborted!"
