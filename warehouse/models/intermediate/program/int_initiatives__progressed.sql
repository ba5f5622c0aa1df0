-- One row per moment, initiative and month up to it: the work there was at the month's end, and the part of it that was done, with
-- the points it had then. The leaves of the issue tree count: no sub-tasks, no epics. What was deleted, or closed without
-- delivering, is out from then on.
with months as (
    select distinct
        plans.moment_at,
        looks.moment_rank,
        looks.instance,
        plans.status_month_date as month_date,
        least({{ day_start('plans.status_month_date + interval 1 month') }}, looks.known_at) as end_at
    from {{ ref('int_plans__cumulated') }} as plans
    inner join {{ ref('int_looks__at_moments') }} as looks on plans.moment_at = looks.moment_at and looks.source = 'jira'
),

initiatives as (
    select distinct
        initiative_id,
        instance,
        first_moment_rank,
        last_moment_rank
    from {{ ref('int_work_items__known') }}
    where is_work_item
),

ends as (
    select distinct
        instance,
        end_at
    from months
),

work as (
    select
        spanned.*,
        linked.initiative_id,
        linked.first_moment_rank,
        linked.last_moment_rank
    from {{ ref('int_work_items__spanned') }} as spanned
    inner join {{ ref('int_issues__linked_at_moments') }} as linked on spanned.issue_id = linked.issue_id
    where spanned.is_work_item
),

counted as (
    -- Once for all the moments at which the same work belonged to an initiative.
    select
        work.initiative_id,
        work.instance,
        work.first_moment_rank,
        work.last_moment_rank,
        ends.end_at,
        count(*) as scope_count,
        count(*) filter (where work.is_done) as done_count,
        count(work.story_points) as estimated_count,
        sum(work.story_points) as scope_points,
        sum(work.story_points) filter (where work.is_done) as done_points
    from work
    inner join ends
        on
            work.instance = ends.instance
            and {{ covers('work', 'ends.end_at') }}
            and (work.removed_at is null or work.removed_at >= ends.end_at)
    group by work.initiative_id, work.instance, work.first_moment_rank, work.last_moment_rank, ends.end_at
),

worked as (
    select distinct
        months.moment_at,
        months.month_date,
        initiatives.initiative_id
    from months
    inner join initiatives on months.instance = initiatives.instance and {{ seen_at('initiatives', 'months') }}
),

summed as (
    select
        months.moment_at,
        months.month_date,
        counted.initiative_id,
        sum(counted.scope_count) as scope_count,
        sum(counted.done_count) as done_count,
        sum(counted.estimated_count) as estimated_count,
        sum(counted.scope_points) as scope_points,
        sum(counted.done_points) as done_points
    from months
    inner join counted
        on months.instance = counted.instance and months.end_at = counted.end_at and {{ seen_at('counted', 'months') }}
    group by months.moment_at, months.month_date, counted.initiative_id
)

select
    worked.moment_at,
    worked.initiative_id,
    worked.month_date,
    coalesce(summed.scope_count, 0) as scope_count,
    coalesce(summed.done_count, 0) as done_count,
    coalesce(summed.estimated_count, 0) as estimated_count,
    coalesce(summed.scope_points, 0) as scope_points,
    coalesce(summed.done_points, 0) as done_points
from worked
left join summed
    on
        worked.moment_at = summed.moment_at
        and worked.month_date = summed.month_date
        and worked.initiative_id = summed.initiative_id
