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
)

select
    cycles.*,
    {{ span_hours('cycles.created_at', 'coalesce(cycles.resolved_at, cycles.done_at)') }} as lead_time_hours,
    finished.cycle_time_hours,
    {{ working_hours('cycles.created_at', 'coalesce(cycles.resolved_at, cycles.done_at)', 'births', 'resolutions') }}
        as working_lead_time_hours,
    finished.working_cycle_time_hours,
    finished.flow_efficiency_share
from cycles
left join {{ ref('int_issues__finished') }} as finished on cycles.issue_id = finished.issue_id and finished.undone_at is null
left join {{ ref('int_days__classified') }} as births on {{ local_date('cycles.created_at') }} = births.day_date
left join {{ ref('int_days__classified') }} as resolutions
    on {{ local_date('coalesce(cycles.resolved_at, cycles.done_at)') }} = resolutions.day_date
