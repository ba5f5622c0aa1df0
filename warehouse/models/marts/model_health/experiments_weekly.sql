-- One row per experiment and local week in which a run of it started.
with runs as (
    select
        runs.experiment_id,
        cast(date_trunc('week', {{ local_date('runs.started_at') }}) as date) as week_date,
        runs.status,
        runs.metrics,
        {{ span_hours('runs.started_at', 'runs.ended_at') }} as duration_hours,
        experiments.tags['hub.model'] as model_name,
        runs.instance
    from {{ ref('stg_mlflow__runs') }} as runs
    left join {{ ref('stg_mlflow__experiments') }} as experiments on runs.experiment_id = experiments.experiment_id
    where not runs.is_deleted and runs.started_at is not null and runs.started_at <= {{ as_of() }}
),

models as (
    -- The model of an experiment: the one its tag names, else the only one with versions from it.
    select
        versions.experiment_id,
        min(versions.model_id) as model_id
    from {{ ref('int_model_versions__traced') }} as versions
    where versions.experiment_id is not null
    group by versions.experiment_id
    having count(distinct versions.model_id) = 1
),

objectives as (
    select
        model_id,
        min(metric) as metric,
        arg_min(direction, metric) as direction
    from {{ ref('int_model_metrics__declared') }}
    where is_objective and direction is not null
    group by model_id
    having count(*) = 1
),

targeted as (
    select
        runs.*,
        objectives.metric as objective_metric,
        objectives.direction
    from runs
    left join models on runs.experiment_id = models.experiment_id
    left join {{ ref('int_models__described') }} as named
        on lower(runs.model_name) = lower(named.model_name) and runs.instance = named.instance
    left join objectives on coalesce(named.model_id, models.model_id) = objectives.model_id
)

select
    experiment_id,
    week_date,
    count(*) as run_count,
    count(*) filter (where status = 'FAILED')
    / nullif(count(*) filter (where status in ('FINISHED', 'FAILED', 'KILLED')), 0) as failed_share,
    any_value(objective_metric) as objective_metric,
    case
        when any_value(direction) > 0 then max(metrics[objective_metric]) filter (where status = 'FINISHED')
        when any_value(direction) < 0 then min(metrics[objective_metric]) filter (where status = 'FINISHED')
    end as best_value,
    sum(duration_hours) as compute_hours,
    sum(duration_hours) * nullif({{ threshold('compute_cost_per_hour') }}, 0) as compute_cost_amount
from targeted
group by experiment_id, week_date
