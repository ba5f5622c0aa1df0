-- One row per initiative: how its scope grew in four weeks, in points where enough items have them, else in items.
with instants as (
    select
        {{ as_of() }} as now_at,
        {{ as_of() }} - interval 28 days as before_at,
        {{ threshold('estimate_coverage_share') }} as estimate_coverage_share
),

work as (
    select
        initiative_id,
        issue_key,
        story_points,
        created_at,
        least(deleted_at, case when not is_delivered then coalesce(resolved_at, done_at) end) as removed_at
    from {{ ref('issues') }}
    where initiative_id is not null and is_work_item
),

counted as (
    select
        work.initiative_id,
        count(*) filter (where {{ is_there('now_at') }}) as now_count,
        count(*) filter (where {{ is_there('before_at') }}) as before_count,
        sum(work.story_points) filter (where {{ is_there('now_at') }}) as now_points,
        sum(work.story_points) filter (where {{ is_there('before_at') }}) as before_points,
        count(work.story_points) filter (where {{ is_there('now_at') }}) as estimated_count,
        any_value(instants.estimate_coverage_share) as estimate_coverage_share,
        list(work.issue_key order by work.created_at desc) filter (where work.created_at > instants.before_at and {{ is_there('now_at') }})
            as new_issue_keys
    from work
    cross join instants
    group by work.initiative_id
)

select
    initiative_id,
    'scope' as dimension,
    'scope_growth_share_4w' as measure,
    case
        when estimated_count >= estimate_coverage_share * now_count then now_points / nullif(before_points, 0) - 1
        else now_count / nullif(before_count, 0) - 1
    end as value,
    coalesce(new_issue_keys[1:20], []) as evidence,
    {{ counted('coalesce(len(new_issue_keys), 0)', 'item') }}
    || ' came in, from '
    || before_count
    || ' to '
    || {{ counted('now_count', 'item') }}
    || case
        when estimated_count >= estimate_coverage_share * now_count
            then printf(' and from %.0f to %.0f points', coalesce(before_points, 0), coalesce(now_points, 0))
        else ''
    end as detail
from counted
