"""Dagster's record of runs in files that stay open: nothing is lost, and Dagster's own storage reads what was written."""

from __future__ import annotations

import queue
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

from pipelines import history, runs


@dg.asset(check_specs=[dg.AssetCheckSpec("sound", asset="thing")])
def thing():
    """Something with a check."""
    yield dg.MaterializeResult(metadata={"number": 7}, check_results=[dg.AssetCheckResult(passed=True)])


@dg.job
def nothing() -> None: ...


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_STATE", str(tmp_path))
    return tmp_path


def events(instance, run_ids):
    """How often each kind of event stands in each run's log."""
    return {
        run_id: Counter(entry.dagster_event_type for entry in instance.all_logs(run_id) if entry.is_dagster_event)
        for run_id in run_ids
    }


def test_dagster_s_own_storage_reads_what_was_written(state):
    """More runs than files are held open; the last is read while both have it open."""
    with runs.prepare_instance() as instance:
        assert isinstance(instance.event_log_storage, history.EventLog)
        run_ids = [dg.materialize([thing], instance=instance).run_id for _ in range(history.KEPT + 2)]
        written = events(instance, run_ids)
        plain = DagsterSqliteStorage(str(state))
        for run_id in run_ids:
            read = Counter(
                entry.dagster_event_type
                for entry in plain.event_log_storage.get_logs_for_run(run_id)
                if entry.is_dagster_event
            )
            assert read == written[run_id]
            assert read[dg.DagsterEventType.ASSET_MATERIALIZATION] == 1
            assert read[dg.DagsterEventType.ASSET_CHECK_EVALUATION] == 1
        [record] = plain.event_log_storage.get_asset_records([dg.AssetKey("thing")])
        assert record.asset_entry.last_run_id == run_ids[-1]
        assert {run.run_id: run.status for run in plain.run_storage.get_runs()} == dict.fromkeys(
            run_ids, dg.DagsterRunStatus.SUCCESS
        )
        plain.dispose()


def test_two_writers_at_the_same_time_lose_nothing():
    """As a run beside the UI's own looks, each with its own connections to the same files."""

    def write(run: dg.DagsterRun) -> None:
        with dg.DagsterInstance.get() as instance:
            for number in range(50):
                instance.report_engine_event(str(number), run)

    with runs.prepare_instance() as instance:
        run = instance.create_run_for_job(nothing)
        with ThreadPoolExecutor(2) as writers:
            list(writers.map(write, [run, run]))
        told = Counter(entry.message for entry in instance.all_logs(run.run_id))
    assert told == {str(number): 2 for number in range(50)}


def test_who_watches_a_run_is_told_of_it_while_it_is_under_way():
    """As the UI does, from another process's storage: the writer still has the run's file open."""
    told = queue.Queue()
    with runs.prepare_instance() as instance, dg.DagsterInstance.get() as watching:
        run = instance.create_run_for_job(nothing)
        instance.report_engine_event("the first", run)
        watching.watch_event_logs(run.run_id, None, lambda event, _cursor: told.put(event.message))
        instance.report_engine_event("the second", run)
        heard = {told.get(timeout=60)}
        while "the second" not in heard:
            heard.add(told.get(timeout=60))


def test_what_is_written_after_everything_was_forgotten_is_there():
    """No file stays open that is no longer in its folder."""
    with runs.prepare_instance() as instance:
        dg.materialize([thing], instance=instance)
        instance.wipe()
        again = dg.materialize([thing], instance=instance).run_id
        assert instance.get_run_ids() == [again]
        assert events(instance, [again])[again][dg.DagsterEventType.ASSET_MATERIALIZATION] == 1


def test_no_more_files_stay_open_than_said(state):
    """The UI of months of runs reads as many files."""
    engines = history.Engines()
    for number in range(2 * history.KEPT):
        with engines.of(f"sqlite:///{state / str(number)}.db").begin() as connection:
            connection.exec_driver_sql("create table one (number integer)")
    assert opened(state) == {f"{number}.db" for number in range(history.KEPT, 2 * history.KEPT)}
    engines.dispose()
    assert opened(state) == set()


def opened(folder):
    """The files of a folder that this process has open."""
    files = (one.readlink() for one in Path("/proc/self/fd").iterdir() if one.is_symlink())
    return {file.name for file in files if file.parent == folder}
