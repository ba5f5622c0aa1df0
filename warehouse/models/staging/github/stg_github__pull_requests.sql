-- One row per pull request as it is now.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            [
                '$.repository.databaseId', '$.repository.nameWithOwner', '$.number', '$.title', '$.body', '$.state', '$.isDraft',
                '$.author.login',
                '$.author.__typename',
                '$.mergedBy.login',
                '$.mergeCommit.oid',
                '$.baseRefName',
                '$.headRefName',
                '$.headRefOid',
                '$.additions', '$.deletions', '$.changedFiles', '$.commits.totalCount',
                '$.createdAt', '$.updatedAt', '$.closedAt', '$.mergedAt'
            ]
        ) as v
    from {{ source('raw', 'github_pull_requests') }}
    where is_current
)

select
    instance || ':' || id as pull_request_id,
    instance,
    instance || ':' || v[1] as repository_id,
    v[2] as repository,
    try_cast(v[3] as integer) as number,
    v[4] as title,
    v[5] as body,
    lower(v[6]) as state,
    coalesce(try_cast(v[7] as boolean), false) as is_draft,

    v[8] as author_login,
    v[9] as author_kind,
    v[10] as merged_by_login,
    v[11] as merge_commit_sha,
    v[12] as base_branch,
    v[13] as head_branch,
    v[14] as head_sha,

    try_cast(v[15] as integer) as additions,
    try_cast(v[16] as integer) as deletions,
    try_cast(v[17] as integer) as changed_files,
    try_cast(v[18] as integer) as commit_count,

    {{ utc('v[19]') }} as created_at,
    {{ utc('v[20]') }} as updated_at,
    {{ utc('v[21]') }} as closed_at,
    {{ utc('v[22]') }} as merged_at,
    deleted_at
from source
