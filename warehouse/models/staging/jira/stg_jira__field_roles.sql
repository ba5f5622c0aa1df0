-- One row per Jira site and role of a custom field, with the field that the settings name for it; null where they leave it to discovery.
select
    instance || ':' || id as field_role_id,
    instance,
    id as field_role,
    json_extract_string(payload, '$.field_id') as field_key,
    deleted_at
from {{ source('raw', 'jira_field_roles') }}
where is_current
