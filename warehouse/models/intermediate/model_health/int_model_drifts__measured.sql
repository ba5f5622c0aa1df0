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

names as (
    -- Each name is held against the patterns once: runs log the same few names over and over.
    select distinct unnest(map_keys(metrics)) as metric
    from {{ ref('stg_mlflow__runs') }}
),

monitored as (
    select
        names.metric,
        regexp_extract(names.metric, patterns.expression, 1) as feature
    from names
    inner join {{ ref('drift_patterns') }} as patterns on regexp_matches(names.metric, patterns.expression)
    qualify row_number() over (partition by names.metric order by length(feature), feature) = 1
),

logged as (
    select
        mlflow_run_id,
        ended_at,
        unnest(metric_log) as entry
    from {{ ref('stg_mlflow__runs') }}
),

drifts as (
    select
        logged.mlflow_run_id,
        monitored.feature,
        logged.entry.value,
        -- A monitor logs on a run that ended long ago: when the value came counts, not when the run was.
        coalesce(logged.entry.logged_at, logged.ended_at) as logged_at
    from logged
    inner join monitored on logged.entry.key = monitored.metric
    where logged.entry.value is not null
)

select
    subjects.model_id,
    drifts.feature,
    arg_max(drifts.value, (drifts.logged_at, drifts.mlflow_run_id)) as value,
    arg_max(drifts.mlflow_run_id, (drifts.logged_at, drifts.mlflow_run_id)) as mlflow_run_id,
    max(drifts.logged_at) as logged_at
from subjects
inner join drifts on subjects.mlflow_run_id = drifts.mlflow_run_id
where drifts.logged_at <= {{ as_of() }}
group by subjects.model_id, drifts.feature
