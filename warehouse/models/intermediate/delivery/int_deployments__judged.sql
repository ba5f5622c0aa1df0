-- One row per successful production deployment and scope (its repository, the whole program), with whether an incident followed.
with deployments as (
    select
        deployments.deployment_id,
        deployments.repository,
        deployments.deployment_source,
        deployments.finished_at,
        {{ local_date('deployments.finished_at') }} as deployed_date,
        -- One that is younger than the window may still fail.
        deployments.finished_at <= {{ as_of() }} - to_days(cast({{ threshold('failure_window_days') }} as integer)) as is_mature,
        incidents.incident_id,
        incidents.opened_at
    from {{ ref('int_deployments__collected') }} as deployments
    left join (
        select
            deployment_id,
            arg_min(incident_id, (opened_at, incident_id)) as incident_id,
            min(opened_at) as opened_at
        from {{ ref('int_incidents__collected') }}
        group by deployment_id
    ) as incidents on deployments.deployment_id = incidents.deployment_id
    where deployments.is_production and deployments.is_success and deployments.deleted_at is null
)

select
    'repository' as scope_kind,
    repository as scope_id,
    *
from deployments
union all
select
    'program' as scope_kind,
    'program' as scope_id,
    *
from deployments
