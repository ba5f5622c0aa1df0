-- One row per pull request and issue it works on, with the strongest evidence.
select
    pull_request_id,
    issue_id,
    arg_min(evidence, (-confidence, evidence)) as evidence,
    max(confidence) as confidence,
    list(evidence order by confidence desc, evidence asc) as evidences
from {{ ref('int_pull_requests__linked_to_issues') }}
group by pull_request_id, issue_id
