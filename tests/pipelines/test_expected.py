"""The time a sync run is expected to take is known from earlier runs of the same kind, or said to be unknown."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
import pytest

from connectors.sandbox import sheets
from connectors.sandbox.program import SheetVersion, Tab
from connectors.sandbox.server import Sandbox, Server
from pipelines import expected, liveness, stream_assets
from pipelines.settings import Settings, Sheets
from pipelines.sync import Result
from tests.connectors.jira import small_program

NOW = small_program.NOW
BUDGET = dg.AssetKey(["landing", "sheets_budget"])


@pytest.fixture
def budget(tmp_path, monkeypatch) -> Iterator[dg.AssetsDefinition]:
    """The assets of a spreadsheet of one tab."""
    monkeypatch.setenv("HUB_STATE", str(tmp_path / "state"))
    program = small_program.build()
    rows = [["Initiative", "Month", "Planned", "Actual"], ["Search", "2026-01-01", 1000, 900]]
    program.spreadsheet_id, program.spreadsheet_versions = "1AbC", [SheetVersion(NOW, [Tab("Budget", 11, rows)])]
    sandbox = Sandbox(program, NOW)
    with Server(sheets.app(sandbox), sandbox) as server:
        tabs = {"budget": "Budget"}
        settings = Settings(
            data_dir=str(tmp_path / "data"), sheets=[Sheets(name="acme", spreadsheet="1AbC", url=server.url, tabs=tabs)]
        )
        yield stream_assets.build(settings, "sheets", lambda: datetime.now(UTC))


def read(assets: dg.AssetsDefinition, instance: dg.DagsterInstance, **config: bool) -> dict[str, object]:
    """What a run of the budget's asset says of itself."""
    run = dg.materialize(
        [assets],
        instance=instance,
        selection=[BUDGET],
        run_config={"ops": {"read_sheets": {"config": config}}} if config else None,
    )
    liveness.forget(run.run_id)
    [told] = run.asset_materializations_for_node("read_sheets")
    return {name: value.value for name, value in told.metadata.items()}


def test_a_run_is_expected_to_take_what_earlier_ones_of_its_kind_took(budget):
    """The first one of a kind is unknown; calls made are there too."""
    with dg.DagsterInstance.ephemeral() as instance:
        first, second, whole = read(budget, instance), read(budget, instance), read(budget, instance, full=True)
    assert first["expected seconds"] is None
    assert second["expected seconds"] == first["seconds"] > 0
    assert (first["kind of read"], whole["kind of read"]) == ("what changed", "everything")
    assert whole["expected seconds"] is None
    assert first["calls"] > second["calls"] > 0


def test_a_long_read_tells_its_log_calls_budget_and_expected_time():
    """Twice a minute and no more; unknown while the source does not say how much there is."""
    lines: list[str] = []
    moments = iter([0.0, 10.0, 40.0])
    progress = expected.told(lines.append, clock=lambda: next(moments))
    result = Result("github", "acme", "pull_requests", record_count=1000, calls=40, seconds=40.4)
    progress(result, None)
    progress(result, None)
    result.calls_left, result.expected_seconds = 4960, 161.6
    progress(result, 4000)
    assert lines == [
        "acme, pull_requests: 1,000 of 4,000 records after 40 s, 40 calls, 4,960 left; expected time 162 s in all"
    ]
