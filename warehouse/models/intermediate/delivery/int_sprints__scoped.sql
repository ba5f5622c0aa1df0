-- One row per started sprint and work item that was in it between its start and its end (now, if it runs).
-- Committed + added - removed = completed + carried over, for issues and for whole sprints.
with sprints as (
    select
        sprint_id,
        start_at,
        completed_at,
        coalesce(completed_at, {{ as_of() }}) as until_at
    from {{ ref('stg_jira__sprints') }}
    where start_at <= {{ as_of() }} and sprint_state <> 'future'
),

stays as (
    select
        sprints.sprint_id,
        sprints.start_at,
        sprints.until_at,
        sprints.completed_at is not null as is_closed,
        stays.issue_id,
        stays.entered_at,
        stays.left_at,
        stays.entered_at <= sprints.start_at and coalesce(stays.left_at > sprints.start_at, true) as is_at_start,
        -- Whoever closes a sprint moves its open issues at that very moment: what leaves then was in it.
        coalesce(stays.left_at >= sprints.until_at, true) as is_at_end
    from sprints
    inner join {{ ref('int_issues__in_sprints') }} as stays on sprints.sprint_id = stays.sprint_id
    inner join {{ ref('int_issues__parented') }} as parented on stays.issue_id = parented.issue_id and not parented.is_epic
    inner join {{ ref('stg_jira__issues') }} as issues on stays.issue_id = issues.issue_id and not issues.is_subtask
    where
        stays.entered_at < sprints.until_at
        and coalesce(stays.left_at > sprints.start_at, true)
),

scopes as (
    select
        sprint_id,
        issue_id,
        start_at,
        until_at,
        is_closed,
        bool_or(is_at_start) as is_committed,
        bool_or(is_at_end) as is_at_end,
        min(entered_at) as entered_at,
        max(left_at) as left_at
    from stays
    group by all
),

outcomes as (
    select
        scopes.sprint_id,
        scopes.issue_id,
        scopes.is_closed,
        scopes.is_committed,
        scopes.is_at_end,
        case when scopes.is_committed then scopes.start_at else scopes.entered_at end as joined_at,
        case when scopes.is_at_end then scopes.until_at else scopes.left_at end as parted_at,
        coalesce(statuses.stage = 'done', false) as is_done,
        discarded.issue_id is null as is_delivered
    from scopes
    left join {{ ref('int_issues__status_intervals') }} as statuses
        on
            scopes.issue_id = statuses.issue_id
            and scopes.until_at >= statuses.entered_at
            and coalesce(scopes.until_at < statuses.left_at, true)
    -- What was dropped, or taken up again, after the sprint changes nothing in it.
    left join {{ ref('int_issues__discarded') }} as discarded
        on
            scopes.issue_id = discarded.issue_id
            and scopes.until_at >= discarded.from_at
            and coalesce(scopes.until_at < discarded.to_at, true)
    qualify row_number() over (partition by scopes.sprint_id, scopes.issue_id order by statuses.stay_rank desc) = 1
),

estimated as (
    select
        outcomes.*,
        joined.points as joined_points,
        parted.points as parted_points
    from outcomes
    left join (
        select
            issue_id,
            try_cast(coalesce(value_text, value) as double) as points,
            entered_at,
            left_at
        from {{ ref('int_issues__field_intervals') }}
        where field_role = 'story_points'
    ) as joined
        on
            outcomes.issue_id = joined.issue_id
            and outcomes.joined_at >= joined.entered_at
            and coalesce(outcomes.joined_at < joined.left_at, true)
    left join (
        select
            issue_id,
            try_cast(coalesce(value_text, value) as double) as points,
            entered_at,
            left_at
        from {{ ref('int_issues__field_intervals') }}
        where field_role = 'story_points'
    ) as parted
        on
            outcomes.issue_id = parted.issue_id
            and outcomes.parted_at >= parted.entered_at
            and coalesce(outcomes.parted_at < parted.left_at, true)
)

select
    sprint_id,
    issue_id,
    is_closed,
    is_committed,
    not is_committed as is_added,
    -- Done without delivering anything is scope removed.
    not is_at_end or (is_done and not is_delivered) as is_removed,
    is_at_end and is_done and is_delivered as is_completed,
    is_at_end and not is_done as is_left_open,
    joined_at,
    parted_at,
    joined_points,
    parted_points
from estimated
qualify row_number() over (partition by sprint_id, issue_id order by joined_at) = 1
