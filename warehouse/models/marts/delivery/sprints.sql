-- One row per sprint.
with counted as (
    select
        sprint_id,
        count(*) filter (is_committed) as committed_count,
        sum(joined_points) filter (is_committed) as committed_points,
        count(*) filter (is_added) as added_count,
        sum(joined_points) filter (is_added) as added_points,
        count(*) filter (is_removed) as removed_count,
        sum(parted_points) filter (is_removed) as removed_points,
        count(*) filter (is_completed) as completed_count,
        sum(parted_points) filter (is_completed) as completed_points,
        count(*) filter (is_left_open) as left_open_count,
        count(*) filter (is_committed and is_completed) as kept_count
    from {{ ref('int_sprints__scoped') }}
    group by sprint_id
)

select
    sprints.sprint_id,
    sprints.instance,
    sprints.sprint_name as name,
    sprints.board_id,
    boards.project_key,
    sprints.sprint_state as state,
    sprints.start_at,
    sprints.end_at,
    sprints.completed_at,
    {{ span_hours('sprints.end_at', 'sprints.completed_at') }} as closed_late_hours,
    started.committed_count,
    counted.committed_points,
    started.added_count,
    counted.added_points,
    started.removed_count,
    counted.removed_points,
    started.completed_count,
    counted.completed_points,
    case when sprints.completed_at is not null then started.left_open_count end as carried_over_count,
    case when sprints.completed_at is not null then counted.kept_count / nullif(counted.committed_count, 0) end as say_do_share,
    sprints.goal,
    sprints.deleted_at
from {{ ref('stg_jira__sprints') }} as sprints
left join {{ ref('stg_jira__boards') }} as boards on sprints.board_id = boards.board_id
left join counted on sprints.sprint_id = counted.sprint_id
-- A started sprint that nothing was in has zeros; one that has not started is unknown.
left join lateral (
    select
        coalesce(counted.committed_count, 0) as committed_count,
        coalesce(counted.added_count, 0) as added_count,
        coalesce(counted.removed_count, 0) as removed_count,
        coalesce(counted.completed_count, 0) as completed_count,
        coalesce(counted.left_open_count, 0) as left_open_count
    where sprints.start_at <= {{ as_of() }} and sprints.sprint_state <> 'future'
) as started on true
