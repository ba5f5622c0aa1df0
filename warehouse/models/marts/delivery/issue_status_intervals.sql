-- One row per issue and stay in a status, from the issue's creation until now without a gap.
select
    issue_id,
    stay_rank,
    status_id,
    status,
    stage,
    entered_at,
    left_at,
    hours,
    is_active,
    is_blocked,
    is_first,
    is_current
from {{ ref('int_issues__status_intervals') }}
