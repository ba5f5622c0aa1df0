-- One row per type of link between Jira issues.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(payload, ['$.name', '$.inward', '$.outward']) as v
    from {{ source('raw', 'jira_link_types') }}
    where is_current
)

select
    instance || ':' || id as link_type_id,
    instance,
    v[1] as link_type,
    v[2] as inward,
    v[3] as outward,
    deleted_at
from source
