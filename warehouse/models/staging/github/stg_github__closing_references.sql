-- One row per GitHub issue that a pull request closes.
with source as (
    select
        instance,
        id,
        unnest(from_json(json_extract(payload, '$.closingIssuesReferences.nodes'), '[{"number":"INTEGER","title":"VARCHAR"}]')) as r
    from {{ source('raw', 'github_pull_requests') }}
    where is_current
)

select distinct on (instance, id, r['number'])
    instance || ':' || id as pull_request_id,
    r['number'] as number,
    r['title'] as title
from source
where r['number'] is not null
