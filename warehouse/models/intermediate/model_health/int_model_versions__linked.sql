-- One row per model version whose code or issue is known: the pull request its commit came with, and the issue behind that.
-- A tag hub.issue on the version says more than a commit.
with versions as (
    select * from {{ ref('int_model_versions__traced') }}
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
    commits.pull_request_id,
    commits.method as commit_method,
    coalesce(tagged.issue_id, issues.issue_id) as issue_id,
    case
        when tagged.issue_id is not null then 'tag hub.issue'
        when issues.issue_id is not null then 'pull request of the commit'
    end as issue_method
from versions
left join {{ ref('int_commits__in_pull_requests') }} as commits on versions.git_commit = commits.sha
left join issues on commits.pull_request_id = issues.pull_request_id
left join {{ ref('stg_jira__issues') }} as tagged
    on lower(trim(versions.tags['hub.issue'])) = lower(tagged.issue_key) and tagged.deleted_at is null
where commits.pull_request_id is not null or tagged.issue_id is not null
qualify row_number() over (partition by versions.model_version_id order by tagged.issue_id) = 1
