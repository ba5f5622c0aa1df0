-- One row per scope of a forecast and work item that must be done for it.
-- A team takes the milestones of an initiative in order of their targets: a later one waits for the earlier ones.
with items as (
    select
        issues.issue_id,
        linked.initiative_id,
        parented.epic_issue_id
    from {{ ref('stg_jira__issues') }} as issues
    inner join {{ ref('int_issues__parented') }} as parented on issues.issue_id = parented.issue_id and not parented.is_epic
    left join {{ ref('int_issues__linked_to_initiatives') }} as linked on issues.issue_id = linked.issue_id
    where not issues.is_subtask and issues.deleted_at is null
),

milestone_items as (
    select distinct
        later.milestone_id,
        linked.issue_id
    from {{ ref('int_milestones__planned') }} as later
    inner join {{ ref('int_milestones__planned') }} as earlier
        on
            later.initiative_id is not distinct from earlier.initiative_id
            and (later.milestone_id = earlier.milestone_id or later.target_date > earlier.target_date)
    inner join {{ ref('int_issues__linked_to_milestones') }} as linked
        on earlier.milestone_id = linked.milestone_id and linked.{{ seen_now() }}
)

select
    'initiative' as scope_kind,
    initiative_id as scope_id,
    issue_id
from items
where initiative_id is not null
union all
select
    'epic' as scope_kind,
    epic_issue_id,
    issue_id
from items
where epic_issue_id is not null
union all
select
    'milestone' as scope_kind,
    milestone_items.milestone_id,
    milestone_items.issue_id
from milestone_items
inner join items on milestone_items.issue_id = items.issue_id
