-- One row per issue and stage whose date still stands: moving back to an earlier stage clears the later ones.
with entries as (
    select
        issue_id,
        stage,
        stage_rank,
        is_active,
        entered_at,
        min(stage_rank) over (
            partition by issue_id order by stay_rank rows between current row and unbounded following
        ) as lowest_rank_after
    from {{ ref('int_issues__status_intervals') }}
    where stage is not null
)

select
    issue_id,
    stage,
    stage_rank,
    bool_or(is_active) as is_active,
    min(entered_at) as entered_at
from entries
where stage_rank = lowest_rank_after
group by issue_id, stage, stage_rank
