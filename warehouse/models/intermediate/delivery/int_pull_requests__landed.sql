-- One row per merged pull request that reached the default branch, with the moment it did: at once, or, for one stacked on
-- another's branch, when that one was merged, and so on.
with recursive merged as (
    select
        pull_requests.pull_request_id,
        pull_requests.repository_id,
        pull_requests.head_branch,
        pull_requests.base_branch,
        pull_requests.merged_at,
        pull_requests.base_branch = repositories.default_branch as is_landed
    from {{ ref('stg_github__pull_requests') }} as pull_requests
    inner join {{ ref('stg_github__repositories') }} as repositories on pull_requests.repository_id = repositories.repository_id
    where pull_requests.merged_at is not null
),

carriers as (
    -- Of the pull requests of a branch the next one merged takes along what was merged into it.
    select
        stacked.pull_request_id,
        min_by(carrier.pull_request_id, (carrier.merged_at, carrier.pull_request_id)) as carrier_id
    from merged as stacked
    inner join merged as carrier
        on
            stacked.repository_id = carrier.repository_id
            and stacked.base_branch = carrier.head_branch
            and stacked.merged_at <= carrier.merged_at
    where not stacked.is_landed
    group by stacked.pull_request_id
),

walk as (
    select
        pull_request_id,
        pull_request_id as carrier_id,
        0 as step
    from merged
    union all
    select
        walk.pull_request_id,
        carriers.carrier_id,
        walk.step + 1 as step
    from walk
    inner join carriers on walk.carrier_id = carriers.pull_request_id
    -- Stacks are a few high; branches that carry each other would go round for ever.
    where walk.step < 20
)

select
    walk.pull_request_id,
    min(merged.merged_at) as landed_at
from walk
inner join merged on walk.carrier_id = merged.pull_request_id
where merged.is_landed
group by walk.pull_request_id
