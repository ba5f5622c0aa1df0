-- One row per moment, initiative and measure of how its work flowed until then.
with work as (
    select
        looks.moment_at,
        looks.known_at,
        items.*,
        items.removed_at is null or items.removed_at >= looks.known_at as is_there
    from {{ ref('int_work_items__known') }} as items
    inner join {{ ref('int_looks__at_moments') }} as looks
        on looks.source = 'jira' and items.instance = looks.instance and {{ seen_at('items', 'looks') }}
),

counted as (
    select
        moment_at,
        initiative_id,
        count(*) filter (where is_there and not is_done) as open_count,
        count(*) filter (where is_there and done_at >= moment_at - interval 28 days) as recent_count,
        count(*) filter (
            where is_there and done_at >= moment_at - interval 84 days and done_at < moment_at - interval 28 days
        ) as former_count
    from work
    where is_work_item
    group by moment_at, initiative_id
),

blocked as (
    select
        work.moment_at,
        work.initiative_id,
        max({{ hours_between('blocked.from_at', 'work.moment_at') }} / 24) as oldest_days,
        list(work.issue_key order by blocked.from_at, work.issue_key) as issue_keys,
        arg_min({{ titled('work.issue_key', 'work.summary') }}, (blocked.from_at, work.issue_key)) as oldest_issue
    from {{ ref('int_issues__blocked') }} as blocked
    inner join work on blocked.issue_id = work.issue_id
    where
        work.is_there
        and not work.is_done
        and blocked.from_at <= work.known_at
        and (blocked.to_at is null or blocked.to_at > work.known_at)
    group by work.moment_at, work.initiative_id
)

select
    moment_at,
    initiative_id,
    'delivery' as dimension,
    'throughput_change_share' as measure,
    -- Nothing left to do is no slowdown; too few items before are no pace to compare with.
    case
        when open_count > 0 and former_count >= {{ threshold('throughput_minimum_items') }}
            then (recent_count / 4.0) / (former_count / 8.0) - 1
    end as value,
    cast([] as varchar[]) as evidence,
    {{ counted('recent_count', 'item') }} || ' finished in the last 4 weeks, ' || former_count || ' in the 8 weeks before' as detail
from counted
union all
select
    counted.moment_at,
    counted.initiative_id,
    'delivery' as dimension,
    'blocker_age_days' as measure,
    coalesce(blocked.oldest_days, 0) as value,
    coalesce(blocked.issue_keys, []) as evidence,
    case
        when blocked.oldest_days is null then 'Nothing is blocked'
        else
            'The oldest open blocker stands for ' || {{ worded('blocked.oldest_days', "'days'") }} || ': ' || blocked.oldest_issue
            || case when len(blocked.issue_keys) > 1 then ', and ' || (len(blocked.issue_keys) - 1) || ' more blocked' else '' end
    end as detail
from counted
left join blocked on counted.moment_at = blocked.moment_at and counted.initiative_id = blocked.initiative_id
