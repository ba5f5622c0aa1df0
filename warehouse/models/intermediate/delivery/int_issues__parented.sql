-- One row per issue with its parent and the epic it belongs to, directly or through its parent.
with issues as (
    select
        issue_id,
        instance,
        issue_key,
        issue_type,
        hierarchy_level,
        parent_issue_id,
        parent_key,
        parent_hierarchy_level,
        parent_issue_type,
        epic_key,
        deleted_at
    from {{ ref('stg_jira__issues') }}
),

keyed as (
    -- A key may have had more than one bearer: who is there now answers to it.
    select
        instance,
        issue_key,
        arg_min(issue_id, (deleted_at is not null, issue_id)) as issue_id
    from issues
    group by instance, issue_key
),

linked as (
    -- The epic link where the instance still has one, else a parent that stands above stories.
    select
        issues.issue_id,
        issues.parent_issue_id,
        coalesce(
            epics.issue_id,
            case when coalesce(issues.parent_hierarchy_level >= 1, lower(issues.parent_issue_type) = 'epic') then issues.parent_issue_id end
        ) as epic_issue_id,
        coalesce(
            issues.epic_key,
            case when coalesce(issues.parent_hierarchy_level >= 1, lower(issues.parent_issue_type) = 'epic') then issues.parent_key end
        ) as epic_key,
        coalesce(issues.hierarchy_level >= 1, lower(issues.issue_type) = 'epic') as is_epic
    from issues
    left join keyed as epics on issues.instance = epics.instance and issues.epic_key = epics.issue_key
)

select
    linked.issue_id,
    linked.parent_issue_id,
    coalesce(linked.epic_issue_id, parents.epic_issue_id) as epic_issue_id,
    coalesce(linked.epic_key, parents.epic_key) as epic_key,
    coalesce(linked.is_epic, false) as is_epic
from linked
left join linked as parents on linked.parent_issue_id = parents.issue_id
