-- One row per completed run of a workflow on a repository's default branch.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            [
                '$.repository.id', '$.repository.full_name', '$.workflow_id', '$.name', '$.event', '$.head_sha', '$.conclusion',
                '$.run_attempt', '$.created_at', '$.run_started_at', '$.updated_at'
            ]
        ) as v
    from {{ source('raw', 'github_workflow_runs') }}
    where is_current
)

select
    instance || ':' || id as workflow_run_id,
    instance,
    instance || ':' || v[1] as repository_id,
    v[2] as repository,
    v[3] as workflow_id,
    v[4] as workflow,
    v[5] as event,
    v[6] as sha,
    v[7] as conclusion,
    v[7] = 'success' as is_success,
    try_cast(v[8] as integer) as attempt,
    {{ utc('v[9]') }} as created_at,
    {{ utc('v[10]') }} as started_at,
    {{ utc('v[11]') }} as finished_at,
    deleted_at
from source
