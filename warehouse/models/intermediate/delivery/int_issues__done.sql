-- One row per issue and unbroken time in which it was done: from its entry into done until it moved back to an earlier stage.
with stays as (
    select
        issue_id,
        stay_rank,
        stage,
        entered_at,
        coalesce(stage_rank < min(stage_rank) filter (stage = 'done') over (partition by issue_id), false) as is_back
    from {{ ref('int_issues__status_intervals') }}
    where stage is not null
),

numbered as (
    select
        *,
        count(*) filter (is_back) over (partition by issue_id order by stay_rank rows unbounded preceding) as turn
    from stays
),

turns as (
    select
        issue_id,
        turn,
        min(entered_at) as from_at,
        min(entered_at) filter (stage = 'done') as done_at,
        min(stay_rank) filter (stage = 'done') as done_stay_rank
    from numbered
    group by issue_id, turn
)

select
    issue_id,
    done_at,
    lead(from_at) over (partition by issue_id order by turn) as undone_at,
    done_stay_rank
from turns
qualify done_at is not null
