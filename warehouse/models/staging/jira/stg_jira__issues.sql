-- One row per Jira issue as it is now, deleted ones included.
-- Payloads are wide, and reading one costs the same for one path as for forty: the custom fields that play a part join the list
-- of paths through a variable, as the list must be known before the first row is read.
{{ config(pre_hook="
    set variable jira_custom_paths = (select list(distinct '$.fields.' || field_key) from staging.stg_jira__custom_fields)
") }}
with roles as (
    select
        instance,
        project_key,
        field_role,
        preference,
        field_key,
        list_position(getvariable('jira_custom_paths'), '$.fields.' || field_key) as position
    from {{ ref('stg_jira__custom_fields') }}
),

project_fields as (
    select
        instance,
        project_key,
        list(position order by preference, field_key) as points_positions
    from roles
    where project_key is not null
    group by instance, project_key
),

instance_fields as (
    select
        instance,
        list(position order by preference, field_key) filter (field_role = 'story_points') as points_positions,
        list(position order by preference, field_key) filter (field_role = 'sprint') as sprint_positions,
        list(position order by preference, field_key) filter (field_role = 'epic_link') as epic_link_positions,
        list(position order by preference, field_key) filter (field_role = 'flagged') as flagged_positions
    from roles
    where project_key is null
    group by instance
),

source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            list_concat(
                [
                    '$.key',
                    '$.fields.project.key',
                    '$.fields.issuetype.name',
                    '$.fields.issuetype.subtask',
                    '$.fields.issuetype.hierarchyLevel',
                    '$.fields.summary',
                    '$.fields.status.id',
                    '$.fields.status.name',
                    '$.fields.status.statusCategory.key',
                    '$.fields.parent.id',
                    '$.fields.parent.key',
                    '$.fields.parent.fields.issuetype.hierarchyLevel',
                    '$.fields.parent.fields.issuetype.name',
                    '$.fields.assignee.accountId',
                    '$.fields.assignee.name',
                    '$.fields.assignee.displayName',
                    '$.fields.assignee.emailAddress',
                    '$.fields.reporter.accountId',
                    '$.fields.reporter.name',
                    '$.fields.reporter.displayName',
                    '$.fields.reporter.emailAddress',
                    '$.fields.priority.name',
                    '$.fields.labels',
                    '$.fields.components',
                    '$.fields.fixVersions',
                    '$.fields.duedate',
                    '$.fields.created',
                    '$.fields.updated',
                    '$.fields.resolutiondate',
                    '$.fields.resolution.name',
                    '$.fields.issuelinks'
                ],
                getvariable('jira_custom_paths')
            )
        ) as v
    from {{ source('raw', 'jira_issues') }}
    where is_current
),

custom as (
    select
        source.*,
        list_transform(
            list_concat(project_fields.points_positions, instance_fields.points_positions),
            lambda i: {
                'field_key': split_part(getvariable('jira_custom_paths')[i], '.', 3), 'points': try_cast(source.v[31 + i] as double)
            }
        ) as estimates,
        list_filter(list_transform(instance_fields.sprint_positions, lambda i: source.v[31 + i]), lambda x: x is not null)[1] as sprints,
        list_filter(
            list_transform(instance_fields.epic_link_positions, lambda i: source.v[31 + i]), lambda x: x is not null
        )[1] as epic_link,
        list_filter(list_transform(instance_fields.flagged_positions, lambda i: source.v[31 + i]), lambda x: x is not null)[1] as flags
    from source
    left join instance_fields on source.instance = instance_fields.instance
    left join project_fields on source.instance = project_fields.instance and source.v[2] = project_fields.project_key
)

select
    instance || ':' || id as issue_id,
    instance,
    v[1] as issue_key,
    coalesce(v[2], regexp_extract(v[1], '^(.*)-\d+$', 1)) as project_key,
    v[3] as issue_type,
    coalesce(try_cast(v[4] as boolean), false) as is_subtask,
    try_cast(v[5] as integer) as hierarchy_level,
    v[6] as summary,

    instance || ':' || v[7] as status_id,
    v[8] as status,
    case v[9] when 'new' then 'to_do' when 'indeterminate' then 'in_progress' when 'done' then 'done' end as status_category,
    instance || ':' || v[10] as parent_issue_id,
    v[11] as parent_key,
    try_cast(v[12] as integer) as parent_hierarchy_level,
    v[13] as parent_issue_type,
    epic_link as epic_key,

    coalesce(v[14], v[15]) as assignee_account,
    v[16] as assignee_name,
    v[17] as assignee_email,
    coalesce(v[18], v[19]) as reporter_account,
    v[20] as reporter_name,
    v[21] as reporter_email,

    v[22] as priority,
    coalesce(try_cast(v[23] as varchar[]), []) as labels,
    coalesce(list_transform(from_json(try_cast(v[24] as json), '[{"name":"VARCHAR"}]'), lambda x: x['name']), []) as components,
    coalesce(list_transform(from_json(try_cast(v[25] as json), '[{"name":"VARCHAR"}]'), lambda x: x['name']), []) as fix_versions,
    list_filter(estimates, lambda e: e['points'] is not null)[1]['points'] as story_points,
    coalesce(list_filter(estimates, lambda e: e['points'] is not null)[1], estimates[1])['field_key'] as points_field_key,
    -- Cloud sends sprints as objects, Data Center as the text of a Java object.
    list_transform(
        coalesce(
            nullif(json_extract_string(try_cast(sprints as json), '$[*].id'), []),
            regexp_extract_all(sprints, '[\[,]id=(\d+)', 1)
        ),
        lambda x: instance || ':' || x
    ) as sprint_ids,
    coalesce(json_array_length(try_cast(flags as json)) > 0, false) as is_flagged,
    v[30] as resolution,
    nullif(v[31], '[]') as links,

    try_cast(v[26] as date) as due_date,
    {{ utc('v[27]') }} as created_at,
    {{ utc('v[28]') }} as updated_at,
    {{ utc('v[29]') }} as resolved_at,
    deleted_at
from custom
