-- One row per attempt to sync a stream.
with source as (
    select
        id,
        valid_from,
        json_extract_string(
            payload,
            [
                '$.source', '$.instance', '$.stream', '$.attempted_at', '$.is_success', '$.error',
                '$.record_count', '$.landed_count', '$.deleted_count', '$.calls', '$.is_census'
            ]
        ) as v
    from {{ source('raw', 'hub_sync_attempts') }}
)

select
    v[1] as source,
    v[2] as instance,
    v[3] as stream,
    coalesce({{ utc('v[4]') }}, valid_from) as attempted_at,
    coalesce(try_cast(v[5] as boolean), false) as is_success,
    v[6] as error,
    try_cast(v[7] as integer) as record_count,
    try_cast(v[8] as integer) as landed_count,
    try_cast(v[9] as integer) as deleted_count,
    try_cast(v[10] as integer) as call_count,
    coalesce(try_cast(v[11] as boolean), false) as is_census
from source
