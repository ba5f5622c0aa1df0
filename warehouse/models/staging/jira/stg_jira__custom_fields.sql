-- One row per custom field that plays a part for the hub: in all projects of an instance, or in one.
select
    instance,
    cast(null as varchar) as project_key,
    field_key,
    field_role,
    field_preference as preference
from {{ ref('stg_jira__fields') }}
where field_role is not null and deleted_at is null
union all
-- The field that a project's board estimates in comes before what the instance offers, unless the settings name one.
select distinct
    instance,
    project_key,
    estimation_field_key as field_key,
    'story_points' as field_role,
    0 as preference
from {{ ref('stg_jira__boards') }}
where
    estimation_field_key like 'customfield_%'
    and deleted_at is null
    and project_key is not null
    and instance not in (
        select instance
        from {{ ref('stg_jira__fields') }}
        where field_role = 'story_points' and field_preference = 0
    )
