-- One row per scope (project, team, initiative, issue type, program) and local week from the scope's first work item on.
select
    scope_kind,
    scope_id,
    week_date,
    is_full,
    arrived_count,
    finished_count,
    finished_points,
    wip_count,
    wip_age_p50_hours,
    cycle_time_count,
    cycle_time_p50_hours,
    cycle_time_p85_hours,
    cycle_time_p95_hours,
    working_cycle_time_p50_hours,
    lead_time_p50_hours,
    flow_efficiency_share,
    reopened_count,
    bug_share
from {{ ref('int_flow__counted_weekly') }}
