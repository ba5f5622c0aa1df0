"""Writes a published file of the marts that the reports read, at the names and types of the public contract. Imported by tests only."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import duckdb

from tests.reports.believable import AS_OF
from tests.reports.believable_plan import program

COLUMNS: dict[str, str] = {
    "initiatives": "initiative_id name sponsor owner_person_id objective_id wsjf start_date target_date scope_count done_count done_share",
    "milestones": "milestone_id initiative_id name baseline_date target_date forecast_p50_date forecast_p80_date done_date slip_days on_time_share status forecast_reason",
    "earned_value": "initiative_id month_date bac_amount pv_amount ev_amount ac_amount cv_amount sv_amount cpi spi eac_amount eac_budget_rate_amount eac_schedule_cost_amount etc_amount vac_amount vac_tolerance_amount tcpi earned_schedule_months spi_t ieac_t_months percent_complete_share notes",
    "risks": "risk_id title initiative_id owner_person_id probability_share impact exposure response contingency_plan contingency_amount residual_exposure uncovered_exposure due_date review_date status is_open is_overdue is_stale trigger trigger_title trigger_operator trigger_bound trigger_unit trigger_value is_triggered",
    "risk_signals": "signal_id rule title severity subject initiative_id since_at evidence",
    "risk_proposals": "proposal_id rule initiative_id title severity reason proposed_trigger trigger_title trigger_operator trigger_bound trigger_unit since_at signal_ids evidence",
    "risk_reserves": "scope_id initiative_id open_risk_count residual_exposure contingency_amount reserve_amount drawn_amount uncovered_exposure reserve_left_amount",
    "decisions": "decision_id kind text initiative_id owner_person_id due_date status is_open is_overdue options recommendation",
    "people": "person_id display_name team skills is_listed",
    "program_status": "initiative_id dimension status rule value threshold unit reason first_reason turns_green_when evidence evidence_links evidence_chain_ids override_status override_reason override_until_date",
    "program_status_weekly": "week_date initiative_id dimension status rule value threshold reason basis is_computed",
    "changes": "subject_kind subject_id subject_name initiative_id what old_value new_value seen_at",
    "source_freshness": "source instance stream last_attempt_at last_success_at age_hours is_stale last_error",
    "data_quality": "check_name area severity affected_count affected_share example remedy",
    "registered_models": "model_id name owner_person_id description initiative_id champion_version challenger_version latest_version aliases tags",
    "model_versions": "model_version_id model_id version mlflow_run_id created_at registry_stage aliases status git_commit is_run_deleted pull_request_id issue_id tags",
    "model_metrics": "model_version_id metric model_id value baseline_value target_value delta direction is_objective is_better is_regression is_target_met",
    "model_checks": "model_id rule rule_rank status reason",
    "model_lineage": "model_version_id model_id version hop hop_rank state remedy is_broken",
    "model_data_sets": "model_version_id data_set digest model_id version role champion_digests comparison shared_model_ids",
    "model_lead_times": "model_version_id model_id version first_run_at registered_at champion_at run_to_registration_hours registration_to_champion_hours idea_to_production_hours",
    "registry_history": "subject_id model_id version what name old_value new_value happened_at not_before_at seen_at is_first_look",
    "genai_daily": "subject subject_name day_date assessment trace_count error_share latency_p50_ms latency_p95_ms assessment_count assessment_mean",
    "release_readiness": "model_version_id model_id role risk_tier status is_ready required_count passed_count waived_count failed_gates unknown_gates waived_gates next_waiver_end_date overdue_obligation_gates next_obligation_date remedies",
    "release_gate_metrics": "model_version_id gate metric slice value minimum maximum bounds_source status finding",
    "experiments": "experiment_id name run_count success_share run_without_commit_count duplicate_run_count duplicate_hours compute_hours compute_cost_amount version_count quiet_days is_abandoned",
    "release_gates": "model_version_id gate title model_id framework_reference eu_ai_act nist_ai_rmf sr_11_7 is_required evidence status waiver_reason waiver_until_date remedy plain_remedy",
    "model_health": "model_id status reasons turns_green_when staleness_days staleness_limit_days regression_count drift_share run_failure_share_30d reproducible_share has_owner has_linked_issue open_gate_count last_trained_at last_promoted_at",
    "mlflow_runs": "mlflow_run_id instance experiment_id experiment_name status started_at",
    "experiments_weekly": "experiment_id week_date model_id run_count failed_share objective_metric best_value best_so_far_value compute_hours compute_cost_amount",
    "issues": "issue_id issue_key instance project_key issue_type is_epic is_work_item is_in_progress summary status status_category stage initiative_id assignee_person_id created_at started_at done_at resolved_at is_delivered cycle_time_hours is_blocked blocked_hours is_stalled age_hours deleted_at",
    "sprints": "sprint_id name board_id state start_at end_at completed_at committed_count committed_points added_count added_points removed_count removed_points completed_count completed_points carried_over_count say_do_share goal",
    "flow_weekly": "project_key week_date arrived_count finished_count finished_points wip_count wip_age_p50_hours cycle_time_p50_hours cycle_time_p85_hours cycle_time_p95_hours lead_time_p50_hours flow_efficiency_share reopened_count bug_share",
    "pull_requests": "pull_request_id repository number title author_person_id is_bot is_draft state created_at first_review_at merged_at review_count size_class",
    "pull_requests_weekly": "repository week_date merged_count time_to_merge_p50_hours cycle_time_p50_hours cycle_complete_count pickup_p50_hours review_p50_hours size_p50 unlinked_share stale_open_count",
    "dora_monthly": "scope_kind scope_id month_date deployment_source deployment_count deployment_days deployment_frequency_per_week lead_time_for_changes_p50_hours change_failure_share recovery_p50_hours deployment_frequency_band lead_time_band change_failure_band recovery_band",
    "flow_recent": "scope_kind scope_id from_date finished_count cycle_time_count cycle_time_p50_hours cycle_time_p85_hours cycle_time_p95_hours wip_count overdue_wip_count",
    "flow_daily": "project_key stage stage_rank day_date issue_count",
    "flow_daily_by_scope": "scope_kind scope_id stage stage_rank day_date issue_count",
    "pull_request_stages_monthly": "scope_kind scope_id month_date stage stage_rank merged_count known_count p50_hours complete_count complete_mean_hours",
    "forecast_calibration": "scope_kind scope_id backtest_count p50_hit_share p80_hit_share p95_hit_share",
    "delivery_forecasts": "scope_kind scope_id scenario open_count remaining_count throughput_weeks p50_date p80_date p95_date target_date on_time_share trial_count seed reason backtest_count backtest_p80_hit_share",
    "budget_lines": "budget_line_id month_date initiative_id initiative_as_given category is_reserve planned_amount actual_amount forecast_amount currency planned_cell actual_cell forecast_cell faults",
    "bad_cells": "tab cell message seen_at",
    "budget_burn": "scope_id initiative_id run_rate_month_count run_rate_amount planned_rate_amount runway_months runs_out_month_date planned_until_month_date notes",
    "budget_changes": "budget_line_id month_date field old_amount new_amount seen_at",
    "allocations": "person_id initiative_id month_date allocated_share",
    "capacity_monthly": "person_id month_date allocated_share capacity_share is_over_allocated initiative_ids wip_count",
    "team_hours_monthly": "team month_date member_count after_hours_share",
    "skill_gaps": "skill month_date needed_share available_share gap_share",
    "model_inventory": "model_id version purpose owner_person_id risk_tier training_data validation_status last_review_date next_review_date",
    "identities": "source instance account person_id method",
    "identity_suggestions": "suggestion_id source account person_id evidence score",
    "dependencies": "from_issue_id to_issue_id from_issue_key to_issue_key from_project to_project is_resolved needed_by_date needed_by_source p80_date p80_source is_late late_days",
    "dependency_chains": "milestone_id root_issue_id initiative_id chain_issue_ids chain_issue_keys held_issue_count target_date p80_date is_late chain_rank",
    "unit_costs": "initiative_id unit month_date amount unit_count amount_per_unit amount_per_unit_to_date known_month_count notes",
    "increments": "increment_id team start_date end_date is_over sprint_count misaligned_sprint_count edge_sprint_count out_of_step_sprint_count planned_value actual_value predictability_share",
    "evidence_chain": "chain_id initiative_id budget_line_ids issue_id pull_request_id mlflow_run_id model_version_id run_count reaches confidence broken_at remedy",
    "objectives": "objective_id objective key_result baseline_value target_value current_value value_source value_from source_fault progress_share status",
    "pull_request_issues": "pull_request_id issue_id evidence confidence",
}  # fmt: skip
DOUBLES = {
    "wsjf", "slip_days", "cpi", "spi", "tcpi", "earned_schedule_months", "spi_t", "ieac_t_months", "impact", "exposure",
    "residual_exposure", "uncovered_exposure", "trigger_bound", "trigger_value", "value", "threshold", "baseline_value", "target_value", "delta", "best_value", "staleness_days",
    "staleness_limit_days", "quiet_days", "minimum", "maximum", "best_so_far_value", "assessment_mean", "latency_p50_ms", "latency_p95_ms", "deployment_frequency_per_week", "size_p50", "throughput_weeks", "finished_points", "current_value", "score", "amount", "unit_count", "amount_per_unit",
    "amount_per_unit_to_date", "runway_months", "planned_value", "actual_value", "confidence",
}  # fmt: skip
LISTS = {
    "options",
    "evidence",
    "reasons",
    "turns_green_when",
    "remedies",
    "failed_gates",
    "unknown_gates",
    "waived_gates",
    "overdue_obligation_gates",
    "champion_digests",
    "shared_model_ids",
    "aliases",
    "skills",
    "faults",
    "initiative_ids",
    "training_data",
    "signal_ids",
    "chain_issue_ids",
    "chain_issue_keys",
    "budget_line_ids",
    "evidence_chain_ids",
}
TEXTS = {("release_gates", "evidence"), ("pull_request_issues", "evidence"), ("identity_suggestions", "evidence"), ("evidence_chain", "broken_at"), ("program_status", "turns_green_when")}  # fmt: skip
"""Columns that hold one text where their name says otherwise."""


def type_of(mart: str, column: str) -> str:
    """The type that a column's name tells."""
    if column == "evidence_links":
        return "struct(id varchar, kind varchar, url varchar, place varchar)[]"
    if (mart, column) in TEXTS:
        return "varchar"
    if column in LISTS:
        return "varchar[]"
    if column in DOUBLES or column.endswith(("_hours", "_share", "_amount", "_points", "_share_30d")):
        return "double"
    for endings, kind in (
        (("_at",), "timestamp"),
        (("_date",), "date"),
        (("_count", "_days", "_rank", "number", "direction"), "bigint"),
    ):
        if column.endswith(endings):
            return kind
    return "boolean" if column.startswith(("is_", "has_")) else "varchar"


