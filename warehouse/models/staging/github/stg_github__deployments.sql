-- One row per GitHub deployment, with the statuses it went through.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            [
                '$.repository.databaseId', '$.repository.nameWithOwner', '$.environment', '$.commitOid', '$.createdAt',
                '$.latestStatus.state', '$.latestStatus.createdAt', '$.statuses.nodes'
            ]
        ) as v
    from {{ source('raw', 'github_deployments') }}
    where is_current
)

select
    instance || ':' || id as deployment_id,
    instance,
    instance || ':' || v[1] as repository_id,
    v[2] as repository,
    v[3] as environment,
    v[4] as sha,
    {{ utc('v[5]') }} as created_at,
    lower(v[6]) as latest_state,
    {{ utc('v[7]') }} as latest_state_at,
    list_transform(
        coalesce(from_json(try_cast(v[8] as json), '[{"state":"VARCHAR","createdAt":"VARCHAR"}]'), []),
        lambda s: struct_pack(state := lower(s['state']), state_at := {{ utc("s['createdAt']") }})
    ) as statuses,
    deleted_at
from source
