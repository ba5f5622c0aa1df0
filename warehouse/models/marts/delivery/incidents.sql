-- One row per Jira issue, GitHub issue or revert that counts as an incident.
select
    incident_id,
    incident_key,
    kind,
    issue_id,
    github_issue_id,
    pull_request_id,
    opened_at,
    resolved_at,
    {{ span_hours('opened_at', 'resolved_at') }} as recovery_hours,
    deployment_id
from {{ ref('int_incidents__collected') }}
