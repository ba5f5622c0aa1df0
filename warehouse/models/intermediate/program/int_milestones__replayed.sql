-- One row per moment and milestone that was open then: what its forecast would have been made from, or why there was none.
-- The same preparation as that of the present forecasts (int_forecasts__prepared, scenario base), from the work as it stood then.
with milestone_items as (
    -- A team takes the milestones of an initiative in order of their targets: a later one waits for the earlier ones.
    select distinct
        later.moment_at,
        later.milestone_id,
        linked.issue_id
    from {{ ref('int_milestones__recorded') }} as later
    inner join {{ ref('int_milestones__recorded') }} as earlier
        on
            later.moment_at = earlier.moment_at
            and later.initiative_id is not distinct from earlier.initiative_id
            and (later.milestone_id = earlier.milestone_id or later.target_date > earlier.target_date)
    inner join {{ ref('int_issues__linked_to_milestones') }} as linked
        on earlier.milestone_id = linked.milestone_id and {{ seen_at('linked', 'earlier') }}
),

work as (
    select
        looks.moment_at,
        looks.known_at,
        items.*
    from {{ ref('int_work_items__known') }} as items
    inner join {{ ref('int_looks__at_moments') }} as looks
        on looks.source = 'jira' and items.instance = looks.instance and {{ seen_at('items', 'looks') }}
    where items.is_work_item and (items.deleted_at is null or items.deleted_at >= looks.known_at)
),

history as (
    select
        moments.moment_at,
        weeks.week_date,
        weeks.starts_at
    from {{ ref('int_moments') }} as moments
    inner join {{ ref('int_weeks__listed') }} as weeks
        on weeks.is_full and moments.moment_at >= weeks.ends_at
    qualify
        row_number() over (partition by moments.moment_at order by weeks.week_date desc) <= {{ threshold('forecast_history_weeks') }}
),

begins as (
    select
        moment_at,
        min(starts_at) as starts_at
    from history
    group by moment_at
),

counts as (
    select
        milestone_items.moment_at,
        milestone_items.milestone_id,
        count(*) as item_count,
        count(*) filter (where not work.is_done) as open_count,
        max(work.done_at) as last_done_at
    from milestone_items
    inner join work on milestone_items.moment_at = work.moment_at and milestone_items.issue_id = work.issue_id
    group by milestone_items.moment_at, milestone_items.milestone_id
),

teams as (
    select
        work.moment_at,
        work.initiative_id,
        count(*) / nullif(count(*) filter (where work.created_at < begins.starts_at), 0) as growth,
        min(coalesce(work.started_at, work.done_at)) filter (where coalesce(work.started_at, work.done_at) < work.known_at)
            as first_started_at
    from work
    left join begins on work.moment_at = begins.moment_at
    group by work.moment_at, work.initiative_id
),

finished as (
    select
        moment_at,
        initiative_id,
        {{ local_week('done_at') }} as week_date,
        count(*) as finished_count
    from work
    where is_done and is_delivered
    group by all
),

throughputs as (
    -- Weeks before the team began are no history of it.
    select
        teams.moment_at,
        teams.initiative_id,
        list(coalesce(finished.finished_count, 0) order by history.week_date) as weekly_counts
    from teams
    inner join history on teams.moment_at = history.moment_at and teams.first_started_at <= history.starts_at
    left join finished
        on
            teams.moment_at = finished.moment_at
            and teams.initiative_id = finished.initiative_id
            and history.week_date = finished.week_date
    group by teams.moment_at, teams.initiative_id
),

prepared as (
    select
        recorded.moment_at,
        recorded.milestone_id,
        counts.item_count,
        counts.open_count,
        {{ local_date('counts.last_done_at') }} as last_done_date,
        {{ grown_count('counts.open_count', 'teams.growth', 'scenarios') }} as remaining_count,
        coalesce(throughputs.weekly_counts, []) as weekly_counts,
        scenarios.throughput_factor
    from {{ ref('int_milestones__recorded') }} as recorded
    inner join {{ ref('forecast_scenarios') }} as scenarios on scenarios.scenario = 'base'
    left join counts on recorded.moment_at = counts.moment_at and recorded.milestone_id = counts.milestone_id
    left join teams on recorded.moment_at = teams.moment_at and recorded.initiative_id = teams.initiative_id
    left join throughputs on recorded.moment_at = throughputs.moment_at and recorded.initiative_id = throughputs.initiative_id
    where recorded.done_date is null
)

select
    'moment/' || moment_at || '/' || milestone_id as forecast_id,
    *,
    cast({{ threshold('backtest_trials') }} as integer) as trial_count,
    coalesce(
        open_count > 0
        and len(weekly_counts) >= {{ threshold('forecast_minimum_weeks') }}
        and list_max(weekly_counts) > 0,
        false
    ) as can_be_forecast
from prepared
