-- One row per moment, initiative and rule of the seed status_rules, and per rule that a measure of the program itself meets.
-- The status is null where an optional measure is unknown: the rule then says nothing.
with subjects as (
    select
        initiatives.moment_at,
        initiatives.initiative_id,
        initiatives.is_before_first_look,
        rules.*
    from {{ ref('int_initiatives__at_moments') }} as initiatives
    cross join {{ ref('status_rules') }} as rules
    where rules.dimension <> '*'
    union all by name
    select
        collected.moment_at,
        null as initiative_id,
        false as is_before_first_look,
        rules.*
    from (
        select distinct
            moment_at,
            measure
        from {{ ref('int_measures__collected') }}
        where initiative_id is null
    ) as collected
    inner join {{ ref('status_rules') }} as rules on collected.measure = rules.measure
),

computed as (
    select distinct
        moment_at,
        dimension
    from {{ ref('int_measures__collected') }}
)

select
    subjects.moment_at,
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
            then
                replace(subjects.rule, '_', ' ') || ' cannot be judged: '
                || case
                    when computed.dimension is null and subjects.moment_at < {{ as_of() }} then 'nothing that tells of it was known by then'
                    when subjects.is_before_first_look then 'the spreadsheet had not been read by then'
                    else coalesce(measures.detail, 'nothing linked to it tells of that')
                end
        else {{ filled('subjects.reason_template', 'measures.value', 'subjects', 'measures.detail') }}
    end as reason,
    {{ filled('subjects.turns_green_template', 'measures.value', 'subjects', 'measures.detail') }} as turns_green_when
from subjects
left join {{ ref('int_measures__collected') }} as measures
    on
        subjects.moment_at = measures.moment_at
        and subjects.measure = measures.measure
        and subjects.dimension = measures.dimension
        and subjects.initiative_id is not distinct from measures.initiative_id
left join computed on subjects.moment_at = computed.moment_at and subjects.dimension = computed.dimension
