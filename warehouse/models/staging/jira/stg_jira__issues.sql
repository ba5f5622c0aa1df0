-- One row per Jira issue as it is now, deleted ones included.
with estimation as (
    -- The field a project's board estimates in comes first, then what the instance offers.
    select
        instance,
        project_key,
        list(distinct estimation_field_key order by estimation_field_key) as field_keys
    from {{ ref('stg_jira__boards') }}
    where estimation_field_key like 'customfield_%' and deleted_at is null
    group by instance, project_key
),

instance_fields as (
    select
        instance,
        list('$.fields.' || field_key order by field_preference, field_key) filter (field_role = 'story_points') as points_paths,
        list('$.fields.' || field_key order by field_preference, field_key) filter (field_role = 'sprint') as sprint_paths,
        list('$.fields.' || field_key order by field_preference, field_key) filter (field_role = 'epic_link') as epic_link_paths,
        list('$.fields.' || field_key order by field_preference, field_key) filter (field_role = 'flagged') as flagged_paths
    from {{ ref('stg_jira__fields') }}
    where field_role is not null
    group by instance
),

source as (
    select
        instance,
        id,
        deleted_at,
        payload,
        json_extract_string(
            payload,
            [
                '$.key',
                '$.fields.project.key',
                '$.fields.issuetype.name',
                '$.fields.issuetype.subtask',
                '$.fields.issuetype.hierarchyLevel',
                '$.fields.summary', '$.fields.status.id', '$.fields.status.name', '$.fields.status.statusCategory.key',
                '$.fields.parent.id',
                '$.fields.parent.key',
                '$.fields.parent.fields.issuetype.hierarchyLevel',
                '$.fields.parent.fields.issuetype.name',
                '$.fields.assignee.accountId', '$.fields.assignee.name', '$.fields.assignee.displayName', '$.fields.assignee.emailAddress',
                '$.fields.reporter.accountId', '$.fields.reporter.name', '$.fields.reporter.displayName', '$.fields.reporter.emailAddress',
                '$.fields.priority.name', '$.fields.labels', '$.fields.components', '$.fields.fixVersions', '$.fields.duedate',
                '$.fields.created', '$.fields.updated', '$.fields.resolutiondate', '$.fields.resolution.name',
                '$.fields.timeoriginalestimate', '$.fields.timespent'
            ]
        ) as v
    from {{ source('raw', 'jira_issues') }}
    where is_current
),

custom as (
    select
        source.* exclude (payload),
        list_transform(
            list_concat(list_transform(estimation.field_keys, lambda k: '$.fields.' || k), instance_fields.points_paths),
            lambda p: { 'path': p, 'points': try_cast(json_extract_string(source.payload, p) as double) }
        ) as estimates,
        list_filter(
            list_transform(instance_fields.sprint_paths, lambda p: json_extract_string(source.payload, p)), lambda x: x is not null
        )[1] as sprints,
        list_filter(
            list_transform(instance_fields.epic_link_paths, lambda p: json_extract_string(source.payload, p)), lambda x: x is not null
        )[1] as epic_link,
        list_filter(
            list_transform(instance_fields.flagged_paths, lambda p: json_extract_string(source.payload, p)), lambda x: x is not null
        )[1] as flags
    from source
    left join instance_fields using (instance)
    left join estimation on source.instance = estimation.instance and source.v[2] = estimation.project_key
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
    coalesce(list_transform(from_json(v[24], '[{"name":"VARCHAR"}]'), lambda x: x.name), []) as components,
    coalesce(list_transform(from_json(v[25], '[{"name":"VARCHAR"}]'), lambda x: x.name), []) as fix_versions,
    list_filter(estimates, lambda e: e.points is not null)[1].points as story_points,
    split_part(coalesce(list_filter(estimates, lambda e: e.points is not null)[1], estimates[1]).path, '.', 3) as points_field_key,
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

    try_cast(v[26] as date) as due_date,
    {{ utc('v[27]') }} as created_at,
    {{ utc('v[28]') }} as updated_at,
    {{ utc('v[29]') }} as resolved_at,
    deleted_at
from custom
