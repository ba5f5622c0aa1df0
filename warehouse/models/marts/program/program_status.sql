-- One row per initiative and dimension, overall among them, and the same for the program (initiative null).
select
    coalesce(combined.initiative_id, '*') as scope_id,
    combined.initiative_id,
    combined.dimension,
    combined.status,
    combined.rule,
    combined.value,
    combined.threshold,
    rules.unit,
    combined.reason,
    combined.turns_green_when,
    combined.evidence,
    overrides.status as override_status,
    overrides.reason as override_reason,
    overrides.until_date as override_until_date
from {{ ref('int_statuses__combined') }} as combined
left join {{ ref('int_overrides__in_force') }} as overrides
    on combined.dimension = overrides.dimension and combined.initiative_id is not distinct from overrides.initiative_id
left join {{ ref('status_rules') }} as rules on combined.rule = rules.rule
where combined.moment_at = {{ as_of() }}
