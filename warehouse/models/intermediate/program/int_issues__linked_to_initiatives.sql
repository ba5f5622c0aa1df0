-- One row per issue that belongs to an initiative of the roadmap.
-- What the issue says of itself goes before what its parent and its epic say; then epic, component, label, version, project.
with ranked as (
    select
        mapped.issue_id,
        mapped.initiative_id,
        mapped.kind,
        mapped.distance,
        list_position(['epic', 'component', 'label', 'version', 'project'], mapped.kind) as kind_rank
    from {{ ref('int_issues__mapped') }} as mapped
),

nearest as (
    select
        *,
        -- A project stands for all that is in it: the most general of all mappings, also over those of a parent.
        case when kind = 'project' then 3 else distance end as priority
    from ranked
    where kind_rank is not null and (kind <> 'project' or distance = 0)
)

select
    issue_id,
    arg_min(initiative_id, (priority, kind_rank, initiative_id)) as initiative_id,
    arg_min(
        kind || case when distance > 0 then ' of a parent' else '' end, (priority, kind_rank, initiative_id)
    ) as method,
    count(distinct initiative_id) > 1 as is_ambiguous
from nearest
group by issue_id
