-- One row per initiative and rule of the seed status_rules, and per rule that a measure of the program itself meets.
-- The status is null where an optional measure is unknown: the rule then says nothing.
with subjects as (
    select
        initiatives.initiative_id,
        rules.*
    from {{ ref('int_initiatives__gathered') }} as initiatives
    cross join {{ ref('status_rules') }} as rules
    where rules.dimension <> '*'
    union all by name
    select
        null as initiative_id,
        rules.*
    from {{ ref('status_rules') }} as rules
    where
        rules.measure in (
            select collected.measure from {{ ref('int_measures__collected') }} as collected where collected.initiative_id is null
        )
)

select
    subjects.initiative_id,
    subjects.dimension,
    subjects.rule,
    subjects.rule_rank,
    subjects.is_required,
    {{ colour('measures.value', 'subjects') }} as status,
    measures.value,
    case {{ colour('measures.value', 'subjects') }} when 'red' then subjects.red else coalesce(subjects.amber, subjects.red) end
        as threshold,
    coalesce(measures.evidence, []) as evidence,
    case
        when measures.value is null
            then replace(subjects.rule, '_', ' ') || ' is unknown: ' || coalesce(measures.detail, 'nothing linked to it tells of that')
        else {{ filled('subjects.reason_template', 'measures.value', 'subjects', 'measures.detail') }}
    end as reason,
    {{ filled('subjects.turns_green_template', 'measures.value', 'subjects', 'measures.detail') }} as turns_green_when
from subjects
left join {{ ref('int_measures__collected') }} as measures
    on
        subjects.measure = measures.measure
        and subjects.dimension = measures.dimension
        and subjects.initiative_id is not distinct from measures.initiative_id
