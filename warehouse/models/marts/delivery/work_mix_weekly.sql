-- One row per scope (project, team, initiative, program), local week in which something of it was finished, and kind of work.
with finished as (
    select
        scoped.scope_kind,
        scoped.scope_id,
        finished.week_date,
        coalesce(kinds.work_kind, 'other') as work_kind,
        finished.story_points,
        finished.cycle_time_hours
    from {{ ref('int_issues__scoped') }} as scoped
    inner join {{ ref('stg_jira__issues') }} as issues on scoped.issue_id = issues.issue_id
    inner join {{ ref('int_issues__finished') }} as finished on scoped.issue_id = finished.issue_id and finished.is_delivered
    left join {{ ref('work_kinds') }} as kinds on lower(issues.issue_type) = lower(kinds.issue_type)
    where scoped.scope_kind <> 'issue_type'
)

select
    scope_kind,
    scope_id,
    week_date,
    work_kind,
    count(*) as finished_count,
    count(*) / sum(count(*)) over (partition by scope_kind, scope_id, week_date) as finished_share,
    sum(story_points) as finished_points,
    sum(cycle_time_hours) as cycle_time_hours,
    count(cycle_time_hours) as cycle_time_count
from finished
group by scope_kind, scope_id, week_date, work_kind
