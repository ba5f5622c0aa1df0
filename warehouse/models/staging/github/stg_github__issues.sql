-- One row per GitHub issue; pull requests are not among them.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            [
                '$.repository.databaseId', '$.repository.nameWithOwner', '$.number', '$.title', '$.state', '$.stateReason',
                '$.author.login', '$.createdAt', '$.updatedAt', '$.closedAt', '$.labels.nodes'
            ]
        ) as v
    from {{ source('raw', 'github_issues') }}
    where is_current
)

select
    instance || ':' || id as github_issue_id,
    instance,
    instance || ':' || v[1] as repository_id,
    v[2] as repository,
    try_cast(v[3] as integer) as number,
    v[4] as title,
    v[5] = 'OPEN' as is_open,
    lower(v[6]) as state_reason,
    v[7] as author_login,
    coalesce(json_extract_string(try_cast(v[11] as json), '$[*].name'), []) as labels,
    {{ utc('v[8]') }} as created_at,
    {{ utc('v[9]') }} as updated_at,
    {{ utc('v[10]') }} as closed_at,
    deleted_at
from source
