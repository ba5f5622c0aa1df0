"""A field that a vendor adds, renames, retypes or no longer sends is told by its name, and nothing else is.

The sources' real clients read over HTTP; what landed goes through the hub's own SQL models to the marts field_drifts and
data_quality and to the check that warns. Not here: that it lands and costs no other column (test_schema_drift.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors import github, jira, mlflow, sheets
from connectors.sandbox import github as github_sandbox
from connectors.sandbox import jira as jira_sandbox
from connectors.sandbox import sheets as sheets_sandbox
from connectors.sandbox.program import SheetVersion, Tab
from connectors.sandbox.server import Sandbox, Server
from pipelines import sources, sync
from tests import sql_models
from tests.faults.drifting import NOW, Drift, mlflow_app, program
from warehouse import build, landing

Record = dict[str, Any]


def jira_drifts(record: Record, _id: str) -> None:
    """An issue has new, renamed, retyped and missing fields; a status is named by another word."""
    fields = record.get("fields") or {}
    if "duedate" in fields:
        fields["dueDay"] = fields.pop("duedate")
        fields["summary"] = 17
        fields["aiSummary"] = "Says a machine"
        fields["customfield_99999"] = {"own": "field"}  # no drift: people make these
        del fields["created"]
        for history in record["changelog"]["histories"]:
            history["id"] = int(history["id"])
    elif "statusCategory" in record:
        record["title"] = record.pop("name")


def github_drifts(record: Record, _id: str) -> None:
    """A pull request has new, renamed, retyped and missing fields; a repository a missing one."""
    if "mergedAt" in record:
        record["mergedOn"] = record.pop("mergedAt")
        record["additions"] = str(record["additions"])
        record["isQueued"] = False
        del record["headRefOid"]
    elif "default_branch" in record:
        del record["archived"]


def mlflow_drifts(record: Record, _info: str) -> None:
    """A run has new, renamed, retyped and missing fields; a parameter that nobody had before is no drift."""
    info = record["info"]
    if "run_id" not in info:
        return
    info["startTime"] = info.pop("start_time")
    info["status"] = {"code": 3}
    info["queue"] = "gpu"
    del info["lifecycle_stage"]
    record["data"]["params"].append({"key": "brand_new", "value": "1"})


CHANGES = {"jira": ("id", jira_drifts), "github": ("id", github_drifts), "mlflow": ("info", mlflow_drifts)}
FINDINGS = {
    "jira drifted, issues: changelog.histories[].id is retyped: number where text is expected",
    "jira drifted, issues: fields.aiSummary is new",
    "jira drifted, issues: fields.created is missing",
    "jira drifted, issues: fields.duedate is renamed to dueDay",
    "jira drifted, issues: fields.summary is retyped: number where text is expected",
    "jira drifted, statuses: name is missing",
    "jira drifted, statuses: title is new",
    "github drifted, pull_requests: additions is retyped: text where number is expected",
    "github drifted, pull_requests: headRefOid is missing",
    "github drifted, pull_requests: isQueued is new",
    "github drifted, pull_requests: mergedAt is renamed to mergedOn",
    "github drifted, repositories: archived is missing",
    "mlflow drifted, runs: info.lifecycle_stage is missing",
    "mlflow drifted, runs: info.queue is new",
    "mlflow drifted, runs: info.start_time is renamed to startTime",
    "mlflow drifted, runs: info.status is retyped: object where text is expected",
    "sheets drifted, budget: category is renamed to Categorisation",
    "sheets drifted, budget: planned is retyped: something else where an amount is expected",
    "sheets drifted, risks: probability is renamed to Probable chance",
}


def spreadsheets() -> list[SheetVersion]:
    """Two tabs, and how they look after people have been at them."""
    months = ["2026-01-01", "2026-02-01", "2026-03-01"]
    budget = [
        ["Initiative", "Month", "Planned", "Actual", "Category", "Our own notes"],
        *(["Search", month, 1000, 900, "staff", "since ever"] for month in months),
    ]
    changed = [
        ["Initiative", "Month", "Planned", "Actual", "Categorisation", "Our own notes", "Mood"],
        *(["Search", month, "a lot", 900, "staff", "since ever", "good"] for month in months),
    ]
    risks = [["Risk ID", "Title", "Probability", "Impact"], ["R-1", "Prices rise", 0.3, 50000]]
    renamed = [["Risk ID", "Title", "Probable chance", "Impact"], ["R-1", "Prices rise", 0.3, 50000]]
    return [
        SheetVersion(NOW - timedelta(days=2), [Tab("Budget", 11, budget), Tab("Risks", 12, risks)]),
        SheetVersion(NOW + timedelta(hours=1), [Tab("Budget", 11, changed), Tab("Risks", 12, renamed)]),
    ]


@dataclass
class Told:
    """What a build of a calm and a drifted instance of each source tells."""

    drifts: list[Record]
    quality: dict[str, Record]
    warnings: str


def land(zone: landing.Zone) -> None:
    """Each source twice: as the hub knows it, an hour later changed by its vendor. Of both the calm one stays as it was."""
    told = program()
    told.spreadsheet_id, told.spreadsheet_versions = "1AbC", spreadsheets()
    sandbox = Sandbox(told, NOW)
    layers = {
        "jira": Drift(jira_sandbox.app(sandbox, "Cloud")),
        "github": Drift(github_sandbox.app(sandbox)),
        "mlflow": Drift(mlflow_app),
        "sheets": Drift(sheets_sandbox.app(sandbox)),
    }
    with ExitStack() as open_ones:
        urls = {source: open_ones.enter_context(Server(layer, sandbox)).url for source, layer in layers.items()}
        center = open_ones.enter_context(Server(jira_sandbox.app(sandbox, "Server"), sandbox)).url
        for instance in ("calm", "drifted"):
            for source, url in urls.items():
                if instance == "drifted" and source in CHANGES:
                    layers[source].name, layers[source].change = CHANGES[source]
                read(zone, source, instance, url)
        read(zone, "jira", "calm data center", center)
        sandbox.now = NOW + timedelta(hours=2)
        read(zone, "sheets", "drifted", urls["sheets"])


def read(zone: landing.Zone, source: str, instance: str, url: str) -> None:
    """One read of all streams of an instance at the moment of its server."""
    clients = {
        "jira": lambda: jira.connect(jira.JiraSettings(instance, url, "t0ken", ("APP", "OPS"), email=_mail(instance))),
        "github": lambda: github.connect(
            github.GitHubSettings(instance, f"{url}/api/v3", token="t0ken", organizations=("acme",))
        ),
        "mlflow": lambda: mlflow.connect(mlflow.MlflowSettings(instance, url)),
        "sheets": lambda: sheets.connect(
            sheets.SheetsSettings(instance, "1AbC", {"budget": "Budget", "risks": "Risks"}, url=url)
        ),
    }
    with clients[source]() as client:
        at = NOW + timedelta(hours=len(list(zone.tables())))
        results = sync.sync(source, instance, client, sources.STREAMS[source], zone, synced_at=at)
        assert [result.error for result in results if result.error] == []


def _mail(instance: str) -> str | None:
    return None if "center" in instance else "hub@example.com"


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, shared_folder: Path, compiled: sql_models.Compiled
) -> Iterator[Told]:
    """The SQL models from raw to the two marts over the landed, and the check of the one as dbt runs it."""
    folder: Path = tmp_path_factory.mktemp("drift")
    zone, file = landing.Zone(folder / "landing"), folder / "build.duckdb"
    land(zone)
    build.load_raw(zone, file, as_of=NOW + timedelta(days=30), tables=sources.raw_tables(), variables={})
    compiled.build(file, ["field_drifts", "int_fields__questioned"])
    steps = build.transform(file, select=["as_known_field_drifts_"], parsed=sql_models.parsed(shared_folder))
    assert build.failure(steps) is None
    with duckdb.connect(file, read_only=True) as connection:
        drifts = connection.sql("from marts.field_drifts").to_arrow_table().to_pylist()
        quality = connection.sql(
            """
            select
                check_name, checks.severity, count(*) filter (is_doubted) as affected_count,
                arg_max(subject, moment) filter (is_doubted) as example, any_value(checks.remedy) as remedy
            from intermediate.int_fields__questioned join rules.program_checks as checks using (check_name)
            group by all
            """
        )
        yield Told(
            drifts,
            {row["check_name"]: row for row in quality.to_arrow_table().to_pylist()},
            "\n".join(step.words for step in steps if step.status == "warn"),
        )


def test_every_drifted_field_is_named_and_no_other(told):
    """Source, instance, stream, field, and what became of it; what is calm, people's own and free-form is not told."""
    assert {row["finding"] for row in told.drifts} == FINDINGS


