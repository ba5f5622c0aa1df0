-- One row per project and past month end: what was open then and the weekly throughput known then.
with items as (
    select
        issues.issue_id,
        issues.project_key,
        timed.created_at,
        timed.started_at,
        timed.done_at,
        timed.deleted_at,
        timed.is_delivered
    from {{ ref('stg_jira__issues') }} as issues
    inner join {{ ref('int_issues__parented') }} as parented on issues.issue_id = parented.issue_id and not parented.is_epic
    inner join {{ ref('int_issues__timed') }} as timed on issues.issue_id = timed.issue_id
    where not issues.is_subtask
),

months as (
    -- The local day on which a month begins is the cutoff: all that happened before it was known.
    select
        day_date as cutoff_date,
        starts_at as cutoff_at
    from {{ ref('int_days__classified') }}
    where day(day_date) = 1 and starts_at < {{ as_of() }}
    qualify row_number() over (order by day_date desc) <= {{ threshold('backtest_months') }}
),

projects as (
    select
        project_key,
        min(coalesce(started_at, done_at)) as first_started_at
    from items
    group by project_key
),

history as (
    select
        projects.project_key,
        months.cutoff_date,
        weeks.week_date
    from projects
    cross join months
    inner join {{ ref('int_weeks__listed') }} as weeks
        on weeks.is_full and months.cutoff_at >= weeks.ends_at and projects.first_started_at <= weeks.starts_at
    qualify
        row_number() over (partition by projects.project_key, months.cutoff_date order by weeks.week_date desc)
        <= {{ threshold('forecast_history_weeks') }}
),

finished as (
    select
        project_key,
        {{ local_week('done_at') }} as week_date,
        count(*) as finished_count
    from items
    where done_at is not null and is_delivered
    group by all
),

throughputs as (
    select
        history.project_key,
        history.cutoff_date,
        list(coalesce(finished.finished_count, 0) order by history.week_date) as weekly_counts
    from history
    left join finished on history.project_key = finished.project_key and history.week_date = finished.week_date
    group by all
),

open_items as (
    select
        items.project_key,
        months.cutoff_date,
        count(*) as open_count
    from months
    inner join items
        on
            months.cutoff_at > items.created_at
            and coalesce(items.done_at, 'infinity') >= months.cutoff_at
            and coalesce(items.deleted_at, 'infinity') >= months.cutoff_at
    group by all
)

select
    'backtest/' || throughputs.project_key || '/' || throughputs.cutoff_date as forecast_id,
    throughputs.project_key,
    throughputs.cutoff_date,
    months.cutoff_at,
    cast(open_items.open_count as integer) as remaining_count,
    throughputs.weekly_counts,
    1.0 as throughput_factor,
    cast({{ threshold('backtest_trials') }} as integer) as trial_count
from throughputs
inner join months on throughputs.cutoff_date = months.cutoff_date
inner join open_items on throughputs.project_key = open_items.project_key and throughputs.cutoff_date = open_items.cutoff_date
where len(throughputs.weekly_counts) >= {{ threshold('forecast_minimum_weeks') }} and list_max(throughputs.weekly_counts) > 0
