-- One row per issue and stay in progress, with the moment work had started at by then.
-- Work starts with the first active stay since the issue last was before the first active stage.
with begun as (
    select
        issue_id,
        stay_rank,
        entered_at,
        left_at,
        is_active,
        is_in_progress,
        count(*) filter (not is_in_progress and stage is distinct from 'done') over (
            partition by issue_id order by stay_rank rows unbounded preceding
        ) as spell
    from {{ ref('int_issues__status_intervals') }}
),

started as (
    select
        *,
        min(entered_at) filter (is_active) over (
            partition by issue_id, spell order by stay_rank rows unbounded preceding
        ) as started_at
    from begun
)

select
    issue_id,
    stay_rank,
    entered_at,
    left_at,
    started_at
from started
where is_in_progress
