-- One row per incident that was resolved, and scope: the repository it is held against, and the whole program.
with incidents as (
    select
        incidents.incident_id,
        incidents.deployment_id,
        incidents.opened_at,
        incidents.resolved_at,
        {{ span_hours('incidents.opened_at', 'incidents.resolved_at') }} as recovery_hours,
        deployments.repository
    from {{ ref('int_incidents__collected') }} as incidents
    left join {{ ref('int_deployments__collected') }} as deployments on incidents.deployment_id = deployments.deployment_id
    where incidents.resolved_at is not null
)

select
    'repository' as scope_kind,
    repository as scope_id,
    *
from incidents
where repository is not null
union all
select
    'program' as scope_kind,
    'program' as scope_id,
    *
from incidents
