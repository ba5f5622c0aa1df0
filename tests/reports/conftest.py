"""Published files made by hand: a small believable program, one without any row, and one whose texts are hostile.

Not here: how such a file is written (published.py).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import reports
from tests.reports.believable import AS_OF
from tests.reports.believable_plan import program
from tests.reports.published import ABOUT, write


@pytest.fixture(scope="session")
def believable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small program."""
    return write(tmp_path_factory.mktemp("believable") / "warehouse.duckdb", program(), ABOUT)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every mart without a row, and no word on the build: nothing has been read yet."""
    return write(tmp_path_factory.mktemp("empty") / "warehouse.duckdb", {}, None)


@pytest.fixture(scope="session")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One row per mart that holds ids and nothing else."""
    ids = {
        "initiatives": {"initiative_id": "i"},
        "milestones": {"milestone_id": "m", "initiative_id": "i"},
        "earned_value": {"initiative_id": "i", "month_date": date(2026, 10, 1)},
        "risks": {"risk_id": "r", "is_open": True},
        "risk_signals": {"signal_id": "s"},
        "risk_proposals": {"proposal_id": "p"},
        "risk_reserves": {"scope_id": "*"},
        "decisions": {"decision_id": "d", "kind": "decision", "is_open": True},
        "people": {"person_id": "p"},
        "program_status": {"dimension": "overall"},
        "program_status_weekly": {"week_date": date(2026, 11, 9), "dimension": "overall"},
        "changes": {"seen_at": AS_OF},
        "source_freshness": {"source": "jira", "instance": "acme", "stream": "issues"},
        "data_quality": {"check_name": "c"},
        "registered_models": {"model_id": "acme:m"},
        "model_versions": {"model_version_id": "acme:m:1", "model_id": "acme:m", "version": "1"},
        "model_metrics": {"model_version_id": "acme:m:1", "metric": "auc"},
        "model_health": {"model_id": "acme:m"},
        "mlflow_runs": {"mlflow_run_id": "acme:r"},
        "model_checks": {"model_id": "acme:m", "rule": "staleness"},
        "model_lineage": {"model_version_id": "acme:m/1", "model_id": "acme:m", "hop": "run", "is_broken": True},
        "model_data_sets": {
            "model_version_id": "acme:m/1",
            "data_set": "d",
            "model_id": "acme:m",
            "role": "challenger",
        },
        "model_lead_times": {"model_version_id": "acme:m/1", "model_id": "acme:m", "champion_at": AS_OF},
        "registry_history": {
            "subject_id": "acme:m",
            "model_id": "acme:m",
            "what": "alias",
            "is_first_look": False,
            "seen_at": AS_OF,
        },
        "genai_daily": {"subject": "acme:1", "day_date": date(2026, 11, 9)},
        "release_readiness": {"model_version_id": "acme:m:1"},
        "release_gate_metrics": {"model_version_id": "acme:m:1", "gate": "g", "metric": "m"},
        "experiments": {"experiment_id": "acme:1", "run_count": 1},
        "experiments_weekly": {"experiment_id": "acme:1", "week_date": date(2026, 11, 9)},
        "issues": {
            "issue_id": "acme:1",
            "is_work_item": True,
            "is_in_progress": True,
            "started_at": AS_OF - timedelta(days=3),
        },
        "sprints": {"sprint_id": "acme:1", "completed_at": AS_OF - timedelta(days=3)},
        "flow_weekly": {"project_key": "K", "week_date": date(2026, 11, 9)},
        "pull_requests": {"pull_request_id": "acme:1", "state": "open"},
        "pull_requests_weekly": {"repository": "acme/r", "week_date": date(2026, 11, 9)},
        "dora_monthly": {"scope_kind": "program", "scope_id": "program", "month_date": date(2026, 10, 1)},
        "flow_recent": {"scope_kind": "project", "scope_id": "K"},
        "flow_daily": {"project_key": "K", "stage": "ready", "day_date": AS_OF.date()},
        "flow_daily_by_scope": {
            "scope_kind": "initiative",
            "scope_id": "i",
            "stage": "ready",
            "day_date": AS_OF.date(),
        },
        "pull_request_stages_monthly": {"scope_kind": "program", "month_date": date(2026, 10, 1), "stage": "coding"},
        "forecast_calibration": {"scope_kind": "program", "scope_id": "program"},
        "delivery_forecasts": {"scope_kind": "milestone", "scope_id": "m", "scenario": "base"},
        "budget_lines": {"budget_line_id": "acme:B-1", "month_date": date(2026, 10, 1)},
        "budget_changes": {"budget_line_id": "acme:B-1", "month_date": date(2026, 10, 1), "seen_at": AS_OF},
        "allocations": {"person_id": "p", "month_date": date(2026, 11, 1)},
        "capacity_monthly": {"person_id": "p", "month_date": date(2026, 11, 1)},
        "team_hours_monthly": {"team": "t", "month_date": date(2026, 11, 1)},
        "skill_gaps": {"skill": "s", "month_date": date(2026, 11, 1)},
        "model_inventory": {"model_id": "acme:m"},
        "release_gates": {"model_version_id": "acme:m:1", "gate": "owner"},
        "identities": {"source": "jira", "instance": "acme", "account": "x"},
        "identity_suggestions": {"suggestion_id": "x"},
        "dependencies": {"from_issue_id": "acme:1", "to_issue_id": "acme:2"},
        "dependency_chains": {"milestone_id": "m", "root_issue_id": "acme:1", "chain_rank": 1},
        "unit_costs": {"initiative_id": "i", "unit": "story_point", "month_date": date(2026, 10, 1)},
        "increments": {"increment_id": "PI", "team": "t"},
        "evidence_chain": {"chain_id": "?", "reaches": "issue"},
        "objectives": {"objective_id": "o"},
    }
    path = tmp_path_factory.mktemp("unknown") / "warehouse.duckdb"
    return write(path, {name: [row] for name, row in ids.items()}, ABOUT)


