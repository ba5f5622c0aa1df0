-- One row per merged pull request with the first successful production deployment that contains it.
-- A deployment contains what was merged up to its commit: the merge time of that commit, or, for a commit that is no merge of
-- a known pull request, the moment the deployment began. So a rollback to an old commit contains nothing new.
with merged as (
    select
        pull_request_id,
        repository_id,
        base_branch,
        merge_commit_sha,
        merged_at
    from {{ ref('stg_github__pull_requests') }}
    where merged_at is not null
),

coverage as (
    select
        deployments.deployment_id,
        deployments.repository_id,
        deployments.finished_at,
        coalesce(merged.merged_at, deployments.started_at) as covers_until_at
    from {{ ref('int_deployments__collected') }} as deployments
    left join merged on deployments.repository_id = merged.repository_id and deployments.sha = merged.merge_commit_sha
    -- A merge that stands for a deployment says nothing about when it went live.
    where deployments.is_production and deployments.is_success and deployments.deployment_source <> 'merges'
),

firsts as (
    -- Of the deployments that cover at least as much, the one that finished first.
    select distinct
        repository_id,
        covers_until_at,
        min(finished_at) over later as deployed_at,
        arg_min(deployment_id, (finished_at, deployment_id)) over later as deployment_id
    from coverage
    window later as (
        partition by repository_id order by covers_until_at desc
        range between unbounded preceding and current row
    )
)

select
    landed.pull_request_id,
    firsts.deployment_id,
    firsts.deployed_at
from {{ ref('int_pull_requests__landed') }} as landed
inner join merged on landed.pull_request_id = merged.pull_request_id
asof inner join firsts on merged.repository_id = firsts.repository_id and landed.landed_at <= firsts.covers_until_at
