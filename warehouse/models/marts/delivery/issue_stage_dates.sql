-- One row per issue and stage it reached and has not moved back from.
select
    issue_id,
    stage,
    stage_rank,
    entered_at
from {{ ref('int_issues__staged') }}
