-- One row per GitHub release.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            [
                '$.repository.databaseId', '$.repository.nameWithOwner', '$.tagName', '$.name', '$.tagCommit.oid',
                '$.isDraft', '$.isPrerelease', '$.createdAt', '$.publishedAt'
            ]
        ) as v
    from {{ source('raw', 'github_releases') }}
    where is_current
)

select
    instance || ':' || id as release_id,
    instance,
    instance || ':' || v[1] as repository_id,
    v[2] as repository,
    v[3] as tag,
    v[4] as release_name,
    v[5] as sha,
    coalesce(try_cast(v[6] as boolean), false) as is_draft,
    coalesce(try_cast(v[7] as boolean), false) as is_prerelease,
    {{ utc('v[8]') }} as created_at,
    {{ utc('v[9]') }} as published_at,
    deleted_at
from source
