-- One row per moment, model of it and measure that the seed model_rules may speak of.
with models as (
    select * from {{ ref('int_models__measured') }}
)

select
    moment_at,
    model_id,
    'staleness_share' as measure,
    staleness_days / nullif(staleness_limit_days, 0) as value,
    [champion_model_version_id] as evidence,
    case
        when champion_version is null then 'it has no champion: set the alias champion or production'
        when staleness_days is null then 'when the champion was trained is unknown: it has no finished run'
        else
            'version ' || champion_version || ', the champion in use, was trained ' || {{ worded('staleness_days', "'days'") }}
            || ' ago, the limit is ' || {{ worded('staleness_limit_days', "'days'") }}
    end as detail
from models
union all
select
    moment_at,
    model_id,
    'champion_regression_count' as measure,
    champion_regression_count as value,
    coalesce(regressions, []) as evidence,
    array_to_string(list_filter(regression_texts, lambda told: starts_with(told, 'champion')), '; ') as detail
from models
union all
select
    moment_at,
    model_id,
    'regression_count' as measure,
    regression_count as value,
    coalesce(regressions, []) as evidence,
    case
        when regression_count > 0 then array_to_string(regression_texts, '; ')
        when regression_count = 0 then 'nothing is worse than its baseline'
        when len(metric_gaps) > 0 then array_to_string(metric_gaps, '; ') || ': log it as a number'
        when not has_direction then 'say which way is better: models tab, or a tag hub.metric.<name> = higher or lower'
        else 'there is no baseline: give the champion a tag hub.baseline_version'
    end as detail
from models
union all
select
    moment_at,
    model_id,
    'drift_share' as measure,
    drift_share as value,
    coalesce(drifted_features, []) as evidence,
    coalesce(
        len(drifted_features) || ' of ' || drift_feature_count || ': ' || {{ listed('drifted_features') }},
        'none of ' || drift_feature_count,
        'no drift is logged'
    ) as detail
from models
union all
select
    moment_at,
    model_id,
    'run_failure_share_30d' as measure,
    run_failure_share_30d as value,
    [] as evidence,
    failed_run_count_30d || ' of ' || run_count_30d || ' runs' as detail
from models
union all
select
    moment_at,
    model_id,
    'reproducible_share' as measure,
    reproducible_share as value,
    [] as evidence,
    'of ' || reproducible_run_count || ' runs' as detail
from models
union all
select
    moment_at,
    model_id,
    'missing_owner_count' as measure,
    case when has_owner then 0 else 1 end as value,
    [] as evidence,
    case when has_owner then 'it has an owner' else 'it has none' end as detail
from models
union all
select
    moment_at,
    model_id,
    'champion_run_deleted_count' as measure,
    case when is_champion_run_deleted then 1 when champion_mlflow_run_id is not null then 0 end as value,
    [champion_mlflow_run_id] as evidence,
    champion_mlflow_run_id as detail
from models
union all
select
    moment_at,
    model_id,
    'failed_gate_count' as measure,
    -- None failed is not said while one has no evidence.
    case when failed_gate_count > 0 or unknown_gate_count = 0 then failed_gate_count end as value,
    list_transform(failed_gates, lambda gate: champion_model_version_id || ' ' || gate) as evidence,
    case
        when failed_gate_count > 0 then array_to_string(failed_gate_titles, ', ')
        when unknown_gate_count > 0 then 'no evidence of ' || array_to_string(unknown_gate_titles, ', ')
        else 'none'
    end as detail
from models
