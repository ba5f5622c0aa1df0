-- One row per moment, initiative (null: models of none) and measure of its models' health and release gates, as the registry was then.
with models as (
    select
        *,
        {{ colour_rank('status') }} as status_rank
    from {{ ref('int_models__coloured') }}
),

worst as (
    select
        moment_at,
        initiative_id,
        arg_max(status, status_rank) as status,
        list(model_id order by status_rank desc, model_id asc) filter (where status <> 'green') as unhealthy_ids,
        string_agg(model_name || ' is ' || status || coalesce(': ' || reasons[1], ''), '; ' order by status_rank desc, model_id asc)
        filter (where status <> 'green') as told,
        count(*) as model_count
    from models
    group by moment_at, initiative_id
),

gates as (
    select
        moment_at,
        initiative_id,
        sum(failed_gate_count) as failed_count,
        sum(unknown_gate_count) as unknown_count,
        list(champion_model_version_id order by model_id) filter (where failed_gate_count > 0) as failed_ids,
        list(champion_model_version_id order by model_id) filter (where unknown_gate_count > 0) as unknown_ids,
        string_agg({{ listed('failed_gate_titles') }} || ' (' || model_name || ')', ', ' order by model_id)
        filter (where failed_gate_count > 0) as failed_told,
        string_agg({{ listed('unknown_gate_titles') }} || ' (' || model_name || ')', ', ' order by model_id)
        filter (where unknown_gate_count > 0) as unknown_told
    from models
    group by moment_at, initiative_id
)

select
    moment_at,
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
    moment_at,
    initiative_id,
    'compliance' as dimension,
    'failed_gate_count' as measure,
    failed_count as value,
    coalesce(failed_ids, []) as evidence,
    case
        when failed_count is null then 'no version of its models has been checked'
        when failed_count = 0 then 'No required release gate failed'
        else {{ one_or('failed_count', 'A required release gate failed', 'required release gates failed') }} || ': ' || failed_told
    end as detail
from gates
union all
select
    moment_at,
    initiative_id,
    'compliance' as dimension,
    'unknown_gate_count' as measure,
    unknown_count as value,
    coalesce(unknown_ids, []) as evidence,
    case
        when unknown_count is null then 'no version of its models has been checked'
        when unknown_count = 0 then 'Every required release gate has evidence'
        else
            {{ one_or('unknown_count', 'A required release gate has no evidence', 'required release gates have no evidence') }}
            || ': ' || unknown_told
    end as detail
from gates
union all
-- For the triggers of the risk register; no rule of the status reads it.
select
    moment_at,
    initiative_id,
    'model_health' as dimension,
    'champion_staleness_days' as measure,
    max(staleness_days) as value,
    list(model_id order by staleness_days desc) as evidence,
    'oldest champion' as detail
from models
group by moment_at, initiative_id
