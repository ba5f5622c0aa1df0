-- One row per key result of the objectives tab.
with rows as (
    select
        *,
        regexp_extract(value_source, '^\s*metric:\s*([^/]+)/(.+?)\s*$', ['model', 'metric']) as source_parts
    from {{ ref('stg_sheets__objectives') }}
    where is_in_force and objective_id is not null
),

champion_metrics as (
    select
        lower(models.model_name) as model,
        metrics.metric,
        max(metrics.value) as value
    from {{ ref('int_models__described') }} as models
    inner join {{ ref('int_model_metrics__compared') }} as metrics
        on models.model_id = metrics.model_id and models.champion_version = metrics.version
    group by lower(models.model_name), metrics.metric
    having count(*) = 1
),

valued as (
    select
        rows.*,
        coalesce(rows.current_value, champion_metrics.value) as value_now,
        case
            when rows.current_value is not null then 'sheet'
            when champion_metrics.value is not null then rows.value_source
        end as value_from
    from rows
    left join champion_metrics
        on lower(rows.source_parts.model) = champion_metrics.model and rows.source_parts.metric = champion_metrics.metric
)

select
    row_id as key_result_id,
    objective_id,
    objective,
    key_result,
    baseline_value,
    target_value,
    value_now as current_value,
    value_source,
    value_from,
    (value_now - baseline_value) / nullif(target_value - baseline_value, 0) as progress_share,
    case
        when progress_share is null then 'unknown'
        when progress_share >= 1 then 'reached'
        when progress_share > 0 then 'on the way'
        else 'not begun'
    end as status
from valued
