-- One row per file that a pull request changes; the first 100 of each.
with source as (
    select
        pull_request_id,
        unnest(files) as f
    from {{ ref('stg_github__pull_request_lists') }}
)

select distinct on (pull_request_id, f['path'])
    pull_request_id,
    f['path'] as path,
    f['additions'] as additions,
    f['deletions'] as deletions
from source
where f['path'] is not null
