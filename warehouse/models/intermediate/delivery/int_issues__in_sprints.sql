-- One row per issue and unbroken stay in a sprint.
-- Jira keeps the sprints of an issue as one list, so a sprint may stay through many changes.
with stays as (
    select
        intervals.issue_id,
        issues.instance || ':' || trim(unnest(string_split(intervals.value, ','))) as sprint_id,
        intervals.stay_rank,
        intervals.entered_at,
        intervals.left_at
    from {{ ref('int_issues__field_intervals') }} as intervals
    inner join {{ ref('stg_jira__issues') }} as issues on intervals.issue_id = issues.issue_id
    where intervals.field_role = 'sprint'
),

islands as (
    select
        *,
        stay_rank - row_number() over (partition by issue_id, sprint_id order by stay_rank) as island
    from stays
)

select
    issue_id,
    sprint_id,
    min(entered_at) as entered_at,
    case when bool_and(left_at is not null) then max(left_at) end as left_at
from islands
group by issue_id, sprint_id, island
