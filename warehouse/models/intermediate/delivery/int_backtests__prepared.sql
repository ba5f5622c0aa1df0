-- One row per project and past month end: what was open then and the weekly throughput known then.
with items as (
    select
        issues.issue_id,
        issues.project_key,
        issues.created_at,
        issues.deleted_at
    from {{ ref('stg_jira__issues') }} as issues
    inner join {{ ref('int_issues__parented') }} as parented on issues.issue_id = parented.issue_id and not parented.is_epic
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
    -- Its first work, also if that went back: what a cutoff knew does not depend on what came after it.
    select
        items.project_key,
        min(stays.entered_at) as first_started_at
    from items
    inner join {{ ref('int_issues__status_intervals') }} as stays on items.issue_id = stays.issue_id
    where stays.is_active or stays.stage = 'done'
    group by items.project_key
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

known as (
    select
        items.issue_id,
        items.project_key,
        months.cutoff_date,
        done.done_at,
        coalesce(items.deleted_at, 'infinity') >= months.cutoff_at as is_there,
        discarded.issue_id is null as is_delivered
    from months
    inner join items on months.cutoff_at > items.created_at
    left join {{ ref('int_issues__done') }} as done
        on
            items.issue_id = done.issue_id
            and months.cutoff_at > done.done_at
            and coalesce(done.undone_at, 'infinity') >= months.cutoff_at
    left join {{ ref('int_issues__discarded') }} as discarded
        on items.issue_id = discarded.issue_id and {{ covers('discarded', 'months.cutoff_at') }}
),

finished as (
    select
        project_key,
        cutoff_date,
        {{ local_week('done_at') }} as week_date,
        count(*) as finished_count
    from known
    where done_at is not null and is_delivered
    group by all
),

throughputs as (
    select
        history.project_key,
        history.cutoff_date,
        list(coalesce(finished.finished_count, 0) order by history.week_date) as weekly_counts
    from history
    left join finished
        on
            history.project_key = finished.project_key
            and history.cutoff_date = finished.cutoff_date
            and history.week_date = finished.week_date
    group by all
),

open_items as (
    select
        project_key,
        cutoff_date,
        count(*) as open_count
    from known
    where is_there and done_at is null
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
