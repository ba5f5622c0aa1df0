-- One row per commit that came with a pull request: the one it merged, the head of its branch, or one on the way there.
with commits as (
    select
        pull_request_id,
        merge_commit_sha as sha,
        merged_at,
        'merge commit' as method,
        1 as rank
    from {{ ref('stg_github__pull_requests') }}
    where merge_commit_sha is not null
    union all
    select
        pull_request_id,
        head_sha as sha,
        merged_at,
        'head commit' as method,
        2 as rank
    from {{ ref('stg_github__pull_requests') }}
    where head_sha is not null
    union all
    select
        commits.pull_request_id,
        commits.sha,
        pull_requests.merged_at,
        'commit of the branch' as method,
        3 as rank
    from {{ ref('stg_github__pull_request_commits') }} as commits
    inner join {{ ref('stg_github__pull_requests') }} as pull_requests on commits.pull_request_id = pull_requests.pull_request_id
)

-- A commit may be in several pull requests: the one that merged it first brought it.
select
    sha,
    arg_min(pull_request_id, (rank, coalesce(merged_at, timestamp '9999-01-01'), pull_request_id)) as pull_request_id,
    arg_min(method, (rank, coalesce(merged_at, timestamp '9999-01-01'), pull_request_id)) as method
from commits
group by sha
