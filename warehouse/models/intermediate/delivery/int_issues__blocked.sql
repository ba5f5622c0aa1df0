-- One row per issue and span of time in which something blocked it: a flag, a blocked status or an open blocking link.
with done as (
    select
        issue_id,
        entered_at as done_at
    from {{ ref('int_issues__staged') }}
    where stage = 'done'
),

link_changes as (
    -- The changelog names links by the other issue's key.
    select
        issue_id,
        to_value as linked_issue_key,
        max(changed_at) as linked_at
    from {{ ref('stg_jira__issue_changes') }}
    where lower(field_name) = 'link' and to_value is not null
    group by all
),

links as (
    select
        links.issue_id,
        coalesce(link_changes.linked_at, greatest(issues.created_at, blockers.created_at)) as from_at,
        least(done.done_at, blockers.deleted_at) as to_at
    from {{ ref('stg_jira__issue_links') }} as links
    inner join {{ ref('stg_jira__issues') }} as issues on links.issue_id = issues.issue_id
    left join {{ ref('stg_jira__issues') }} as blockers on links.linked_issue_id = blockers.issue_id
    left join done on links.linked_issue_id = done.issue_id
    left join link_changes on links.issue_id = link_changes.issue_id and links.linked_issue_key = link_changes.linked_issue_key
    where
        links.meaning = 'blocked_by'
        -- A blocker outside the synced projects that is done was so at an unknown time.
        and not (blockers.issue_id is null and links.is_linked_issue_done is not false)
),

spans as (
    select
        issue_id,
        entered_at as from_at,
        left_at as to_at,
        'flag' as cause
    from {{ ref('int_issues__field_intervals') }}
    where field_role = 'flagged'
    union all
    select
        issue_id,
        entered_at,
        left_at,
        'status' as cause
    from {{ ref('int_issues__status_intervals') }}
    where is_blocked
    union all
    select
        issue_id,
        from_at,
        to_at,
        'link' as cause
    from links
),

ended as (
    select
        spans.issue_id,
        spans.cause,
        spans.from_at,
        -- What is done or deleted is blocked no longer.
        least(spans.to_at, done.done_at, issues.deleted_at) as to_at
    from spans
    inner join {{ ref('stg_jira__issues') }} as issues on spans.issue_id = issues.issue_id
    left join done on spans.issue_id = done.issue_id
    where spans.from_at < coalesce(least(spans.to_at, done.done_at, issues.deleted_at), 'infinity')
),

islands as (
    select
        *,
        coalesce(
            from_at > max(coalesce(to_at, 'infinity')) over (
                partition by issue_id order by from_at, to_at rows between unbounded preceding and 1 preceding
            ),
            true
        ) as is_start
    from ended
),

numbered as (
    select
        *,
        sum(cast(is_start as integer)) over (partition by issue_id order by from_at, to_at rows unbounded preceding) as island
    from islands
)

select
    issue_id,
    min(from_at) as from_at,
    nullif(max(coalesce(to_at, 'infinity')), 'infinity') as to_at,
    list(distinct cause order by cause) as causes
from numbered
group by issue_id, island
