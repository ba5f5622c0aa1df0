-- One row per key result of the objectives tab.
select
    key_result_id,
    objective_id,
    objective,
    key_result,
    baseline_value,
    target_value,
    current_value,
    value_source,
    value_from,
    source_fault,
    (current_value - baseline_value) / nullif(target_value - baseline_value, 0) as progress_share,
    case
        when progress_share is null then 'unknown'
        when progress_share >= 1 then 'reached'
        when progress_share > 0 then 'on the way'
        else 'not begun'
    end as status
from {{ ref('int_key_results__valued') }}
