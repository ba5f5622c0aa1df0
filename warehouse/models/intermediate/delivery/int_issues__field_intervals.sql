-- One row per issue, followed field and stay of a value: status, resolution, sprint, points and flagged through the issue's whole life.
with issues as (
    select
        issue_id,
        instance,
        project_key,
        status_id,
        status,
        resolution,
        sprint_ids,
        story_points,
        points_field_key,
        is_flagged,
        created_at,
        deleted_at
    from {{ ref('stg_jira__issues') }}
),

roles as (
    select
        instance,
        field_key,
        field_role
    from {{ ref('stg_jira__fields') }}
    where field_role in ('sprint', 'flagged')
),

changes as (
    select
        changes.issue_id,
        case
            when changes.field_key in ('status', 'resolution') then changes.field_key
            when changes.field_key = issues.points_field_key then 'story_points'
            else roles.field_role
        end as field_role,
        changes.from_value,
        changes.from_text,
        changes.to_value as value,
        changes.to_text as value_text,
        -- Where clocks disagree nothing changes before the issue was created.
        greatest(changes.changed_at, issues.created_at) as moment,
        try_cast(changes.history_key as ubigint) as history_rank,
        changes.item_rank,
        true as is_change,
        issues.deleted_at
    from {{ ref('stg_jira__issue_changes') }} as changes
    inner join issues on changes.issue_id = issues.issue_id
    left join roles on changes.instance = roles.instance and changes.field_key = roles.field_key
    where
        changes.field_key in ('status', 'resolution')
        or changes.field_key = issues.points_field_key
        or roles.field_role is not null
),

presents as (
    -- What the issue says now: true since its creation where the field never changed.
    select
        issue_id,
        'status' as field_role,
        split_part(status_id, ':', 2) as value,
        status as value_text,
        created_at,
        deleted_at
    from issues
    union all
    select
        issue_id,
        'resolution' as field_role,
        null as value,
        resolution as value_text,
        created_at,
        deleted_at
    from issues
    union all
    select
        issue_id,
        'sprint' as field_role,
        array_to_string(list_transform(sprint_ids, lambda s: split_part(s, ':', 2)), ', ') as value,
        null as value_text,
        created_at,
        deleted_at
    from issues
    union all
    select
        issue_id,
        'story_points' as field_role,
        null as value,
        cast(story_points as varchar) as value_text,
        created_at,
        deleted_at
    from issues
    union all
    select
        issue_id,
        'flagged' as field_role,
        null as value,
        case when is_flagged then 'Impediment' end as value_text,
        created_at,
        deleted_at
    from issues
),

moments as (
    select * from changes
    union all by name
    select
        * exclude (created_at),
        created_at as moment,
        false as is_change
    from presents
),

ordered as (
    select
        issue_id,
        field_role,
        is_change,
        case when is_change or lead(issue_id) over life is null then value else lead(from_value) over life end as value,
        case when is_change or lead(issue_id) over life is null then value_text else lead(from_text) over life end as value_text,
        moment as entered_at,
        lead(moment) over life as changed_at,
        lead(issue_id) over life is null as is_last,
        deleted_at,
        row_number() over life as stay_rank
    from moments
    window life as (partition by issue_id, field_role order by is_change, moment, history_rank, item_rank)
)

select
    issue_id,
    field_role,
    stay_rank,
    value,
    value_text,
    entered_at,
    case when not is_last then changed_at when deleted_at is not null then greatest(deleted_at, entered_at) end as left_at,
    is_last and deleted_at is null as is_current
from ordered
where field_role = 'status' or nullif(trim(coalesce(value, value_text)), '') is not null
