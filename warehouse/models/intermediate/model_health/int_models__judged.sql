-- One row per moment, model of it and rule of the seed model_rules that applies to it.
select
    models.moment_at,
    models.model_id,
    rules.rule,
    rules.rule_rank,
    {{ colour('measures.value', 'rules') }} as status,
    measures.value,
    rules.unit,
    rules.amber,
    rules.red,
    rules.is_required,
    coalesce(measures.evidence, []) as evidence,
    case
        when
            measures.value is null
            then replace(rules.rule, '_', ' ') || ' cannot be judged: ' || coalesce(measures.detail, 'nothing tells of it')
        else {{ filled('rules.reason_template', 'measures.value', 'rules', 'measures.detail') }}
    end as reason,
    {{ filled('rules.turns_green_template', 'measures.value', 'rules', 'measures.detail') }} as turns_green_when
from {{ ref('int_models__at_moments') }} as models
cross join {{ ref('model_rules') }} as rules
left join {{ ref('int_model_measures__collected') }} as measures
    on models.moment_at = measures.moment_at and models.model_id = measures.model_id and rules.measure = measures.measure
