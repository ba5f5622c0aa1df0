"""Dagster's record of runs in files that stay open: nothing is lost, and Dagster's own storage reads what was written."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import dagster as dg
import pytest
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

from pipelines import history, runs


@dg.asset(check_specs=[dg.AssetCheckSpec("sound", asset="thing")])
def thing():
    """Something with a check."""
    yield dg.MaterializeResult(metadata={"number": 7}, check_results=[dg.AssetCheckResult(passed=True)])


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
    """As a run beside the UI's own looks, each with its own connections."""

    def write(_number: int) -> list[str]:
        with dg.DagsterInstance.get() as instance:
            return [dg.materialize([thing], instance=instance).run_id for _ in range(2)]

    with runs.prepare_instance() as instance:
        with ThreadPoolExecutor(2) as writers:
            run_ids = [run_id for found in writers.map(write, range(2)) for run_id in found]
        logs = events(instance, run_ids)
    assert len(logs) == 4
    assert len({frozenset(log.items()) for log in logs.values()}) == 1


def test_no_more_files_stay_open_than_said(state):
    """The UI of months of runs reads as many files."""
    engines = history.Engines()
    kept = [engines.of(f"sqlite:///{state / str(number)}.db") for number in range(history.KEPT + 1)]
    for engine in kept[1:]:
        with engine.connect():
            pass
    assert kept[0] is not engines.of(f"sqlite:///{state / '0'}.db")
    assert kept[-1] is engines.of(f"sqlite:///{state / str(history.KEPT)}.db")
    engines.dispose()
