-- One row per milestone of the roadmap.
select
    milestone_id,
    initiative_id,
    name,
    baseline_date,
    baseline_method,
    target_date,
    done_date,
    is_target_faulty
from {{ ref('int_milestones__recorded') }}
where moment_at = {{ as_of() }}
