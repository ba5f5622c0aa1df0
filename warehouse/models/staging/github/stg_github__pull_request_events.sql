-- One row per event of a pull request's timeline: ready for review, back to draft, closed, reopened, force-pushed.
with source as (
    select
        pull_request_id,
        unnest(events) as e
    from {{ ref('stg_github__pull_request_lists') }}
)

select
    pull_request_id,
    row_number() over (partition by pull_request_id order by {{ utc("e['createdat']") }}, e['__typename']) as event_rank,
    e['__typename'] as event,
    {{ utc("e['createdat']") }} as happened_at
from source
where e['createdat'] is not null
