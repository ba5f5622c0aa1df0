-- One row per change (a merged pull request of a human or a bot) that reached production, with the teams that answer for it:
-- its author's (people tab), or, if that is unknown, those that own its repository.
with owners as (
    select
        repository_id,
        list(team order by team) as teams
    from {{ ref('int_repositories__owned_by_teams') }}
    group by repository_id
)

select
    timed.pull_request_id,
    timed.repository_id,
    timed.repository,
    timed.first_commit_at,
    coalesce(timed.deployed_at, merged.finished_at) as deployed_at,
    coalesce(timed.deployment_id, merged.deployment_id) as deployment_id,
    {{ span_hours('timed.first_commit_at', 'coalesce(timed.deployed_at, merged.finished_at)') }} as lead_time_hours,
    case when people.team is not null then [people.team] else coalesce(owners.teams, []) end as teams
from {{ ref('int_pull_requests__timed') }} as timed
left join {{ ref('int_deployments__collected') }} as merged
    on timed.pull_request_id = merged.deployment_id and merged.deployment_source = 'merges'
left join {{ ref('int_accounts__identified') }} as authors
    on authors.source = 'github' and timed.instance = authors.instance and timed.author_login = authors.account
left join {{ ref('int_people__gathered') }} as people on authors.person_id = people.person_id
left join owners on timed.repository_id = owners.repository_id
where timed.deleted_at is null and coalesce(timed.deployed_at, merged.finished_at) is not null
