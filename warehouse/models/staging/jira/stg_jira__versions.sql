-- One row per version (release) of a Jira project.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(payload, ['$.projectId', '$.name', '$.description', '$.released', '$.startDate', '$.releaseDate']) as v
    from {{ source('raw', 'jira_versions') }}
    where is_current
)

select
    instance || ':' || id as version_id,
    instance,
    instance || ':' || v[1] as project_id,
    v[2] as version_name,
    v[3] as description,
    try_cast(v[4] as boolean) as is_released,
    try_cast(v[5] as date) as start_date,
    try_cast(v[6] as date) as release_date,
    deleted_at
from source
