-- One row per moment and risk with a trigger that can be read: a measure, an operator and a number, like cpi < 0.85.
with triggers as (
    select
        moment_at,
        risk_id,
        title,
        initiative_id,
        is_open,
        regexp_extract(lower(trigger), '^\s*([a-z_0-9]+)\s*(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)\s*$', ['measure', 'operator', 'bound']) as parts
    from {{ ref('int_risks__assessed') }}
    where trigger is not null
)

select
    triggers.moment_at,
    triggers.risk_id,
    triggers.title,
    triggers.initiative_id,
    triggers.is_open,
    triggers.parts.measure,
    measures.title as measure_title,
    measures.unit,
    triggers.parts.operator,
    try_cast(triggers.parts.bound as double) as bound,
    observed.value,
    {{ is_beyond('observed.value', 'triggers.parts.operator', 'try_cast(triggers.parts.bound as double)') }} as is_triggered
from triggers
left join {{ ref('int_measures__observed') }} as observed
    on
        triggers.moment_at = observed.moment_at
        and triggers.parts.measure = observed.measure
        and triggers.initiative_id is not distinct from observed.initiative_id
left join {{ ref('measures') }} as measures on triggers.parts.measure = measures.measure
where triggers.parts.measure <> ''
qualify row_number() over (partition by triggers.moment_at, triggers.risk_id order by observed.value desc nulls last) = 1
