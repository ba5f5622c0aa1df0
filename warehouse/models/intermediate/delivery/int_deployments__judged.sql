-- One row per production deployment, with whether it is old enough to be judged and the first incident that followed it.
select
    deployments.deployment_id,
    deployments.deployment_source,
    deployments.started_at,
    deployments.finished_at,
    deployments.is_success,
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
where deployments.is_production and deployments.deleted_at is null