NASTY = (
    "<script>alert(1)</script>",
    "a | b \\| c `code` **bold** [link](javascript:alert(1)) ![x](http://evil.example/x.png)",
    "line one\nline two\r\n# heading\n- item",
    "مرحبا \u202eevil\u202c עברית",
    "🚀 emoji & \"quotes\" 'single' {{ 7*7 }} {% raw %}",
    "Supercalifragilistic" * 12,
    '=HYPERLINK("http://evil.example")',
    "<img src=x onerror=alert(1)>",
)  # fmt: skip


def nasty_marts() -> dict[str, list[dict[str, Any]]]:
    """The small program with every free text replaced by a hostile one; ids, colours and dates stay."""
    fixed = {
        "status",
        "dimension",
        "kind",
        "state",
        "source",
        "severity",
        "rule",
        "basis",
        "scope_kind",
        "scenario",
        "stream",
        "field",
        "check_name",
        "area",
    }
    marts = program()
    turn = 0
    for rows in marts.values():
        for row in rows:
            for name, value in row.items():
                if isinstance(value, str) and name not in fixed and not name.endswith(("_id", "version")):
                    row[name] = NASTY[turn % len(NASTY)]
                elif isinstance(value, list) and value and isinstance(value[0], dict):
                    row[name] = [dict.fromkeys(value[0], NASTY[turn % len(NASTY)])]
                elif isinstance(value, list):
                    row[name] = [NASTY[turn % len(NASTY)]]
                turn += 1
    return marts


@pytest.fixture(scope="session")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hostile texts in every free column."""
    return write(tmp_path_factory.mktemp("nasty") / "warehouse.duckdb", nasty_marts(), ABOUT)


@pytest.fixture(scope="session")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hundred initiatives, each with three milestones."""
    marts = program()
    for index in range(200):
        name = f"crowd-{index:03}"
        marts["initiatives"].append({"initiative_id": name, "name": f"Initiative number {index} of the long portfolio"})
        for dimension in (
            "overall",
            "schedule",
            "budget",
            "scope",
            "delivery",
            "model_health",
            "risk",
            "resources",
            "compliance",
        ):
            status = ("green", "amber", "red", "white")[(index + len(dimension)) % 4]
            marts["program_status"].append(
                {
                    "initiative_id": name,
                    "dimension": dimension,
                    "status": status,
                    "reason": "a reason of ordinary length for a row",
                }
            )
        marts["milestones"] += [
            {
                "milestone_id": f"{name}-{one}",
                "initiative_id": name,
                "name": f"Milestone {one}",
                "target_date": date(2027, one, 1),
            }
            for one in (1, 2, 3)
        ]
    return write(tmp_path_factory.mktemp("crowded") / "warehouse.duckdb", marts, ABOUT)


@pytest.fixture
def open_file(believable: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small program's file, for comparing a report with the mart."""
    with duckdb.connect(str(believable), read_only=True) as connection:
        yield connection


FILES = ("believable", "empty", "unknown", "nasty", "crowded")

Render = Callable[[str, str], reports.Report]


@pytest.fixture(scope="session")
def rendered(request: pytest.FixtureRequest) -> Render:
    """Renders a report from the file of a fixture, each only once: (report's name, file's name)."""

    @functools.cache
    def render(name: str, file: str) -> reports.Report:
        return reports.render(name, request.getfixturevalue(file))

    return render
