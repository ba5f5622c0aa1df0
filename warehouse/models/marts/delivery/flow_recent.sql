-- One row per scope (project, team, initiative, issue type, program) in which anything finished lately or is in progress.
with recent as (
    select
        min(week_date) as from_date,
        min(starts_at) as from_at
    from (
        select
            week_date,
            starts_at
        from {{ ref('int_weeks__listed') }}
        where is_full
        qualify row_number() over (order by week_date desc) <= {{ threshold('recent_weeks') }}
    )
),

finished as (
    select
        scoped.scope_kind,
        scoped.scope_id,
        count(*) as finished_count,
        count(timed.cycle_time_hours) as cycle_time_count,
        quantile_cont(timed.cycle_time_hours, 0.5) as cycle_time_p50_hours,
        quantile_cont(timed.cycle_time_hours, 0.85) as cycle_time_p85_hours,
        quantile_cont(timed.cycle_time_hours, 0.95) as cycle_time_p95_hours
    from {{ ref('int_issues__scoped') }} as scoped
    inner join {{ ref('int_issues__timed') }} as timed on scoped.issue_id = timed.issue_id
    inner join recent on timed.done_at >= recent.from_at
    where timed.is_delivered
    group by scoped.scope_kind, scoped.scope_id
),

going as (
    select
        scoped.scope_kind,
        scoped.scope_id,
        {{ span_hours('timed.started_at', as_of()) }} as age_hours
    from {{ ref('int_issues__scoped') }} as scoped
    inner join {{ ref('int_issues__status_intervals') }} as stays
        on scoped.issue_id = stays.issue_id and stays.is_current and stays.is_in_progress
    inner join {{ ref('int_issues__timed') }} as timed on scoped.issue_id = timed.issue_id
),

aged as (
    select
        going.scope_kind,
        going.scope_id,
        count(*) as wip_count,
        count(*) filter (going.age_hours > finished.cycle_time_p85_hours) as overdue_wip_count
    from going
    left join finished on going.scope_kind = finished.scope_kind and going.scope_id = finished.scope_id
    group by going.scope_kind, going.scope_id
)

select
    coalesce(finished.scope_kind, aged.scope_kind) as scope_kind,
    coalesce(finished.scope_id, aged.scope_id) as scope_id,
    recent.from_date,
    coalesce(finished.finished_count, 0) as finished_count,
    coalesce(finished.cycle_time_count, 0) as cycle_time_count,
    finished.cycle_time_p50_hours,
    finished.cycle_time_p85_hours,
    finished.cycle_time_p95_hours,
    coalesce(aged.wip_count, 0) as wip_count,
    case when finished.cycle_time_p85_hours is not null then coalesce(aged.overdue_wip_count, 0) end as overdue_wip_count
from finished
full join aged on finished.scope_kind = aged.scope_kind and finished.scope_id = aged.scope_id
cross join recent