ABOUT = {"as_of": f"{AS_OF.isoformat()}Z", "timezone": "Europe/Berlin", "currency": "EUR"}


def write(path: Path, marts: Mapping[str, Sequence[Mapping[str, Any]]], about: Mapping[str, Any] | None) -> Path:
    """A published file: every mart exists, with the rows given; what a row leaves out is null."""
    path.write_bytes(_small_program())
    usual = program()
    _write_into(path, {name: rows for name in COLUMNS if (rows := list(marts.get(name, ()))) != usual.get(name, [])})
    if about != ABOUT:
        with duckdb.connect(str(path)) as connection:
            connection.execute("drop schema meta cascade")
            if about is not None:
                _tell(connection, about)
    return path


@functools.cache
def _small_program() -> bytes:
    """The file of the small program, from which most others differ in one mart or two: writing its rows takes longest."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema marts")
            _tell(connection, ABOUT)
        _write_into(path, dict.fromkeys(COLUMNS, ()) | program())
        return path.read_bytes()


def _write_into(path: Path, marts: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """These marts anew."""
    with duckdb.connect(str(path)) as connection:
        connection.begin()  # one commit, not one for every row
        for name, rows in marts.items():
            named = COLUMNS[name].split()
            connection.execute(
                f"create or replace table marts.{name} ({', '.join(f'{one} {type_of(name, one)}' for one in named)})"
            )
            for given, alike in groupby(rows, key=tuple):  # all that name the same columns at once
                unknown = set(given) - set(named)
                assert not unknown, f"{name} has no {unknown}"
                values = [list(row.values()) for row in alike]
                marks = ", ".join(f"({', '.join('?' for _ in given)})" for _ in values)
                connection.execute(f"insert into marts.{name} ({', '.join(given)}) values {marks}", [*chain(*values)])
        connection.commit()


def _tell(connection: duckdb.DuckDBPyConnection, about: Mapping[str, Any]) -> None:
    """What the file is built from."""
    connection.execute("create schema meta")
    connection.execute(
        "create table meta.build as select ? as as_of, ? as timezone, ? as currency", list(about.values())
    )
