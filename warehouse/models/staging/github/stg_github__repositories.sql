-- One row per GitHub repository.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(payload, ['$.full_name', '$.default_branch', '$.archived', '$.private', '$.created_at']) as v
    from {{ source('raw', 'github_repositories') }}
    where is_current
)

select
    instance || ':' || id as repository_id,
    instance,
    v[1] as repository,
    v[2] as default_branch,
    coalesce(try_cast(v[3] as boolean), false) as is_archived,
    try_cast(v[4] as boolean) as is_private,
    {{ utc('v[5]') }} as created_at,
    deleted_at
from source
