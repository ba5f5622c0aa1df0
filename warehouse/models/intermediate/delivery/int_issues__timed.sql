-- One row per issue with the dates its stages give it and the hours between them.
with stages as (
    select
        issue_id,
        arg_min(entered_at, stage_rank) filter (is_active) as started_at,
        min(entered_at) filter (stage = 'done') as done_at
    from {{ ref('int_issues__staged') }}
    group by issue_id
),

moves as (
    select
        issue_id,
        count(*) filter (previous_stage = 'done' and stage is distinct from 'done') as reopened_count,
        count(*) filter (stage_rank < previous_rank) as backward_count
    from (
        select
            issue_id,
            stage,
            stage_rank,
            lag(stage) over life as previous_stage,
            lag(stage_rank) over life as previous_rank
        from {{ ref('int_issues__status_intervals') }}
        window life as (partition by issue_id order by stay_rank)
    )
    group by issue_id
),

blocked as (
    select
        issue_id,
        sum({{ hours_between('from_at', 'coalesce(to_at, ' ~ as_of() ~ ')') }}) as blocked_hours,
        bool_or(to_at is null) as is_blocked
    from {{ ref('int_issues__blocked') }}
    group by issue_id
),

cycles as (
    select
        issues.issue_id,
        issues.created_at,
        issues.resolved_at,
        issues.deleted_at,
        stages.started_at,
        stages.done_at,
        coalesce(resolutions.is_delivered, true) as is_delivered,
        coalesce(moves.reopened_count, 0) as reopened_count,
        coalesce(moves.backward_count, 0) as backward_count,
        coalesce(blocked.blocked_hours, 0) as blocked_hours,
        coalesce(blocked.is_blocked, false) as is_blocked
    from {{ ref('stg_jira__issues') }} as issues
    left join stages on issues.issue_id = stages.issue_id
    left join moves on issues.issue_id = moves.issue_id
    left join blocked on issues.issue_id = blocked.issue_id
    left join {{ ref('resolutions') }} as resolutions on lower(issues.resolution) = lower(resolutions.resolution)
),

active as (
    -- Active stays within the cycle.
    select
        cycles.issue_id,
        stays.stay_rank,
        greatest(stays.entered_at, cycles.started_at) as from_at,
        least(stays.left_at, cycles.done_at) as to_at
    from cycles
    inner join {{ ref('int_issues__status_intervals') }} as stays on cycles.issue_id = stays.issue_id
    where stays.is_active and stays.entered_at < cycles.done_at and stays.left_at > cycles.started_at
),

worked as (
    select
        issue_id,
        sum(active_hours - blocked_hours) as worked_hours
    from (
        select
            active.issue_id,
            active.stay_rank,
            any_value({{ hours_between('active.from_at', 'active.to_at') }}) as active_hours,
            coalesce(
                sum({{ hours_between('greatest(active.from_at, blocked.from_at)', 'least(active.to_at, blocked.to_at)') }})
                filter (blocked.issue_id is not null),
                0
            ) as blocked_hours
        from active
        left join {{ ref('int_issues__blocked') }} as blocked
            on
                active.issue_id = blocked.issue_id
                and active.to_at > blocked.from_at
                and coalesce(blocked.to_at, active.to_at) > active.from_at
        group by active.issue_id, active.stay_rank
    )
    group by issue_id
)

select
    cycles.*,
    {{ span_hours('cycles.created_at', 'coalesce(cycles.resolved_at, cycles.done_at)') }} as lead_time_hours,
    {{ span_hours('cycles.started_at', 'cycles.done_at') }} as cycle_time_hours,
    {{ working_hours('cycles.created_at', 'coalesce(cycles.resolved_at, cycles.done_at)', 'births', 'resolutions') }}
        as working_lead_time_hours,
    {{ working_hours('cycles.started_at', 'cycles.done_at', 'starts', 'ends') }} as working_cycle_time_hours,
    worked.worked_hours / nullif({{ span_hours('cycles.started_at', 'cycles.done_at') }}, 0) as flow_efficiency_share
from cycles
left join worked on cycles.issue_id = worked.issue_id
left join {{ ref('int_days__classified') }} as births on {{ local_date('cycles.created_at') }} = births.day_date
left join {{ ref('int_days__classified') }} as resolutions
    on {{ local_date('coalesce(cycles.resolved_at, cycles.done_at)') }} = resolutions.day_date
left join {{ ref('int_days__classified') }} as starts on {{ local_date('cycles.started_at') }} = starts.day_date
left join {{ ref('int_days__classified') }} as ends on {{ local_date('cycles.done_at') }} = ends.day_date
