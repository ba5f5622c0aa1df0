-- One row per moment, version of it and metric of its run, beside the same metric of its baseline.
-- A champion or challenger also has a row for each metric that people gave a direction and its run did not log.
with versions as (
    select * from {{ ref('int_model_versions__at_moments') }}
),

metrics as (
    select
        moment_at,
        model_version_id,
        model_id,
        version,
        unnest(map_keys(metrics)) as metric
    from versions
    union
    select
        versions.moment_at,
        versions.model_version_id,
        versions.model_id,
        versions.version,
        declared.metric
    from versions
    inner join {{ ref('int_model_baselines__chosen') }} as chosen
        on
            versions.moment_at = chosen.moment_at
            and versions.model_id = chosen.model_id
            and versions.version = chosen.version
    inner join {{ ref('int_model_metrics__declared') }} as declared
        on
            versions.moment_at = declared.moment_at
            and versions.model_id = declared.model_id
            and declared.direction is not null
),

compared as (
    select
        metrics.moment_at,
        metrics.model_version_id,
        metrics.model_id,
        metrics.version,
        chosen.role,
        chosen.baseline_version,
        metrics.metric,
        versions.metrics[metrics.metric] as value,
        coalesce(map_contains(versions.metrics, metrics.metric), false) as is_logged,
        coalesce(
            baselines.metrics[metrics.metric],
            case
                when chosen.role is not null and baselines.model_id is null
                    then try_cast(models.tags['hub.baseline.' || metrics.metric] as double)
            end
        ) as baseline_value,
        declared.target_value,
        declared.direction,
        coalesce(declared.is_objective, false) as is_objective,
        coalesce(
            declared.tolerance,
            try_cast(models.tags['hub.tolerance.' || metrics.metric] as double),
            {{ threshold('metric_tolerance_share') }} * abs(baselines.metrics[metrics.metric]),
            0
        ) as tolerance
    from metrics
    inner join versions on metrics.moment_at = versions.moment_at and metrics.model_version_id = versions.model_version_id
    left join {{ ref('int_model_baselines__chosen') }} as chosen
        on metrics.moment_at = chosen.moment_at and metrics.model_id = chosen.model_id and metrics.version = chosen.version
    left join versions as baselines
        on
            chosen.moment_at = baselines.moment_at
            and chosen.model_id = baselines.model_id
            and chosen.baseline_version = baselines.version
    left join {{ ref('int_models__at_moments') }} as models
        on metrics.moment_at = models.moment_at and metrics.model_id = models.model_id
    left join {{ ref('int_model_metrics__declared') }} as declared
        on
            metrics.moment_at = declared.moment_at
            and metrics.model_id = declared.model_id
            and metrics.metric = declared.metric
)

select
    *,
    value - baseline_value as delta,
    case when direction is not null then (value - baseline_value) * direction > 0 end as is_better,
    case when direction is not null then (baseline_value - value) * direction > tolerance end as is_regression,
    case when direction is not null then (value - target_value) * direction >= 0 end as is_target_met,
    case
        when role is not null and direction is not null and value is null
            then
                metric || ' of ' || role || ' version ' || version
                || case when is_logged then ' is not a number' else ' was not logged' end
        when role is not null and direction is not null and baseline_version is not null and baseline_value is null
            then metric || ' of its baseline, version ' || baseline_version || ', is unknown'
    end as gap
from compared
