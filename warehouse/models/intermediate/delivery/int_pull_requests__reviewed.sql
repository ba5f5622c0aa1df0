-- One row per pull request with what people other than its author said before it was merged or closed.
with responses as (
    select
        responses.pull_request_id,
        responses.kind,
        responses.review_state,
        responses.responded_at
    from {{ ref('stg_github__pull_request_responses') }} as responses
    inner join {{ ref('stg_github__pull_requests') }} as pull_requests on responses.pull_request_id = pull_requests.pull_request_id
    where
        responses.author_login is distinct from pull_requests.author_login
        and not {{ is_bot('github', 'responses.author_login', 'responses.author_kind') }}
        and responses.responded_at <= coalesce(pull_requests.merged_at, pull_requests.closed_at, 'infinity')
),

pushes as (
    -- How many commits the branch had at each review: reviews of the same state belong to one round.
    select
        responses.pull_request_id,
        responses.responded_at,
        count(commits.sha) as commit_count
    from (select distinct
        pull_request_id,
        responded_at
    from responses where kind = 'review') as responses
    left join {{ ref('stg_github__pull_request_commits') }} as commits
        on responses.pull_request_id = commits.pull_request_id and responses.responded_at >= commits.committed_at
    group by all
),

rounds as (
    select
        pull_request_id,
        count(distinct commit_count) as review_round_count
    from pushes
    group by pull_request_id
)

select
    responses.pull_request_id,
    min(responses.responded_at) as first_review_at,
    min(responses.responded_at) filter (responses.review_state = 'approved') as approved_at,
    max(responses.responded_at) as last_response_at,
    count(*) filter (responses.kind = 'review') as review_count,
    any_value(rounds.review_round_count) as review_round_count
from responses
left join rounds on responses.pull_request_id = rounds.pull_request_id
group by responses.pull_request_id
