-- One row per Jira priority.
select
    instance || ':' || id as priority_id,
    instance,
    json_extract_string(payload, '$.name') as priority,
    deleted_at
from {{ source('raw', 'jira_priorities') }}
where is_current
