-- One row per thing in Jira that the roadmap said belongs to an initiative (epic, component, label, version or project), and run of
-- moments at which it said so.
with mappings as (
    select
        moment_rank,
        initiative_id,
        milestone_id,
        unnest(jira_mapping) as mapping
    from {{ ref('int_roadmap__at_moments') }}
),

named as (
    select distinct
        moment_rank,
        initiative_id,
        milestone_id,
        lower(trim(split_part(mapping, ':', 1))) as kind,
        trim(substr(mapping, instr(mapping, ':') + 1)) as value
    from mappings
    where instr(mapping, ':') > 0
),

numbered as (
    select
        *,
        moment_rank - row_number() over (partition by initiative_id, milestone_id, kind, value order by moment_rank) as run
    from named
)

select
    initiative_id,
    milestone_id,
    kind,
    value,
    lower(value) as compared_value,
    min(moment_rank) as first_moment_rank,
    max(moment_rank) as last_moment_rank
from numbered
group by initiative_id, milestone_id, kind, value, run
