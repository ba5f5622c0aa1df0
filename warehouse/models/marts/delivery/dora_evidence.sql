-- One row per scope, local month, metric and step of the figure's proof: what was counted or left out, one by one.
select
    scope_kind,
    scope_id,
    month_date,
    metric,
    row_number() over (
        partition by scope_kind, scope_id, month_date, metric order by moment, deployment_id, pull_request_id, incident_id
    ) as step_rank,
    step,
    is_counted,
    deployment_id,
    pull_request_id,
    incident_id,
    from_at,
    to_at,
    hours
from {{ ref('int_dora__stepped') }}
