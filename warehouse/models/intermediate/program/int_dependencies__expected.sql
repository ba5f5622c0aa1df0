-- One row per issue that blocks another one now, with the day by which it is done in 8 of 10 cases.
-- An epic has its own forecast. An item is compared with the finished ones of its project that took at least as long as it already has;
-- with too few of them the forecast of what it belongs to stands for it, which holds more than this item.
with blockers as (
    select distinct
        issues.issue_id,
        issues.project_key,
        issues.is_epic,
        issues.epic_issue_id,
        issues.initiative_id,
        issues.started_at is not null as is_started,
        {{ hours_between('coalesce(issues.started_at, issues.created_at)', as_of()) }} as age_hours
    from {{ ref('int_dependencies__linked') }} as linked
    inner join {{ ref('issues') }} as issues on linked.from_issue_id = issues.issue_id
    where not linked.is_resolved
),

alike as (
    select
        blockers.issue_id,
        count(*) as item_count,
        quantile_cont(spans.hours - blockers.age_hours, 0.8) as hours_left
    from blockers
    inner join (
        select
            project_key,
            true as is_started,
            cycle_time_hours as hours
        from {{ ref('issues') }}
        where is_finished and is_work_item and cycle_time_hours is not null
        union all
        select
            project_key,
            false as is_started,
            lead_time_hours as hours
        from {{ ref('issues') }}
        where is_finished and is_work_item and lead_time_hours is not null
    ) as spans
        on
            blockers.project_key = spans.project_key
            and blockers.is_started = spans.is_started
            and blockers.age_hours <= spans.hours
    where not blockers.is_epic
    group by blockers.issue_id
),

forecasts as (
    select
        scope_kind,
        scope_id,
        p80_date
    from {{ ref('delivery_forecasts') }}
    where scenario = 'base' and p80_date is not null
),

milestones as (
    select
        linked.issue_id,
        min(forecasts.p80_date) as p80_date
    from {{ ref('int_issues__linked_to_milestones') }} as linked
    inner join forecasts on forecasts.scope_kind = 'milestone' and linked.milestone_id = forecasts.scope_id
    group by linked.issue_id
),

weighed as (
    select
        blockers.issue_id,
        blockers.project_key,
        own.p80_date as own_date,
        coalesce(alike.item_count, 0) as item_count,
        case
            when alike.item_count >= {{ threshold('dependency_minimum_items') }}
                then {{ local_date(as_of() ~ ' + to_seconds(alike.hours_left * 3600)') }}
        end as alike_date,
        least(milestones.p80_date, epics.p80_date, initiatives.p80_date) as whole_date
    from blockers
    left join alike on blockers.issue_id = alike.issue_id
    left join forecasts as own on own.scope_kind = 'epic' and blockers.issue_id = own.scope_id
    left join milestones on blockers.issue_id = milestones.issue_id
    left join forecasts as epics on epics.scope_kind = 'epic' and blockers.epic_issue_id = epics.scope_id
    left join forecasts as initiatives on initiatives.scope_kind = 'initiative' and blockers.initiative_id = initiatives.scope_id
)

select
    issue_id,
    coalesce(own_date, alike_date, whole_date) as p80_date,
    case
        when own_date is not null then 'forecast of the epic'
        when alike_date is not null then item_count || ' finished items of ' || project_key || ' that took at least as long'
        when whole_date is not null then 'forecast of what it belongs to'
        else
            'unknown: too few finished items of ' || project_key || ' took this long to say when ('
            || item_count || ' of the ' || cast({{ threshold('dependency_minimum_items') }} as integer) || ' needed)'
    end as p80_source
from weighed
