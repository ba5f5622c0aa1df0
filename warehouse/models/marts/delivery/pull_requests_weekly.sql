-- One row per repository and local week from its first pull request on. Figures are of what humans opened and merged that week.
with pull_requests as (
    select
        timed.*,
        coding_hours + draft_hours + pickup_hours + review_hours + deploy_hours as cycle_time_hours,
        coalesce(merged_at, closed_at, 'infinity') as ended_at,
        links.pull_request_id is not null as is_linked
    from {{ ref('int_pull_requests__timed') }} as timed
    left join (
        select distinct pull_request_id from {{ ref('int_pull_requests__linked_to_issues') }}
    ) as links on timed.pull_request_id = links.pull_request_id
    where not timed.is_bot
),

repository_weeks as (
    select
        firsts.repository,
        weeks.week_date,
        weeks.is_full
    from (select
        repository,
        min(created_at) as first_at
    from pull_requests group by repository) as firsts
    inner join {{ ref('int_weeks__listed') }} as weeks on firsts.first_at < weeks.ends_at
),

merged as (
    select
        repository,
        {{ local_week('merged_at') }} as week_date,
        count(*) as merged_count,
        quantile_cont(time_to_merge_hours, 0.5) as time_to_merge_p50_hours,
        quantile_cont(cycle_time_hours, 0.5) as cycle_time_p50_hours,
        count(cycle_time_hours) as cycle_complete_count,
        quantile_cont(pickup_hours, 0.5) as pickup_p50_hours,
        quantile_cont(review_hours, 0.5) as review_p50_hours,
        quantile_cont(counted_lines, 0.5) as size_p50,
        count(*) filter (not is_linked) / count(*) as unlinked_share,
        count(*) filter (first_review_at is null) / count(*) as unreviewed_share
    from pull_requests
    where merged_at is not null
    group by all
),

activities as (
    select
        pull_request_id,
        created_at as active_at
    from pull_requests
    union all
    select
        pull_request_id,
        committed_at
    from {{ ref('stg_github__pull_request_commits') }}
    union all
    select
        pull_request_id,
        responded_at
    from {{ ref('stg_github__pull_request_responses') }}
    union all
    select
        pull_request_id,
        happened_at
    from {{ ref('stg_github__pull_request_events') }}
),

open_weeks as (
    select
        pull_requests.pull_request_id,
        pull_requests.repository,
        weeks.week_date,
        weeks.ends_at
    from pull_requests
    inner join {{ ref('int_weeks__listed') }} as weeks
        on pull_requests.created_at < weeks.ends_at and pull_requests.ended_at >= weeks.ends_at
),

stale as (
    select
        open_weeks.repository,
        open_weeks.week_date,
        count(*) as open_count,
        count(*) filter (
            {{ hours_between('activities.active_at', 'open_weeks.ends_at') }} > 24 * {{ threshold('pull_request_stale_days') }}
        ) as stale_open_count
    from open_weeks
    asof left join activities
        on open_weeks.pull_request_id = activities.pull_request_id and open_weeks.ends_at >= activities.active_at
    group by all
)

select
    repository_weeks.repository,
    repository_weeks.week_date,
    repository_weeks.is_full,
    coalesce(merged.merged_count, 0) as merged_count,
    merged.time_to_merge_p50_hours,
    merged.cycle_time_p50_hours,
    coalesce(merged.cycle_complete_count, 0) as cycle_complete_count,
    merged.pickup_p50_hours,
    merged.review_p50_hours,
    merged.size_p50,
    merged.unlinked_share,
    merged.unreviewed_share,
    coalesce(stale.open_count, 0) as open_count,
    coalesce(stale.stale_open_count, 0) as stale_open_count
from repository_weeks
left join merged using (repository, week_date)
left join stale using (repository, week_date)
