-- One row per experiment.
with runs as (
    select
        experiment_id,
        min(started_at) as first_run_at,
        max(started_at) as last_run_at,
        count(*) as run_count,
        count(*) filter (where is_nested) as nested_run_count,
        count(*) filter (where status in ('RUNNING', 'SCHEDULED')) as unfinished_count,
        count(*) filter (where status = 'FINISHED') as finished_count,
        count(*) filter (where status = 'FAILED') as failed_count,
        count(*) filter (where status = 'KILLED') as killed_count,
        count(*) filter (where git_commit is null) as run_without_commit_count,
        count(repeated_mlflow_run_id) as duplicate_run_count,
        sum(own_hours) filter (where repeated_mlflow_run_id is not null) as duplicate_hours,
        sum(own_hours) as compute_hours,
        sum(own_cost_amount) as compute_cost_amount
    from {{ ref('int_runs__accounted') }}
    where started_at <= {{ as_of() }}
    group by experiment_id
),

bests as (
    select
        runs.experiment_id,
        arg_max(runs.objective_value, runs.objective_value * experiments.direction) as best_value,
        arg_max(runs.mlflow_run_id, runs.objective_value * experiments.direction) as best_mlflow_run_id,
        arg_max(runs.ended_at, runs.objective_value * experiments.direction) as best_at
    from {{ ref('int_runs__accounted') }} as runs
    inner join {{ ref('int_experiments__described') }} as experiments on runs.experiment_id = experiments.experiment_id
    where runs.status = 'FINISHED' and runs.started_at <= {{ as_of() }}
    group by runs.experiment_id
)

select
    experiments.experiment_id,
    experiments.instance,
    experiments.experiment_name as name,
    experiments.model_id,
    experiments.is_deleted,
    coalesce(runs.run_count, 0) as run_count,
    coalesce(runs.nested_run_count, 0) as nested_run_count,
    coalesce(runs.unfinished_count, 0) as unfinished_count,
    coalesce(runs.finished_count, 0) as finished_count,
    coalesce(runs.failed_count, 0) as failed_count,
    coalesce(runs.killed_count, 0) as killed_count,
    runs.finished_count / nullif(runs.finished_count + runs.failed_count + runs.killed_count, 0) as success_share,
    runs.failed_count / nullif(runs.finished_count + runs.failed_count + runs.killed_count, 0) as failed_share,
    coalesce(runs.run_without_commit_count, 0) as run_without_commit_count,
    coalesce(runs.duplicate_run_count, 0) as duplicate_run_count,
    runs.duplicate_hours,
    runs.compute_hours,
    runs.compute_cost_amount,
    experiments.version_count,
    experiments.objective_metric,
    bests.best_value,
    bests.best_mlflow_run_id,
    bests.best_at,
    runs.first_run_at,
    runs.last_run_at,
    {{ hours_between('runs.last_run_at', as_of()) }} / 24 as quiet_days,
    not experiments.is_deleted
    and experiments.version_count = 0
    and coalesce(runs.unfinished_count, 0) = 0
    and coalesce(quiet_days, 0) > {{ threshold('abandoned_days') }} as is_abandoned
from {{ ref('int_experiments__described') }} as experiments
left join runs on experiments.experiment_id = runs.experiment_id
left join bests on experiments.experiment_id = bests.experiment_id
