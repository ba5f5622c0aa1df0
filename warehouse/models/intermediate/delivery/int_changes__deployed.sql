-- One row per change (a merged pull request of a human or a bot) that reached production, and scope.
with changes as (
    select
        timed.pull_request_id,
        timed.repository,
        timed.first_commit_at,
        coalesce(timed.deployed_at, merged.finished_at) as deployed_at,
        coalesce(timed.deployment_id, merged.deployment_id) as deployment_id
    from {{ ref('int_pull_requests__timed') }} as timed
    left join {{ ref('int_deployments__collected') }} as merged
        on timed.pull_request_id = merged.deployment_id and merged.deployment_source = 'merges'
    where timed.deleted_at is null
),

deployed as (
    select
        *,
        {{ span_hours('first_commit_at', 'deployed_at') }} as lead_time_hours
    from changes
    where deployed_at is not null
)

select
    'repository' as scope_kind,
    repository as scope_id,
    *
from deployed
union all
select
    'program' as scope_kind,
    'program' as scope_id,
    *
from deployed
