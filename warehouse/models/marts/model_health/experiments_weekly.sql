-- One row per experiment and local week in which a run of it started.
with weeks as (
    select
        runs.experiment_id,
        {{ local_week('runs.started_at') }} as week_date,
        any_value(experiments.model_id) as model_id,
        any_value(experiments.objective_metric) as objective_metric,
        any_value(experiments.direction) as direction,
        count(*) as run_count,
        count(*) filter (where runs.status = 'FAILED')
        / nullif(count(*) filter (where runs.status in ('FINISHED', 'FAILED', 'KILLED')), 0) as failed_share,
        max(runs.objective_value * experiments.direction) filter (where runs.status = 'FINISHED') as best_rank_value,
        sum(runs.own_hours) as compute_hours,
        sum(runs.own_cost_amount) as compute_cost_amount
    from {{ ref('int_runs__accounted') }} as runs
    inner join {{ ref('int_experiments__described') }} as experiments on runs.experiment_id = experiments.experiment_id
    where runs.started_at <= {{ as_of() }}
    group by runs.experiment_id, week_date
)

select
    experiment_id,
    week_date,
    model_id,
    run_count,
    failed_share,
    objective_metric,
    best_rank_value * direction as best_value,
    max(best_rank_value) over (partition by experiment_id order by week_date) * direction as best_so_far_value,
    compute_hours,
    compute_cost_amount
from weeks
