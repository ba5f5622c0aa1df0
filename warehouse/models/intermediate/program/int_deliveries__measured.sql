-- One row per initiative and measure of how its work flows.
with finished as (
    select
        initiative_id,
        count(*) filter (where done_at >= {{ as_of() }} - interval 28 days) as recent_count,
        count(*) filter (where done_at >= {{ as_of() }} - interval 84 days and done_at < {{ as_of() }} - interval 28 days) as former_count
    from {{ ref('issues') }}
    where initiative_id is not null and is_work_item and is_finished and done_at <= {{ as_of() }}
    group by initiative_id
),

blocked as (
    select
        issues.initiative_id,
        max({{ hours_between('blocked.from_at', as_of()) }} / 24) as oldest_days,
        list(issues.issue_key order by blocked.from_at) as issue_keys,
        arg_min(issues.issue_key || ' "' || issues.summary || '"', blocked.from_at) as oldest_issue
    from {{ ref('int_issues__blocked') }} as blocked
    inner join {{ ref('issues') }} as issues on blocked.issue_id = issues.issue_id
    where
        issues.initiative_id is not null
        and issues.done_at is null
        and issues.deleted_at is null
        and blocked.from_at <= {{ as_of() }}
        and (blocked.to_at is null or blocked.to_at > {{ as_of() }})
    group by issues.initiative_id
),

open_work as (
    select
        initiative_id,
        count(*) filter (where done_at is null and deleted_at is null) as open_count
    from {{ ref('issues') }}
    where initiative_id is not null and is_work_item
    group by initiative_id
)

select
    open_work.initiative_id,
    'delivery' as dimension,
    'throughput_change_share' as measure,
    -- Nothing left to do is no slowdown; too few items before are no pace to compare with.
    case
        when open_work.open_count > 0 and finished.former_count >= 8
            then (finished.recent_count / 4.0) / (finished.former_count / 8.0) - 1
    end as value,
    cast([] as varchar[]) as evidence,
    {{ counted('coalesce(finished.recent_count, 0)', 'item') }} || ' finished in the last 4 weeks, '
    || coalesce(finished.former_count, 0) || ' in the 8 weeks before' as detail
from open_work
left join finished on open_work.initiative_id = finished.initiative_id
union all
select
    open_work.initiative_id,
    'delivery' as dimension,
    'blocker_age_days' as measure,
    coalesce(blocked.oldest_days, 0) as value,
    coalesce(blocked.issue_keys[1:20], []) as evidence,
    case
        when blocked.oldest_days is null then 'nothing is blocked'
        when len(blocked.issue_keys) = 1 then blocked.oldest_issue
        else blocked.oldest_issue || ', and ' || (len(blocked.issue_keys) - 1) || ' more blocked'
    end as detail
from open_work
left join blocked on open_work.initiative_id = blocked.initiative_id
