-- One row per commit of a pull request's branch.
with source as (
    select
        pull_request_id,
        unnest(commits)['commit'] as c
    from {{ ref('stg_github__pull_request_lists') }}
)

select distinct on (pull_request_id, c['oid'])
    pull_request_id,
    c['oid'] as sha,
    c['messageheadline'] as message_headline,
    c['author']['user']['login'] as author_login,
    c['author']['email'] as author_email,
    {{ utc("c['authoreddate']") }} as authored_at,
    {{ utc("c['committeddate']") }} as committed_at
from source
where c['oid'] is not null