def test_each_says_what_was_expected_what_came_and_what_to_do(told):
    """In how many of the values looked at."""
    found = {(row["stream"], row["field"]): row for row in told.drifts}
    renamed = found["issues", "fields.duedate"]
    assert (renamed["expected"], renamed["found"]) == ("fields.duedate", "dueDay")
    assert "new name" in renamed["remedy"]
    assert all(0 < row["affected_count"] <= row["looked_at_count"] for row in told.drifts)


def test_data_quality_counts_the_fields_and_names_one(told):
    """A check for each way to drift: a figure may be wrong for all but a new field."""
    assert {name: row["affected_count"] for name, row in told.quality.items()} == {
        f"field_{drift}": sum(f" is {drift}" in finding for finding in FINDINGS)
        for drift in ("new", "missing", "renamed", "retyped")
    }
    assert {name: row["severity"] for name, row in told.quality.items() if row["severity"] != "warn"} == {
        "field_new": "info"
    }
    assert all(row["example"] in FINDINGS for row in told.quality.values())


def test_the_check_warns_with_the_names_and_blocks_nothing(told):
    """The first five, in the words of the asset check and of `hub build`."""
    assert "19 rows do not hold" in told.warnings
    assert sum(finding in told.warnings for finding in FINDINGS) == 5
    assert "and others" in told.warnings
