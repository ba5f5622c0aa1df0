-- One row per initiative (null: models of none) and measure of its models' health and release gates.
with models as (
    select
        health.*,
        {{ colour_rank('health.status') }} as status_rank
    from {{ ref('model_health') }} as health
),

worst as (
    select
        initiative_id,
        arg_max(status, status_rank) as status,
        list(model_id order by status_rank desc, model_id asc) filter (where status <> 'green') as unhealthy_ids,
        string_agg(name || ' is ' || status || coalesce(': ' || reasons[1], ''), '; ' order by status_rank desc, model_id asc)
        filter (where status <> 'green') as told,
        count(*) as model_count
    from models
    group by initiative_id
),

gates as (
    select
        measured.initiative_id,
        sum(measured.failed_gate_count) as failed_count,
        sum(measured.unknown_gate_count) as unknown_count,
        count(*) as model_count,
        list(measured.champion_model_version_id order by measured.model_id) filter (where measured.failed_gate_count > 0) as failed_ids,
        list(measured.champion_model_version_id order by measured.model_id) filter (where measured.unknown_gate_count > 0) as unknown_ids,
        string_agg(measured.model_name || ': ' || replace(array_to_string(measured.failed_gates, ', '), '_', ' '), '; ' order by measured.model_id)
        filter (where measured.failed_gate_count > 0) as failed_told,
        string_agg(measured.model_name || ': ' || replace(array_to_string(measured.unknown_gates, ', '), '_', ' '), '; ' order by measured.model_id)
        filter (where measured.unknown_gate_count > 0) as unknown_told
    from {{ ref('int_models__measured') }} as measured
    group by measured.initiative_id
)

select
    {{ as_of() }} as moment_at,
    initiative_id,
    'model_health' as dimension,
    'worst_model_rank' as measure,
    -- Unknown is no rank: a white model leaves the whole unknown unless another is amber or red.
    case status when 'green' then 0 when 'amber' then 1 when 'red' then 2 end as value,
    coalesce(unhealthy_ids, []) as evidence,
    coalesce(told, case when model_count = 1 then 'Its model is green' else 'All its ' || model_count || ' models are green' end) as detail
from worst
union all
select
    {{ as_of() }} as moment_at,
    initiative_id,
    'compliance' as dimension,
    'failed_gate_count' as measure,
    failed_count as value,
    coalesce(failed_ids, []) as evidence,
    coalesce(failed_told, 'none of ' || {{ counted('model_count', 'model') }}) as detail
from gates
union all
select
    {{ as_of() }} as moment_at,
    initiative_id,
    'compliance' as dimension,
    'unknown_gate_count' as measure,
    unknown_count as value,
    coalesce(unknown_ids, []) as evidence,
    coalesce(unknown_told, 'none of ' || {{ counted('model_count', 'model') }}) as detail
from gates
union all
-- For the triggers of the risk register; no rule of the status reads it.
select
    {{ as_of() }} as moment_at,
    initiative_id,
    'model_health' as dimension,
    'champion_staleness_days' as measure,
    max(staleness_days) as value,
    list(model_id order by staleness_days desc) as evidence,
    'oldest champion' as detail
from {{ ref('model_health') }}
group by initiative_id
