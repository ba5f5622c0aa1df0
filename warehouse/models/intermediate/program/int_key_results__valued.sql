-- One row per key result of the objectives tab, with the value its source gives: a metric of a champion or a value of a mart.
with rows as (
    select
        *,
        lower(regexp_replace(value_source, '\s*([:/])\s*', '\1', 'g')) as compared_source
    from {{ ref('stg_sheets__objectives') }}
    where is_in_force and objective_id is not null
),

metrics as (
    select
        lower('metric:' || models.model_name || '/' || compared.metric) as source,
        max(compared.value) as value
    from {{ ref('int_models__described') }} as models
    inner join {{ ref('int_model_metrics__compared') }} as compared
        on
            compared.moment_at = {{ as_of() }}
            and models.model_id = compared.model_id
            and models.champion_version = compared.version
    group by lower('metric:' || models.model_name || '/' || compared.metric)
    having count(*) = 1
),

sources as (
    select
        source,
        value
    from metrics
    union all
    select
        source,
        value
    from {{ ref('int_values__offered') }}
)

select
    rows.row_id as key_result_id,
    rows.objective_id,
    rows.objective,
    rows.key_result,
    rows.baseline_value,
    rows.target_value,
    rows.value_source,
    coalesce(rows.current_value, sources.value) as current_value,
    case
        when rows.current_value is not null then 'sheet'
        when sources.value is not null then rows.value_source
    end as value_from,
    case
        when rows.value_source is null then null
        when sources.source is null and (rows.current_value is null or regexp_matches(rows.compared_source, '^(metric|mart):'))
            then 'nothing is called ' || rows.value_source
        when sources.source is not null and sources.value is null then rows.value_source || ' is unknown now'
    end as source_fault,
    rows.valid_from
from rows
left join sources on rows.compared_source = sources.source
