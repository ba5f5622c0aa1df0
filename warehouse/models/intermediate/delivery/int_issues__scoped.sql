-- One row per work item (no epic, no sub-task) and scope whose flow it counts in: its project, the team of its assignee (people tab),
-- its initiative, its issue type, the whole program. Who has no team or no initiative is in none.
with items as (
    select
        issues.issue_id,
        issues.project_key,
        people.team,
        linked.initiative_id,
        issues.issue_type
    from {{ ref('stg_jira__issues') }} as issues
    inner join {{ ref('int_issues__parented') }} as parented on issues.issue_id = parented.issue_id and not parented.is_epic
    left join {{ ref('int_issues__linked_to_initiatives') }} as linked on issues.issue_id = linked.issue_id
    left join {{ ref('int_accounts__identified') }} as assignees
        on assignees.source = 'jira' and issues.instance = assignees.instance and issues.assignee_account = assignees.account
    left join {{ ref('int_people__gathered') }} as people on assignees.person_id = people.person_id
    where not issues.is_subtask
),

scoped as (
    select
        issue_id,
        unnest(['project', 'team', 'initiative', 'issue_type', 'program']) as scope_kind,
        unnest([project_key, team, initiative_id, issue_type, 'program']) as scope_id
    from items
)

select
    issue_id,
    scope_kind,
    scope_id
from scoped
where scope_id is not null
