-- One row per production deployment and scope that it counts for: its repository, each team, the whole program.
-- Its teams are those of the changes it first brought to production; one that brought none (a rollback, the same commit once more)
-- counts for the teams that own its repository.
with deployments as (
    select
        deployment_id,
        repository_id,
        repository
    from {{ ref('int_deployments__collected') }}
    where is_production and deleted_at is null
),

changed as (
    select distinct
        deployment_id,
        unnest(teams) as team
    from {{ ref('int_changes__deployed') }}
),

teams as (
    select
        deployment_id,
        team
    from changed
    union all
    select
        deployments.deployment_id,
        owners.team
    from deployments
    anti join changed on deployments.deployment_id = changed.deployment_id
    inner join {{ ref('int_repositories__owned_by_teams') }} as owners on deployments.repository_id = owners.repository_id
)

select
    'repository' as scope_kind,
    repository as scope_id,
    deployment_id
from deployments
union all
select
    'program' as scope_kind,
    'program' as scope_id,
    deployment_id
from deployments
union all
select
    'team' as scope_kind,
    teams.team as scope_id,
    teams.deployment_id
from teams
inner join deployments on teams.deployment_id = deployments.deployment_id
