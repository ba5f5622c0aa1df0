-- One row per Jira status.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(payload, ['$.name', '$.statusCategory.key']) as v
    from {{ source('raw', 'jira_statuses') }}
    where is_current
)

select
    instance || ':' || id as status_id,
    instance,
    v[1] as status,
    case v[2] when 'new' then 'to_do' when 'indeterminate' then 'in_progress' when 'done' then 'done' end as status_category,
    deleted_at
from source
