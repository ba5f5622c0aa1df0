-- One row per project, stage and local day from the stage's first work item on: the cumulative flow.
select
    scope_id as project_key,
    stage,
    stage_rank,
    day_date,
    issue_count
from {{ ref('int_flow__counted_daily') }}
where scope_kind = 'project'
