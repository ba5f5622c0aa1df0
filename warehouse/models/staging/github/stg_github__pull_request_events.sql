-- One row per event of a pull request's timeline: ready for review, back to draft, closed, reopened, force-pushed.
with source as (
    select
        instance,
        id,
        unnest(from_json(json_extract(payload, '$.timelineItems.nodes'), '[{"__typename":"VARCHAR","createdAt":"VARCHAR"}]')) as e
    from {{ source('raw', 'github_pull_requests') }}
    where is_current
)

select
    instance || ':' || id as pull_request_id,
    row_number() over (partition by instance, id order by {{ utc("e['createdat']") }}, e['__typename']) as event_rank,
    e['__typename'] as event,
    {{ utc("e['createdat']") }} as happened_at
from source
where e['createdat'] is not null
