-- One row per commit of a pull request's branch.
with source as (
    select
        instance,
        id,
        unnest(
            from_json(
                json_extract(payload, '$.commits.nodes'),
                '[{"commit": {
                    "oid": "VARCHAR", "authoredDate": "VARCHAR", "committedDate": "VARCHAR", "messageHeadline": "VARCHAR",
                    "author": {"email": "VARCHAR", "user": {"login": "VARCHAR"}}
                }}]'
            )
        ).commit as c
    from {{ source('raw', 'github_pull_requests') }}
    where is_current
)

select distinct on (instance, id, c['oid'])
    instance || ':' || id as pull_request_id,
    c['oid'] as sha,
    c['messageheadline'] as message_headline,
    c['author']['user']['login'] as author_login,
    c['author']['email'] as author_email,
    {{ utc("c['authoreddate']") }} as authored_at,
    {{ utc("c['committeddate']") }} as committed_at
from source
where c['oid'] is not null
