-- One row per issue and run of moments at which it belonged to an initiative of the roadmap of then, in the same way.
-- What the issue says of itself goes before what its parent and its epic say; then epic, component, label, version, project.
with ranked as (
    select
        *,
        list_position(['epic', 'component', 'label', 'version', 'project'], kind) as kind_rank
    from {{ ref('int_issues__mapped') }}
),

nearest as (
    select
        *,
        -- A project stands for all that is in it: the most general of all mappings, also over those of a parent.
        case when kind = 'project' then 3 else distance end as priority
    from ranked
    where kind_rank is not null and (kind <> 'project' or distance = 0)
),

bounds as (
    select
        issue_id,
        first_moment_rank as moment_rank
    from nearest
    union
    select
        issue_id,
        last_moment_rank + 1 as moment_rank
    from nearest
),

runs as (
    -- Between two bounds nothing changes.
    select
        issue_id,
        moment_rank as first_moment_rank,
        lead(moment_rank) over (partition by issue_id order by moment_rank) - 1 as last_moment_rank
    from bounds
)

select
    runs.issue_id,
    runs.first_moment_rank,
    runs.last_moment_rank,
    arg_min(nearest.initiative_id, (nearest.priority, nearest.kind_rank, nearest.initiative_id)) as initiative_id,
    arg_min(
        nearest.kind || case when nearest.distance > 0 then ' of a parent' else '' end,
        (nearest.priority, nearest.kind_rank, nearest.initiative_id)
    ) as method,
    count(distinct nearest.initiative_id) > 1 as is_ambiguous
from runs
inner join nearest on runs.issue_id = nearest.issue_id and {{ seen_together('runs', 'nearest') }}
group by runs.issue_id, runs.first_moment_rank, runs.last_moment_rank
