-- One row per initiative and month up to the present: the work there was at its end, and the part of it that was done.
-- The leaves of the issue tree count: no sub-tasks, no epics. What was deleted, or closed without delivering, is out from then on.
with months as (
    select distinct
        status_month_date as month_date,
        least({{ day_start('status_month_date + interval 1 month') }}, {{ as_of() }}) as end_at
    from {{ ref('int_plans__cumulated') }}
),

work as (
    select
        initiative_id,
        issue_id,
        story_points,
        created_at,
        done_at,
        least(deleted_at, case when not is_delivered then coalesce(resolved_at, done_at) end) as removed_at
    from {{ ref('issues') }}
    where initiative_id is not null and is_work_item
),

initiatives as (
    select
        initiative_id,
        min(created_at) as first_created_at
    from work
    group by initiative_id
)

select
    initiatives.initiative_id,
    months.month_date,
    months.end_at,
    count(work.issue_id) as scope_count,
    count(work.issue_id) filter (where work.done_at < months.end_at) as done_count,
    count(work.story_points) as estimated_count,
    coalesce(sum(work.story_points), 0) as scope_points,
    coalesce(sum(work.story_points) filter (where work.done_at < months.end_at), 0) as done_points
from initiatives
cross join months
left join work
    on
        initiatives.initiative_id = work.initiative_id
        and months.end_at > work.created_at
        and (work.removed_at is null or months.end_at <= work.removed_at)
group by initiatives.initiative_id, months.month_date, months.end_at
