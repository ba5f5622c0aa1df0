-- One row per scope and scenario: what is left to do and the weekly throughput to draw from, or the reason why there is no forecast.
-- An initiative and its milestones draw from what the initiative's team finished per week, an epic from what was finished of the epic;
-- they grow likewise as the whole of the initiative did, so that a milestone whose open items are all of them ends on the same day.
with scopes as (
    select
        'initiative' as scope_kind,
        initiative_id as scope_id,
        'initiative' as team_kind,
        initiative_id as team_id,
        target_date,
        null as done_date
    from {{ ref('int_initiatives__gathered') }}
    union all
    select
        'milestone' as scope_kind,
        milestone_id as scope_id,
        'initiative' as team_kind,
        initiative_id as team_id,
        target_date,
        done_date
    from {{ ref('int_milestones__planned') }}
    union all
    select
        'epic' as scope_kind,
        issues.issue_id as scope_id,
        'epic' as team_kind,
        issues.issue_id as team_id,
        issues.due_date as target_date,
        null as done_date
    from {{ ref('stg_jira__issues') }} as issues
    inner join {{ ref('int_issues__parented') }} as parented on issues.issue_id = parented.issue_id and parented.is_epic
    inner join {{ ref('int_issues__timed') }} as timed on issues.issue_id = timed.issue_id and timed.done_at is null
    where issues.deleted_at is null
),

history as (
    select
        week_date,
        starts_at
    from {{ ref('int_weeks__listed') }}
    where is_full
    qualify row_number() over (order by week_date desc) <= {{ threshold('forecast_history_weeks') }}
),

items as (
    select
        scoped.scope_kind,
        scoped.scope_id,
        timed.created_at,
        timed.started_at,
        timed.done_at,
        timed.is_delivered
    from {{ ref('int_forecasts__scoped') }} as scoped
    inner join {{ ref('int_issues__timed') }} as timed on scoped.issue_id = timed.issue_id
),

counts as (
    select
        items.scope_kind,
        items.scope_id,
        count(*) as item_count,
        count(*) filter (items.done_at is null) as open_count,
        -- Growth: every item that was there when the history begins has become so many.
        count(*) / nullif(count(*) filter (items.created_at < (select min(starts_at) from history)), 0) as growth,
        min(coalesce(items.started_at, items.done_at)) as first_started_at,
        max(items.done_at) as last_done_at
    from items
    group by all
),

finished as (
    select
        scope_kind,
        scope_id,
        {{ local_week('done_at') }} as week_date,
        count(*) as finished_count
    from items
    where done_at is not null and is_delivered
    group by all
),

throughputs as (
    -- Weeks before the team began are no history of it.
    select
        counts.scope_kind,
        counts.scope_id,
        list(coalesce(finished.finished_count, 0) order by history.week_date) as weekly_counts
    from counts
    inner join history on counts.first_started_at <= history.starts_at
    left join finished
        on
            counts.scope_kind = finished.scope_kind
            and counts.scope_id = finished.scope_id
            and history.week_date = finished.week_date
    group by all
),

scenarios as (
    select
        scopes.scope_kind,
        scopes.scope_id,
        scenarios.scenario,
        scenarios.throughput_factor,
        scopes.target_date,
        scopes.done_date,
        counts.item_count,
        counts.open_count,
        {{ local_date('counts.last_done_at') }} as last_done_date,
        {{ grown_count('counts.open_count', 'teams.growth', 'scenarios') }} as remaining_count,
        coalesce(throughputs.weekly_counts, []) as weekly_counts
    from scopes
    cross join {{ ref('forecast_scenarios') }} as scenarios
    left join counts on scopes.scope_kind = counts.scope_kind and scopes.scope_id = counts.scope_id
    left join counts as teams on scopes.team_kind = teams.scope_kind and scopes.team_id = teams.scope_id
    left join throughputs on scopes.team_kind = throughputs.scope_kind and scopes.team_id = throughputs.scope_id
)

select
    scope_kind || '/' || scope_id || '/' || scenario as forecast_id,
    *,
    {{ local_date(as_of()) }} as from_date,
    case
        when done_date is not null then 'it is done'
        when item_count is null then 'no work items are mapped to it'
        when open_count = 0 then 'nothing is left to do'
        when len(weekly_counts) < {{ threshold('forecast_minimum_weeks') }}
            then
                case len(weekly_counts)
                    when 0 then 'no full week'
                    when 1 then 'only one full week'
                    else 'only ' || len(weekly_counts) || ' full weeks'
                end || ' of throughput; '
                || cast({{ threshold('forecast_minimum_weeks') }} as integer) || ' are needed'
        when list_max(weekly_counts) = 0 then 'nothing was finished in the last ' || len(weekly_counts) || ' weeks'
    end as reason
from scenarios
