-- One row per initiative of the roadmap tab; without a roadmap, of the budget.
select
    initiative_id,
    name,
    sponsor,
    owner,
    objective_id,
    business_value,
    time_criticality,
    risk_reduction,
    job_size,
    start_date,
    target_date,
    is_on_roadmap,
    instance
from {{ ref('int_initiatives__at_moments') }}
where moment_at = {{ as_of() }}
