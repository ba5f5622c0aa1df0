-- One row per moment, initiative (null: models of none) and measure of its models' health and release gates, as the registry was then.
{% set gates = {
    'failed': {
        'none': 'No required release gate failed',
        'one': 'A required release gate failed',
        'several': 'required release gates failed',
    },
    'unknown': {
        'none': 'Every required release gate has evidence',
        'one': 'A required release gate has no evidence',
        'several': 'required release gates have no evidence',
    },
} %}
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
{% for kind, said in gates.items() -%}
    select
        moment_at,
        initiative_id,
        'compliance' as dimension,
        '{{ kind }}_gate_count' as measure,
        {{ kind }}_count as value,
        coalesce({{ kind }}_ids, []) as evidence,
        case
            when {{ kind }}_count is null then 'no version of its models has been checked'
            when {{ kind }}_count = 0 then '{{ said.none }}'
            else {{ one_or(kind ~ '_count', said.one, said.several) }} || ': ' || {{ kind }}_told
        end as detail
    from gates
    union all
{% endfor -%}
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
