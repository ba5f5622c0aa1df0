-- One row per project and local week from the project's first issue on.
with issues as (
    select
        issues.issue_id,
        issues.project_key,
        issues.issue_type,
        issues.story_points,
        issues.created_at,
        timed.done_at,
        timed.is_delivered,
        timed.cycle_time_hours,
        timed.lead_time_hours,
        timed.flow_efficiency_share,
        coalesce(kinds.work_kind, 'other') as work_kind
    from {{ ref('stg_jira__issues') }} as issues
    inner join {{ ref('int_issues__parented') }} as parented on issues.issue_id = parented.issue_id
    inner join {{ ref('int_issues__timed') }} as timed on issues.issue_id = timed.issue_id
    left join {{ ref('work_kinds') }} as kinds on lower(issues.issue_type) = lower(kinds.issue_type)
    where not issues.is_subtask and not parented.is_epic
),

project_weeks as (
    select
        firsts.project_key,
        weeks.week_date,
        weeks.starts_at,
        weeks.ends_at,
        weeks.is_full
    from (select
        project_key,
        min(created_at) as first_at
    from issues group by project_key) as firsts
    inner join {{ ref('int_weeks__listed') }} as weeks on firsts.first_at < weeks.ends_at
),

arrived as (
    select
        project_key,
        {{ local_week('created_at') }} as week_date,
        count(*) as arrived_count
    from issues
    group by all
),

finished as (
    select
        project_key,
        {{ local_week('done_at') }} as week_date,
        count(*) as finished_count,
        sum(story_points) as finished_points,
        count(cycle_time_hours) as cycle_time_count,
        quantile_cont(cycle_time_hours, 0.5) as cycle_time_p50_hours,
        quantile_cont(cycle_time_hours, 0.85) as cycle_time_p85_hours,
        quantile_cont(cycle_time_hours, 0.95) as cycle_time_p95_hours,
        quantile_cont(lead_time_hours, 0.5) as lead_time_p50_hours,
        sum(flow_efficiency_share * cycle_time_hours) / nullif(sum(cycle_time_hours) filter (flow_efficiency_share is not null), 0)
            as flow_efficiency_share,
        count(*) filter (work_kind = 'bug') / count(*) as bug_share
    from issues
    where done_at is not null and is_delivered
    group by all
),

in_progress as (
    select
        stays.project_key,
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
        project_key,
        {{ local_week('entered_at') }} as week_date,
        count(*) as reopened_count
    from (
        select
            intervals.issue_id,
            intervals.project_key,
            intervals.entered_at,
            intervals.stage,
            lag(intervals.stage) over (partition by intervals.issue_id order by intervals.stay_rank) as previous_stage
        from {{ ref('int_issues__status_intervals') }} as intervals
        inner join issues on intervals.issue_id = issues.issue_id
    )
    where previous_stage = 'done' and stage is distinct from 'done'
    group by all
)

select
    project_weeks.project_key,
    project_weeks.week_date,
    project_weeks.is_full,
    coalesce(arrived.arrived_count, 0) as arrived_count,
    coalesce(finished.finished_count, 0) as finished_count,
    finished.finished_points,
    coalesce(in_progress.wip_count, 0) as wip_count,
    in_progress.wip_age_p50_hours,
    coalesce(finished.cycle_time_count, 0) as cycle_time_count,
    finished.cycle_time_p50_hours,
    finished.cycle_time_p85_hours,
    finished.cycle_time_p95_hours,
    finished.lead_time_p50_hours,
    finished.flow_efficiency_share,
    coalesce(reopened.reopened_count, 0) as reopened_count,
    finished.bug_share
from project_weeks
left join arrived using (project_key, week_date)
left join finished using (project_key, week_date)
left join in_progress using (project_key, week_date)
left join reopened using (project_key, week_date)
