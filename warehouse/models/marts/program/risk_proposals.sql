-- One row per initiative and kind of risk seen in the data that no open risk of the register watches: a proposal, never written back.
select
    rule || ' ' || coalesce(initiative_id, '*') as proposal_id,
    rule,
    initiative_id,
    any_value(title) as title,
    case when bool_or(severity = 'high') then 'high' else 'medium' end as severity,
    string_agg(coalesce(finding, subject), '; ' order by signal_id) || coalesce('; ' || any_value(occasion), '') as reason,
    any_value(proposed_trigger) as proposed_trigger,
    any_value(trigger_title) as trigger_title,
    any_value(trigger_operator) as trigger_operator,
    any_value(trigger_bound) as trigger_bound,
    any_value(trigger_unit) as trigger_unit,
    min(since_at) as since_at,
    list(signal_id order by signal_id) as signal_ids,
    list_sort(list_distinct(flatten(list(evidence)))) as evidence
from {{ ref('int_risk_signals__raised') }}
where register_risk_id is null and is_proposed
group by rule, initiative_id
