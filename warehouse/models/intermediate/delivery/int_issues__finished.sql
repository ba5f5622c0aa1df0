-- One row per issue and local week at whose end it was newly done, with the start, the points and the resolution that it had by then.
-- What is taken up again, dropped or estimated anew later changes nothing in the week that finished it.
with finishes as (
    select
        done.issue_id,
        done.done_at,
        done.undone_at,
        done.done_stay_rank,
        {{ local_week('done.done_at') }} as week_date,
        -- A deleted issue counts as it was when it went.
        least(weeks.ends_at, issues.deleted_at) as known_at,
        issues.created_at,
        case when issues.resolved_at < weeks.ends_at then issues.resolved_at end as resolved_at
    from {{ ref('int_issues__done') }} as done
    inner join {{ ref('stg_jira__issues') }} as issues on done.issue_id = issues.issue_id
    left join {{ ref('int_weeks__listed') }} as weeks on {{ local_week('done.done_at') }} = weeks.week_date
    where coalesce(done.undone_at >= weeks.ends_at, true)
),

stays as (
    select
        finishes.done_at,
        stays.*
    from finishes
    inner join {{ ref('int_issues__status_intervals') }} as stays
        on finishes.issue_id = stays.issue_id and finishes.done_stay_rank >= stays.stay_rank
),

stages as (
    {{ standing_stages('stays', 'issue_id, done_at') }}
),

cycles as (
    select
        finishes.*,
        started.started_at
    from finishes
    left join (
        select
            issue_id,
            done_at,
            arg_min(entered_at, stage_rank) filter (is_active) as started_at
        from stages
        group by issue_id, done_at
    ) as started on finishes.issue_id = started.issue_id and finishes.done_at = started.done_at
),

active as (
    -- Active stays within the cycle.
    select
        cycles.issue_id,
        cycles.done_at,
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
        done_at,
        sum(active_hours - blocked_hours) as worked_hours
    from (
        select
            active.issue_id,
            active.done_at,
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
        group by active.issue_id, active.done_at, active.stay_rank
    )
    group by issue_id, done_at
)

select
    cycles.issue_id,
    cycles.week_date,
    cycles.started_at,
    cycles.done_at,
    cycles.undone_at,
    discarded.issue_id is null as is_delivered,
    try_cast(coalesce(estimates.value_text, estimates.value) as double) as story_points,
    {{ span_hours('cycles.created_at', 'coalesce(cycles.resolved_at, cycles.done_at)') }} as lead_time_hours,
    {{ span_hours('cycles.started_at', 'cycles.done_at') }} as cycle_time_hours,
    {{ working_hours('cycles.started_at', 'cycles.done_at', 'starts', 'ends') }} as working_cycle_time_hours,
    worked.worked_hours / nullif({{ span_hours('cycles.started_at', 'cycles.done_at') }}, 0) as flow_efficiency_share
from cycles
left join worked on cycles.issue_id = worked.issue_id and cycles.done_at = worked.done_at
left join {{ ref('int_issues__discarded') }} as discarded
    on cycles.issue_id = discarded.issue_id and {{ covers('discarded', 'cycles.known_at') }}
left join {{ ref('int_issues__field_intervals') }} as estimates
    on
        cycles.issue_id = estimates.issue_id
        and estimates.field_role = 'story_points'
        and cycles.known_at > estimates.entered_at
        and coalesce(cycles.known_at <= estimates.left_at, true)
left join {{ ref('int_days__classified') }} as starts on {{ local_date('cycles.started_at') }} = starts.day_date
left join {{ ref('int_days__classified') }} as ends on {{ local_date('cycles.done_at') }} = ends.day_date
