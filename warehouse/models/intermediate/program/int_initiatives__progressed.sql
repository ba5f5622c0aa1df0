-- One row per moment, initiative and month up to it: the work there was at the month's end, and the part of it that was done, with
-- the points it had then. The leaves of the issue tree count: no sub-tasks, no epics. What was deleted, or closed without
-- delivering, is out from then on.
with months as (
    select distinct
        plans.moment_at,
        plans.status_month_date as month_date,
        least({{ day_start('plans.status_month_date + interval 1 month') }}, moments.issues_known_at) as end_at
    from {{ ref('int_plans__cumulated') }} as plans
    inner join {{ ref('int_moments') }} as moments on plans.moment_at = moments.moment_at
),

work as (
    select *
    from {{ ref('int_work_items__spanned') }}
    where is_work_item
),

initiatives as (
    select distinct initiative_id
    from work
),

ends as (
    select distinct end_at
    from months
),

counted as (
    select
        work.initiative_id,
        ends.end_at,
        count(*) as scope_count,
        count(*) filter (where work.is_done) as done_count,
        count(work.story_points) as estimated_count,
        sum(work.story_points) as scope_points,
        sum(work.story_points) filter (where work.is_done) as done_points
    from work
    inner join ends
        on {{ covers('work', 'ends.end_at') }} and (work.removed_at is null or work.removed_at >= ends.end_at)
    group by work.initiative_id, ends.end_at
)

select
    months.moment_at,
    initiatives.initiative_id,
    months.month_date,
    months.end_at,
    coalesce(counted.scope_count, 0) as scope_count,
    coalesce(counted.done_count, 0) as done_count,
    coalesce(counted.estimated_count, 0) as estimated_count,
    coalesce(counted.scope_points, 0) as scope_points,
    coalesce(counted.done_points, 0) as done_points
from initiatives
cross join months
left join counted on initiatives.initiative_id = counted.initiative_id and months.end_at = counted.end_at
