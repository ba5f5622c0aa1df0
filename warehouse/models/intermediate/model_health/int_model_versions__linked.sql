-- One row per model version whose code or issue is known: the pull request its commit came with, and the issue behind that.
-- A tag hub.issue on the version says more than a commit.
with versions as (
    select * from {{ ref('int_model_versions__traced') }}
),

commits as (
    select
        pull_request_id,
        merge_commit_sha as sha,
        merged_at,
        1 as rank
    from {{ ref('stg_github__pull_requests') }}
    where merge_commit_sha is not null
    union all
    select
        pull_request_id,
        head_sha as sha,
        merged_at,
        2 as rank
    from {{ ref('stg_github__pull_requests') }}
    where head_sha is not null
    union all
    select
        commits.pull_request_id,
        commits.sha,
        pull_requests.merged_at,
        3 as rank
    from {{ ref('stg_github__pull_request_commits') }} as commits
    inner join {{ ref('stg_github__pull_requests') }} as pull_requests on commits.pull_request_id = pull_requests.pull_request_id
),

pull_requests as (
    -- A commit may be in several pull requests: the one that merged it first brought it.
    select
        versions.model_version_id,
        arg_min(commits.pull_request_id, (commits.rank, coalesce(commits.merged_at, timestamp '9999-01-01'), commits.pull_request_id))
            as pull_request_id
    from versions
    inner join commits on versions.git_commit = commits.sha
    group by versions.model_version_id
),

issues as (
    select
        pull_request_id,
        arg_max(issue_id, (confidence, issue_id)) as issue_id
    from {{ ref('pull_request_issues') }}
    group by pull_request_id
)

select
    versions.model_version_id,
    pull_requests.pull_request_id,
    coalesce(tagged.issue_id, issues.issue_id) as issue_id,
    case
        when tagged.issue_id is not null then 'tag hub.issue'
        when issues.issue_id is not null then 'pull request of the commit'
    end as issue_method
from versions
left join pull_requests on versions.model_version_id = pull_requests.model_version_id
left join issues on pull_requests.pull_request_id = issues.pull_request_id
left join {{ ref('stg_jira__issues') }} as tagged
    on lower(trim(versions.tags['hub.issue'])) = lower(tagged.issue_key) and tagged.deleted_at is null
where pull_requests.pull_request_id is not null or tagged.issue_id is not null
qualify row_number() over (partition by versions.model_version_id order by tagged.issue_id) = 1
