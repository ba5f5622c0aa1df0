-- One row per review, comment or first comment of a review thread on a pull request.
with reviews as (
    select
        pull_request_id,
        instance,
        unnest(reviews) as r
    from {{ ref('stg_github__pull_request_lists') }}
),

comments as (
    select
        pull_request_id,
        instance,
        unnest(comments) as r
    from {{ ref('stg_github__pull_request_lists') }}
),

threads as (
    select
        pull_request_id,
        instance,
        unnest(threads)['comments']['nodes'][1] as r
    from {{ ref('stg_github__pull_request_lists') }}
),

responses as (
    select
        pull_request_id,
        instance,
        'review' as kind,
        lower(r['state']) as review_state,
        r['author']['login'] as author_login,
        r['author']['__typename'] as author_kind,
        r['submittedat'] as created
    from reviews
    union all
    select
        pull_request_id,
        instance,
        'comment' as kind,
        null as review_state,
        r['author']['login'] as author_login,
        r['author']['__typename'] as author_kind,
        r['createdat'] as created
    from comments
    union all
    select
        pull_request_id,
        instance,
        'thread' as kind,
        null as review_state,
        r['author']['login'] as author_login,
        r['author']['__typename'] as author_kind,
        r['createdat'] as created
    from threads
)

select
    pull_request_id,
    instance,
    row_number() over (partition by pull_request_id order by {{ utc('created') }}, kind, author_login, review_state) as response_rank,
    kind,
    review_state,
    author_login,
    author_kind,
    {{ utc('created') }} as responded_at
from responses
where created is not null
