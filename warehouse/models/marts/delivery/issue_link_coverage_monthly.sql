-- One row per repository, local month of merge and strongest evidence by which merged pull requests of humans name an issue.
with merged as (
    select
        timed.repository,
        cast(date_trunc('month', {{ local_date('timed.merged_at') }}) as date) as month_date,
        coalesce(arg_min(links.evidence, (-links.confidence, links.evidence)), 'none') as evidence,
        max(links.confidence) as confidence
    from {{ ref('int_pull_requests__timed') }} as timed
    left join {{ ref('int_pull_requests__linked_to_issues') }} as links on timed.pull_request_id = links.pull_request_id
    where timed.merged_at is not null and not timed.is_bot and timed.deleted_at is null
    group by timed.pull_request_id, timed.repository, timed.merged_at
)

select
    repository,
    month_date,
    evidence,
    any_value(confidence) as confidence,
    count(*) as merged_count,
    count(*) / sum(count(*)) over (partition by repository, month_date) as merged_share
from merged
group by repository, month_date, evidence
