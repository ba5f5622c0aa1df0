-- One row per file that a pull request changes; the first 100 of each.
with source as (
    select
        instance,
        id,
        unnest(from_json(json_extract(payload, '$.files.nodes'), '[{"path":"VARCHAR","additions":"INTEGER","deletions":"INTEGER"}]')) as f
    from {{ source('raw', 'github_pull_requests') }}
    where is_current
)

select distinct on (instance, id, f['path'])
    instance || ':' || id as pull_request_id,
    f['path'] as path,
    f['additions'] as additions,
    f['deletions'] as deletions
from source
where f['path'] is not null
