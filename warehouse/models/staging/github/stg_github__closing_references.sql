-- One row per GitHub issue that a pull request closes.
with source as (
    select
        pull_request_id,
        unnest(closing_references) as r
    from {{ ref('stg_github__pull_request_lists') }}
)

select distinct on (pull_request_id, r['number'])
    pull_request_id,
    r['number'] as number,
    r['title'] as title
from source
where r['number'] is not null
