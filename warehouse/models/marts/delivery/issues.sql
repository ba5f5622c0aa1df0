-- One row per Jira issue, deleted ones included.
with stages as (
    select
        issue_id,
        stage,
        is_active,
        is_in_progress,
        entered_at as stage_entered_at
    from {{ ref('int_issues__status_intervals') }}
    qualify row_number() over (partition by issue_id order by stay_rank desc) = 1
),

sprints as (
    -- The sprint an issue is in: of those it names, the one that ends last.
    select
        issues.issue_id,
        arg_max(sprints.sprint_id, (coalesce(sprints.end_at, timestamp 'infinity'), sprints.sprint_id)) as sprint_id
    from (select
        issue_id,
        unnest(sprint_ids) as sprint_id
    from {{ ref('stg_jira__issues') }}) as issues
    inner join {{ ref('stg_jira__sprints') }} as sprints on issues.sprint_id = sprints.sprint_id
    group by issues.issue_id
)

select
    issues.issue_id,
    issues.instance,
    issues.issue_key,
    issues.project_key,
    issues.issue_type,
    issues.is_subtask,
    parented.is_epic,
    not issues.is_subtask and not parented.is_epic as is_work_item,
    issues.summary,

    issues.status,
    issues.status_category,
    stages.stage,
    coalesce(stages.is_in_progress and issues.deleted_at is null, false) as is_in_progress,
    issues.parent_issue_id,
    parented.epic_issue_id,
    linked.initiative_id,
    assignees.person_id as assignee_person_id,
    reporters.person_id as reporter_person_id,
    issues.priority,
    issues.labels,
    issues.components,
    issues.story_points,
    sprints.sprint_id,
    issues.fix_versions,
    issues.due_date,

    issues.created_at,
    issues.updated_at,
    timed.started_at,
    timed.done_at,
    issues.resolved_at,
    issues.resolution,
    timed.is_delivered,
    timed.done_at is not null and timed.is_delivered and issues.deleted_at is null as is_finished,

    timed.lead_time_hours,
    timed.working_lead_time_hours,
    timed.cycle_time_hours,
    timed.working_cycle_time_hours,
    timed.flow_efficiency_share,
    timed.is_blocked and timed.done_at is null and issues.deleted_at is null as is_blocked,
    timed.blocked_hours,
    issues.is_flagged,
    timed.reopened_count,
    coalesce(
        stages.is_in_progress
        and issues.deleted_at is null
        and issues.updated_at < {{ as_of() }} - to_days(cast({{ threshold('stalled_days') }} as integer)),
        false
    ) as is_stalled,
    case
        when timed.done_at is null and issues.deleted_at is null
            then {{ span_hours('coalesce(timed.started_at, issues.created_at)', as_of()) }}
    end as age_hours,
    issues.deleted_at
from {{ ref('stg_jira__issues') }} as issues
left join {{ ref('int_issues__parented') }} as parented on issues.issue_id = parented.issue_id
left join {{ ref('int_issues__timed') }} as timed on issues.issue_id = timed.issue_id
left join {{ ref('int_issues__linked_to_initiatives') }} as linked on issues.issue_id = linked.issue_id
left join stages on issues.issue_id = stages.issue_id
left join sprints on issues.issue_id = sprints.issue_id
left join {{ ref('int_accounts__identified') }} as assignees
    on assignees.source = 'jira' and issues.instance = assignees.instance and issues.assignee_account = assignees.account
left join {{ ref('int_accounts__identified') }} as reporters
    on reporters.source = 'jira' and issues.instance = reporters.instance and issues.reporter_account = reporters.account
