-- One row per live version and metric of its run, beside the same metric of its baseline.
with versions as (
    select * from {{ ref('int_model_versions__traced') }}
),

metrics as (
    select
        model_version_id,
        model_id,
        version,
        unnest(map_entries(metrics)) as metric
    from versions
),

compared as (
    select
        metrics.model_version_id,
        metrics.model_id,
        metrics.version,
        chosen.role,
        chosen.baseline_version,
        metrics.metric.key as metric,
        metrics.metric.value,
        coalesce(
            baselines.metrics[metrics.metric.key],
            case
                when chosen.role is not null and baselines.model_id is null
                    then try_cast(models.tags['hub.baseline.' || metrics.metric.key] as double)
            end
        ) as baseline_value,
        declared.target_value,
        declared.direction,
        coalesce(declared.is_objective, false) as is_objective,
        coalesce(
            declared.tolerance,
            try_cast(models.tags['hub.tolerance.' || metrics.metric.key] as double),
            {{ threshold('metric_tolerance_share') }} * abs(baselines.metrics[metrics.metric.key]),
            0
        ) as tolerance
    from metrics
    left join {{ ref('int_model_baselines__chosen') }} as chosen
        on metrics.model_id = chosen.model_id and metrics.version = chosen.version
    left join versions as baselines
        on chosen.model_id = baselines.model_id and chosen.baseline_version = baselines.version
    left join {{ ref('int_models__described') }} as models on metrics.model_id = models.model_id
    left join {{ ref('int_model_metrics__declared') }} as declared
        on metrics.model_id = declared.model_id and metrics.metric.key = declared.metric
)

select
    *,
    value - baseline_value as delta,
    case when direction is not null then (value - baseline_value) * direction > 0 end as is_better,
    case when direction is not null then (baseline_value - value) * direction > tolerance end as is_regression
from compared
