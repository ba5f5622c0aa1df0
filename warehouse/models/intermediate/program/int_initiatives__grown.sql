-- One row per moment and initiative: how its scope grew in the four weeks before, in points where enough items have them, else in items.
-- Both ends are weighed with the points known at the moment: an estimate that is refined is no new scope.
with work as (
    select
        looks.moment_at,
        items.initiative_id,
        items.issue_key,
        items.story_points,
        items.created_at,
        items.removed_at is null or items.removed_at >= looks.known_at as is_there,
        items.created_at < looks.moment_at - interval 28 days
        and (items.removed_at is null or items.removed_at >= looks.moment_at - interval 28 days) as was_there
    from {{ ref('int_work_items__known') }} as items
    inner join {{ ref('int_looks__at_moments') }} as looks
        on looks.source = 'jira' and items.instance = looks.instance and {{ seen_at('items', 'looks') }}
    where items.is_work_item
),

counted as (
    select
        moment_at,
        initiative_id,
        count(*) filter (where is_there) as now_count,
        count(*) filter (where was_there) as before_count,
        sum(story_points) filter (where is_there) as now_points,
        sum(story_points) filter (where was_there) as before_points,
        count(story_points) filter (where is_there) as estimated_count,
        {{ threshold('estimate_coverage_share') }} as estimate_coverage_share,
        list(issue_key order by created_at desc, issue_key asc) filter (where is_there and not was_there) as new_issue_keys
    from work
    group by moment_at, initiative_id
)

select
    moment_at,
    initiative_id,
    'scope' as dimension,
    'scope_growth_share_4w' as measure,
    case
        when estimated_count >= estimate_coverage_share * now_count then now_points / nullif(before_points, 0) - 1
        else now_count / nullif(before_count, 0) - 1
    end as value,
    coalesce(new_issue_keys, []) as evidence,
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
