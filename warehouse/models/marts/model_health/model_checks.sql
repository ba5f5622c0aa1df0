-- One row per live registered model and rule of its health.
select
    model_id,
    rule,
    rule_rank,
    status,
    value,
    unit,
    amber,
    red,
    is_required,
    evidence,
    reason,
    turns_green_when
from {{ ref('int_models__judged') }}
where moment_at = {{ as_of() }}
