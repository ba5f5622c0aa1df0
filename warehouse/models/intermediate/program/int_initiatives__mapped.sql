-- One row per thing in Jira that the roadmap says belongs to an initiative: epic, component, label, version or project.
with mappings as (
    select
        coalesce(initiative_id, initiative_name) as initiative_id,
        coalesce(milestone_id, initiative_id || ' / ' || milestone_name) as milestone_id,
        unnest(jira_mapping) as mapping
    from {{ ref('stg_sheets__roadmap') }}
    where is_in_force and coalesce(initiative_id, initiative_name) is not null
)

select
    initiative_id,
    milestone_id,
    lower(trim(split_part(mapping, ':', 1))) as kind,
    trim(substr(mapping, instr(mapping, ':') + 1)) as value,
    lower(trim(substr(mapping, instr(mapping, ':') + 1))) as compared_value
from mappings
where instr(mapping, ':') > 0
