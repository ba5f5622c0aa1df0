-- One row per scope (repository, program), local month of merge and stage of a pull request's way.
with merged as (
    select
        repository,
        cast(date_trunc('month', {{ local_date('merged_at') }}) as date) as month_date,
        coding_hours + draft_hours + pickup_hours + review_hours + deploy_hours is not null as is_complete,
        unnest(['coding', 'draft', 'pickup', 'review', 'deploy']) as stage,
        unnest([1, 2, 3, 4, 5]) as stage_rank,
        unnest([coding_hours, draft_hours, pickup_hours, review_hours, deploy_hours]) as hours
    from {{ ref('int_pull_requests__timed') }}
    where merged_at is not null and not is_bot and deleted_at is null
)

select
    case when repository is null then 'program' else 'repository' end as scope_kind,
    coalesce(repository, 'program') as scope_id,
    month_date,
    stage,
    stage_rank,
    count(*) as merged_count,
    count(hours) as known_count,
    quantile_cont(hours, 0.5) as p50_hours,
    count(*) filter (is_complete) as complete_count,
    avg(hours) filter (is_complete) as complete_mean_hours
from merged
group by grouping sets ((repository, month_date, stage, stage_rank), (month_date, stage, stage_rank))
