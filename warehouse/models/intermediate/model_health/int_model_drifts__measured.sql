-- One row per moment, model and feature whose drift was logged by then, newest value: in a run of its experiments, or in one whose tag
-- hub.model names it. Where a value was logged over, the former ones are known of the metrics whose every value is read.
with names as (
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
        runs.instance,
        runs.experiment_id,
        runs.gone_at,
        lower(runs.tags['hub.model']) as tagged_model,
        monitored.feature,
        logged.logged_at,
        -- Compared field by field: the newest, of two at once the one of the later id.
        { 'logged_at': logged.logged_at, 'mlflow_run_id': logged.mlflow_run_id, 'value': logged.value } as drift
    from logged
    inner join monitored on logged.metric = monitored.metric
    inner join {{ ref('stg_mlflow__runs') }} as runs on logged.mlflow_run_id = runs.mlflow_run_id
    where logged.value is not null
),

experiments as (
    select distinct
        moment_at,
        experiment_id
    from {{ ref('int_model_versions__at_moments') }}
),

-- By experiment before models are joined: several may share one of many runs.
experiment_drifts as (
    select
        experiments.moment_at,
        experiments.experiment_id,
        drifts.feature,
        max(drifts.drift) as newest
    from experiments
    inner join drifts on experiments.experiment_id = drifts.experiment_id
    inner join {{ ref('int_looks__at_moments') }} as looks
        on experiments.moment_at = looks.moment_at and looks.source = 'mlflow' and drifts.instance = looks.instance
    where
        drifts.logged_at <= looks.known_at
        and (drifts.gone_at is null or drifts.gone_at > experiments.moment_at)
    group by experiments.moment_at, experiments.experiment_id, drifts.feature
),

candidates as (
    select
        versions.moment_at,
        versions.model_id,
        drifts.feature,
        drifts.newest
    from {{ ref('int_model_versions__at_moments') }} as versions
    inner join experiment_drifts as drifts
        on versions.moment_at = drifts.moment_at and versions.experiment_id = drifts.experiment_id
    union all
    select
        models.moment_at,
        models.model_id,
        drifts.feature,
        drifts.drift
    from {{ ref('int_models__at_moments') }} as models
    inner join drifts on lower(models.model_name) = drifts.tagged_model and models.instance = drifts.instance
    inner join {{ ref('int_looks__at_moments') }} as looks
        on models.moment_at = looks.moment_at and looks.source = 'mlflow' and models.instance = looks.instance
    where
        drifts.logged_at <= looks.known_at
        and (drifts.gone_at is null or drifts.gone_at > models.moment_at)
),

newest_drifts as (
    select
        moment_at,
        model_id,
        feature,
        max(newest) as newest
    from candidates
    group by moment_at, model_id, feature
)

select
    moment_at,
    model_id,
    feature,
    newest.value,
    newest.mlflow_run_id,
    newest.logged_at
from newest_drifts
