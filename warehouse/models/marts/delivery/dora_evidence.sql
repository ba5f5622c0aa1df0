-- One row per scope, local month, metric and step of the figure's proof: what was counted, one by one.
with steps as (
    select
        scope_kind,
        scope_id,
        deployed_date as step_date,
        'deployment_frequency' as metric,
        'deployed to production' as step,
        deployment_id,
        null as pull_request_id,
        null as incident_id,
        cast(null as timestamp) as from_at,
        finished_at as to_at,
        cast(null as double) as hours
    from {{ ref('int_deployments__judged') }}
    union all
    select
        scope_kind,
        scope_id,
        {{ local_date('deployed_at') }},
        'lead_time_for_changes' as metric,
        case when lead_time_hours is null then 'left out: its first commit is unknown' else 'first commit to deployed' end as step,
        deployment_id,
        pull_request_id,
        null as incident_id,
        first_commit_at,
        deployed_at,
        lead_time_hours
    from {{ ref('int_changes__deployed') }}
    union all
    select
        scope_kind,
        scope_id,
        deployed_date,
        'change_failure' as metric,
        case
            when not is_mature then 'left out: younger than the window'
            when incident_id is not null then 'an incident followed'
            else 'no incident followed'
        end as step,
        deployment_id,
        null as pull_request_id,
        incident_id,
        finished_at,
        opened_at,
        {{ hours_between('finished_at', 'opened_at') }}
    from {{ ref('int_deployments__judged') }}
    union all
    select
        scope_kind,
        scope_id,
        {{ local_date('resolved_at') }},
        'recovery' as metric,
        'opened to resolved' as step,
        deployment_id,
        null as pull_request_id,
        incident_id,
        opened_at,
        resolved_at,
        recovery_hours
    from {{ ref('int_incidents__resolved') }}
)

select
    scope_kind,
    scope_id,
    cast(date_trunc('month', step_date) as date) as month_date,
    metric,
    row_number() over (
        partition by scope_kind, scope_id, date_trunc('month', step_date), metric
        order by coalesce(to_at, from_at), deployment_id, pull_request_id, incident_id
    ) as step_rank,
    step,
    deployment_id,
    pull_request_id,
    incident_id,
    from_at,
    to_at,
    hours
from steps
