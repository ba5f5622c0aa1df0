-- One row per deployment or what stands for one: GitHub deployments with statuses, else releases, else merges to the default branch.
-- A repository is counted by one source only; the setting deployment_source fixes it, auto takes the first that has anything.
with environments as (
    select deployments.environment
    from (select distinct environment from {{ ref('stg_github__deployments') }}) as deployments
    where exists (
        select 1 from {{ ref('production_environments') }} as patterns where deployments.environment ilike patterns.environment_pattern
    )
),

deployments as (
    select
        deployments.deployment_id,
        deployments.repository_id,
        deployments.repository,
        'deployments' as deployment_source,
        deployments.environment,
        deployments.sha,
        deployments.created_at as started_at,
        list_min(list_transform(list_filter(deployments.statuses, lambda s: s['state'] = 'success'), lambda s: s['state_at']))
            as succeeded_at,
        list_min(list_transform(list_filter(deployments.statuses, lambda s: s['state'] in ('failure', 'error')), lambda s: s['state_at']))
            as failed_at,
        environments.environment is not null as is_production,
        deployments.deleted_at
    from {{ ref('stg_github__deployments') }} as deployments
    left join environments on deployments.environment = environments.environment
),

releases as (
    select
        release_id as deployment_id,
        repository_id,
        repository,
        'releases' as deployment_source,
        'release' as environment,
        sha,
        published_at as started_at,
        published_at as succeeded_at,
        cast(null as timestamp) as failed_at,
        not is_prerelease as is_production,
        deleted_at
    from {{ ref('stg_github__releases') }}
    where published_at is not null and not is_draft
),

merged as (
    select
        pull_requests.pull_request_id as deployment_id,
        pull_requests.repository_id,
        pull_requests.repository,
        'merges' as deployment_source,
        pull_requests.base_branch as environment,
        pull_requests.merge_commit_sha as sha,
        pull_requests.merged_at as started_at,
        pull_requests.merged_at as succeeded_at,
        cast(null as timestamp) as failed_at,
        true as is_production,
        pull_requests.deleted_at
    from {{ ref('stg_github__pull_requests') }} as pull_requests
    inner join {{ ref('stg_github__repositories') }} as repositories
        on pull_requests.repository_id = repositories.repository_id and pull_requests.base_branch = repositories.default_branch
    where pull_requests.merged_at is not null
),

collected as (
    select * from deployments
    union all by name
    select * from releases
    union all by name
    select * from merged
),

chosen as (
    select
        repository_id,
        coalesce(
            nullif({{ setting('deployment_source') }}, 'auto'),
            arg_min(deployment_source, list_position(['deployments', 'releases', 'merges'], deployment_source))
        ) as deployment_source
    from collected
    where is_production
    group by repository_id
)

select
    collected.* exclude (succeeded_at, failed_at),
    coalesce(collected.succeeded_at, collected.failed_at) as finished_at,
    case when collected.succeeded_at is not null then true when collected.failed_at is not null then false end as is_success
from collected
left join chosen on collected.repository_id = chosen.repository_id
where
    collected.deployment_source = chosen.deployment_source
    -- Whatever counts, deployments to other environments are facts too.
    or (collected.deployment_source = 'deployments' and not collected.is_production)
