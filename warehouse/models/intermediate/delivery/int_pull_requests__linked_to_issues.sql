-- One row per pull request, issue and place in which the issue's key stands. Only keys of issues that exist count: UTF-8 is none.
with keys as (
    select
        issue_id,
        issue_key
    from {{ ref('stg_jira__issues') }}
    union
    -- A moved issue answers to its old keys too.
    select
        issue_id,
        from_text
    from {{ ref('stg_jira__issue_changes') }}
    where lower(field_name) = 'key' and from_text is not null
),

texts as (
    select
        pull_request_id,
        'branch' as evidence,
        head_branch as text
    from {{ ref('stg_github__pull_requests') }}
    union all
    select
        pull_request_id,
        'title' as evidence,
        title
    from {{ ref('stg_github__pull_requests') }}
    union all
    select
        pull_request_id,
        'body' as evidence,
        body
    from {{ ref('stg_github__pull_requests') }}
    union all
    select
        pull_request_id,
        'commit' as evidence,
        message_headline
    from {{ ref('stg_github__pull_request_commits') }}
    union all
    select
        pull_request_id,
        'closing reference' as evidence,
        title
    from {{ ref('stg_github__closing_references') }}
),

mentions as (
    select distinct
        pull_request_id,
        evidence,
        -- Branches are often lower case: fcst-12-retry is FCST-12.
        unnest(regexp_extract_all(case when evidence = 'branch' then upper(text) else text end, '\b[A-Z][A-Z0-9_]*-[1-9][0-9]*\b'))
            as issue_key
    from texts
)

select distinct
    mentions.pull_request_id,
    keys.issue_id,
    mentions.evidence,
    evidence.confidence
from mentions
inner join keys on mentions.issue_key = keys.issue_key
inner join {{ ref('link_evidence') }} as evidence on mentions.evidence = evidence.evidence
