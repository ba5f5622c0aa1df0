-- One row per scope (project, team, initiative, issue type, program), stage and local day from the stage's first work item on.
select
    scope_kind,
    scope_id,
    stage,
    stage_rank,
    day_date,
    issue_count
from {{ ref('int_flow__counted_daily') }}
