-- One row per review, comment or first comment of a review thread on a pull request.
with source as (
    select
        instance,
        id,
        json_extract(payload, ['$.reviews.nodes', '$.comments.nodes', '$.reviewThreads.nodes']) as v
    from {{ source('raw', 'github_pull_requests') }}
    where is_current
),

reviews as (
    select
        instance,
        id,
        unnest(
            from_json(
                v[1], '[{"id":"VARCHAR","state":"VARCHAR","submittedAt":"VARCHAR","author":{"__typename":"VARCHAR","login":"VARCHAR"}}]'
            )
        ) as r
    from source
),

comments as (
    select
        instance,
        id,
        unnest(from_json(v[2], '[{"createdAt":"VARCHAR","author":{"__typename":"VARCHAR","login":"VARCHAR"}}]')) as r
    from source
),

threads as (
    select
        instance,
        id,
        unnest(
            from_json(v[3], '[{"comments":{"nodes":[{"createdAt":"VARCHAR","author":{"__typename":"VARCHAR","login":"VARCHAR"}}]}}]')
        ).comments.nodes[1] as r
    from source
),

responses as (
    select
        instance,
        id,
        'review' as kind,
        lower(r['state']) as review_state,
        r['author']['login'] as author_login,
        r['author']['__typename'] as author_kind,
        r['submittedat'] as created
    from reviews
    union all
    select
        instance,
        id,
        'comment' as kind,
        null as review_state,
        r['author']['login'] as author_login,
        r['author']['__typename'] as author_kind,
        r['createdat'] as created
    from comments
    union all
    select
        instance,
        id,
        'thread' as kind,
        null as review_state,
        r['author']['login'] as author_login,
        r['author']['__typename'] as author_kind,
        r['createdat'] as created
    from threads
)

select
    instance || ':' || id as pull_request_id,
    instance,
    row_number() over (partition by instance, id order by {{ utc('created') }}, kind, author_login, review_state) as response_rank,
    kind,
    review_state,
    author_login,
    author_kind,
    {{ utc('created') }} as responded_at
from responses
where created is not null
