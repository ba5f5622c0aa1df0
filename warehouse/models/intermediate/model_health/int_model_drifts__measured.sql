-- One row per moment, model and feature whose drift was logged by then, newest value: in a run of its experiments, or in one whose tag
-- hub.model names it. Where a value was logged over, the former ones are known of the metrics whose every value is read.
with subjects as (
    select
        moment_at,
        model_id,
        mlflow_run_id
    from {{ ref('int_model_runs__gathered') }}
    union
    select
        models.moment_at,
        models.model_id,
        runs.mlflow_run_id
    from {{ ref('stg_mlflow__runs') }} as runs
    inner join {{ ref('int_models__at_moments') }} as models
        on lower(runs.tags['hub.model']) = lower(models.model_name) and runs.instance = models.instance
    where runs.gone_at is null or runs.gone_at > models.moment_at
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
    -- A monitor logs on a run that ended long ago: when the value came counts, not when the run was.
    select
        entries.mlflow_run_id,
        entries.entry.key as metric,
        entries.entry.value,
        coalesce(entries.entry.logged_at, entries.ended_at) as logged_at
    from (
        select
            mlflow_run_id,
            ended_at,
            unnest(metric_log) as entry
        from {{ ref('stg_mlflow__runs') }}
    ) as entries
    union all
    select
        histories.mlflow_run_id,
        histories.metric,
        histories.entry.value,
        histories.entry.logged_at
    from (
        select
            mlflow_run_id,
            metric,
            unnest(metric_values) as entry
        from {{ ref('stg_mlflow__metric_history') }}
        where deleted_at is null and metric in (select monitored.metric from monitored)
    ) as histories
),

drifts as (
    select
        logged.mlflow_run_id,
        monitored.feature,
        logged.value,
        logged.logged_at
    from logged
    inner join monitored on logged.metric = monitored.metric
    where logged.value is not null
)

select
    subjects.moment_at,
    subjects.model_id,
    drifts.feature,
    arg_max(drifts.value, (drifts.logged_at, drifts.mlflow_run_id)) as value,
    arg_max(drifts.mlflow_run_id, (drifts.logged_at, drifts.mlflow_run_id)) as mlflow_run_id,
    max(drifts.logged_at) as logged_at
from subjects
inner join {{ ref('int_moments') }} as moments on subjects.moment_at = moments.moment_at
inner join drifts on subjects.mlflow_run_id = drifts.mlflow_run_id
where drifts.logged_at <= moments.runs_known_at
group by subjects.moment_at, subjects.model_id, drifts.feature
