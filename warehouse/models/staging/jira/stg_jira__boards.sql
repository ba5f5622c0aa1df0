-- One row per Jira board, with the field its team estimates in.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            ['$.name', '$.type', '$.location.projectKey', '$.location.projectId', '$.configuration.estimation.field.fieldId']
        ) as v
    from {{ source('raw', 'jira_boards') }}
    where is_current
)

select
    instance || ':' || id as board_id,
    instance,
    v[1] as board_name,
    v[2] as board_type,
    v[3] as project_key,
    instance || ':' || v[4] as project_id,
    v[5] as estimation_field_key,
    deleted_at
from source
