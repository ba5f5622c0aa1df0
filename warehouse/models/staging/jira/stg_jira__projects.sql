-- One row per Jira project.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(payload, ['$.key', '$.name', '$.projectTypeKey']) as v
    from {{ source('raw', 'jira_projects') }}
    where is_current
)

select
    instance || ':' || id as project_id,
    instance,
    v[1] as project_key,
    v[2] as project_name,
    v[3] as project_type,
    deleted_at
from source
