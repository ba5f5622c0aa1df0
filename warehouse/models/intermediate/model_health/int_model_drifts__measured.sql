-- One row per model and feature whose drift was logged, newest value: in a run of its experiments, or in one whose tag hub.model names it.
with subjects as (
    select
        model_id,
        mlflow_run_id
    from {{ ref('int_model_runs__gathered') }}
    union
    select
        models.model_id,
        runs.mlflow_run_id
    from {{ ref('stg_mlflow__runs') }} as runs
    inner join {{ ref('int_models__described') }} as models
        on lower(runs.tags['hub.model']) = lower(models.model_name) and runs.instance = models.instance
    where not runs.is_deleted
),

metrics as (
    select
        mlflow_run_id,
        coalesce(ended_at, started_at) as logged_at,
        unnest(map_entries(metrics)) as metric
    from {{ ref('stg_mlflow__runs') }}
),

drifts as (
    select
        metrics.mlflow_run_id,
        metrics.logged_at,
        metrics.metric.value,
        regexp_extract(metrics.metric.key, patterns.expression, 1) as feature
    from metrics
    inner join {{ ref('drift_patterns') }} as patterns on regexp_matches(metrics.metric.key, patterns.expression)
    where metrics.metric.value is not null
)

select
    subjects.model_id,
    drifts.feature,
    arg_max(drifts.value, (drifts.logged_at, drifts.mlflow_run_id)) as value,
    arg_max(drifts.mlflow_run_id, (drifts.logged_at, drifts.mlflow_run_id)) as mlflow_run_id,
    max(drifts.logged_at) as logged_at
from subjects
inner join drifts on subjects.mlflow_run_id = drifts.mlflow_run_id
where drifts.logged_at is not null
group by subjects.model_id, drifts.feature
