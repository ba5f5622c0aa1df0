-- One row per issue, mapping of the roadmap that it matches itself or through a parent, and distance to that parent.
with issues as (
    select
        issues.issue_id,
        parented.parent_issue_id,
        parented.epic_issue_id,
        parented.epic_key,
        issues.issue_key,
        issues.project_key,
        issues.labels,
        issues.components,
        issues.fix_versions
    from {{ ref('stg_jira__issues') }} as issues
    left join {{ ref('int_issues__parented') }} as parented on issues.issue_id = parented.issue_id
),

names as (
    select
        issue_id,
        'epic' as kind,
        lower(issue_key) as compared_value
    from issues
    union all
    select
        issue_id,
        'epic' as kind,
        lower(epic_key) as compared_value
    from issues where epic_key is not null
    union all
    select
        issue_id,
        'component' as kind,
        lower(unnest(components)) as compared_value
    from issues
    union all
    select
        issue_id,
        'label' as kind,
        lower(unnest(labels)) as compared_value
    from issues
    union all
    select
        issue_id,
        'version' as kind,
        lower(unnest(fix_versions)) as compared_value
    from issues
    union all
    select
        issue_id,
        'project' as kind,
        lower(project_key) as compared_value
    from issues
),

own as (
    select distinct
        names.issue_id,
        mapped.initiative_id,
        mapped.milestone_id,
        names.kind
    from names
    inner join {{ ref('int_initiatives__mapped') }} as mapped
        on names.kind = mapped.kind and names.compared_value = mapped.compared_value
),

families as (
    select
        issue_id,
        issue_id as relative_issue_id,
        0 as distance
    from issues
    union all
    select
        issue_id,
        parent_issue_id as relative_issue_id,
        1 as distance
    from issues
    where parent_issue_id is not null
    union all
    select
        issue_id,
        epic_issue_id as relative_issue_id,
        2 as distance
    from issues
    where epic_issue_id is not null and epic_issue_id is distinct from parent_issue_id
)

select
    families.issue_id,
    own.initiative_id,
    own.milestone_id,
    own.kind,
    families.distance
from families
inner join own on families.relative_issue_id = own.issue_id
where families.issue_id <> families.relative_issue_id or families.distance = 0
