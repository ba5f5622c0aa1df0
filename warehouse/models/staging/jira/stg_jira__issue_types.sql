-- One row per Jira issue type.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(payload, ['$.name', '$.subtask', '$.hierarchyLevel']) as v
    from {{ source('raw', 'jira_issue_types') }}
    where is_current
)

select
    instance || ':' || id as issue_type_id,
    instance,
    v[1] as issue_type,
    coalesce(try_cast(v[2] as boolean), false) as is_subtask,
    try_cast(v[3] as integer) as hierarchy_level,
    deleted_at
from source
