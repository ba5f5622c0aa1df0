-- One row per scope (project, team, initiative, issue type, program) and local week from the scope's first work item on.
with issues as (
    select
        scoped.scope_kind,
        scoped.scope_id,
        issues.issue_id,
        issues.created_at,
        coalesce(kinds.work_kind, 'other') as work_kind
    from {{ ref('int_issues__scoped') }} as scoped
    inner join {{ ref('stg_jira__issues') }} as issues on scoped.issue_id = issues.issue_id
    left join {{ ref('work_kinds') }} as kinds on lower(issues.issue_type) = lower(kinds.issue_type)
),

scope_weeks as (
    select
        firsts.scope_kind,
        firsts.scope_id,
        weeks.week_date,
        weeks.is_full
    from (select
        scope_kind,
        scope_id,
        min(created_at) as first_at
    from issues group by all) as firsts
    inner join {{ ref('int_weeks__listed') }} as weeks on firsts.first_at < weeks.ends_at
),

arrived as (
    select
        scope_kind,
        scope_id,
        {{ local_week('created_at') }} as week_date,
        count(*) as arrived_count
    from issues
    group by all
),

finished as (
    select
        issues.scope_kind,
        issues.scope_id,
        finished.week_date,
        count(*) as finished_count,
        sum(finished.story_points) as finished_points,
        count(finished.cycle_time_hours) as cycle_time_count,
        quantile_cont(finished.cycle_time_hours, 0.5) as cycle_time_p50_hours,
        quantile_cont(finished.cycle_time_hours, 0.85) as cycle_time_p85_hours,
        quantile_cont(finished.cycle_time_hours, 0.95) as cycle_time_p95_hours,
        quantile_cont(finished.working_cycle_time_hours, 0.5) as working_cycle_time_p50_hours,
        quantile_cont(finished.lead_time_hours, 0.5) as lead_time_p50_hours,
        sum(finished.flow_efficiency_share * finished.cycle_time_hours)
        / nullif(sum(finished.cycle_time_hours) filter (finished.flow_efficiency_share is not null), 0) as flow_efficiency_share,
        count(*) filter (issues.work_kind = 'bug') / count(*) as bug_share
    from issues
    inner join {{ ref('int_issues__finished') }} as finished on issues.issue_id = finished.issue_id and finished.is_delivered
    group by all
),

in_progress as (
    select
        issues.scope_kind,
        issues.scope_id,
        weeks.week_date,
        count(*) as wip_count,
        quantile_cont({{ hours_between('stays.started_at', 'weeks.ends_at') }}, 0.5) as wip_age_p50_hours
    from {{ ref('int_issues__ageing') }} as stays
    inner join issues on stays.issue_id = issues.issue_id
    inner join {{ ref('int_weeks__listed') }} as weeks
        on
            stays.entered_at < weeks.ends_at
            and coalesce(stays.left_at, 'infinity') >= weeks.ends_at
    group by all
),

reopened as (
    select
        scope_kind,
        scope_id,
        {{ local_week('entered_at') }} as week_date,
        count(*) as reopened_count
    from (
        select
            issue_id,
            entered_at,
            stage,
            lag(stage) over (partition by issue_id order by stay_rank) as previous_stage
        from {{ ref('int_issues__status_intervals') }}
    ) as moves
    inner join {{ ref('int_issues__scoped') }} as scoped on moves.issue_id = scoped.issue_id
    where moves.previous_stage = 'done' and moves.stage is distinct from 'done'
    group by all
)

select
    scope_weeks.scope_kind,
    scope_weeks.scope_id,
    scope_weeks.week_date,
    scope_weeks.is_full,
    coalesce(arrived.arrived_count, 0) as arrived_count,
    coalesce(finished.finished_count, 0) as finished_count,
    finished.finished_points,
    coalesce(in_progress.wip_count, 0) as wip_count,
    in_progress.wip_age_p50_hours,
    coalesce(finished.cycle_time_count, 0) as cycle_time_count,
    finished.cycle_time_p50_hours,
    finished.cycle_time_p85_hours,
    finished.cycle_time_p95_hours,
    finished.working_cycle_time_p50_hours,
    finished.lead_time_p50_hours,
    finished.flow_efficiency_share,
    coalesce(reopened.reopened_count, 0) as reopened_count,
    finished.bug_share
from scope_weeks
left join arrived using (scope_kind, scope_id, week_date)
left join finished using (scope_kind, scope_id, week_date)
left join in_progress using (scope_kind, scope_id, week_date)
left join reopened using (scope_kind, scope_id, week_date)
