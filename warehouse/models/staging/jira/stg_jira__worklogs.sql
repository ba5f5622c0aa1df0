-- One row per worklog of a Jira issue. A worklog goes with its issue: Jira's feed of deletions does not name those.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            [
                '$.issueId', '$.author.accountId', '$.author.name', '$.author.displayName', '$.author.emailAddress',
                '$.timeSpentSeconds', '$.started', '$.created', '$.updated'
            ]
        ) as v
    from {{ source('raw', 'jira_worklogs') }}
    where is_current
)

select
    source.instance || ':' || source.id as worklog_id,
    source.instance,
    source.instance || ':' || source.v[1] as issue_id,
    coalesce(source.v[2], source.v[3]) as author_account,
    source.v[4] as author_name,
    source.v[5] as author_email,
    try_cast(source.v[6] as double) / 3600 as logged_hours,
    {{ utc('source.v[7]') }} as started_at,
    {{ utc('source.v[8]') }} as created_at,
    {{ utc('source.v[9]') }} as updated_at,
    coalesce(source.deleted_at, issues.deleted_at) as deleted_at
from source
left join {{ ref('stg_jira__issues') }} as issues on source.instance || ':' || source.v[1] = issues.issue_id
