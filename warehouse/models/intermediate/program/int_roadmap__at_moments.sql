-- One row per moment and row of the roadmap that was in force then; before the first look at a roadmap the first one stands for it.
with roadmap as (
    select *
    from {{ ref('stg_sheets__roadmap') }}
    where row_key not in ('_tab', '_places') and coalesce(initiative_id, initiative_name) is not null
),

first_look as (
    select min(valid_from) as first_at
    from roadmap
)

select
    moments.moment_at,
    moments.moment_rank,
    moments.moment_at < first_look.first_at as is_before_first_look,
    coalesce(roadmap.initiative_id, roadmap.initiative_name) as initiative_id,
    roadmap.initiative_name,
    coalesce(roadmap.milestone_id, roadmap.initiative_id || ' / ' || roadmap.milestone_name) as milestone_id,
    roadmap.milestone_name,
    roadmap.sponsor,
    roadmap.owner,
    roadmap.objective_id,
    roadmap.business_value,
    roadmap.time_criticality,
    roadmap.risk_reduction,
    roadmap.job_size,
    roadmap.start_date,
    roadmap.baseline_date,
    roadmap.target_date,
    roadmap.done_date,
    roadmap.jira_mapping,
    roadmap.faulty_columns,
    roadmap.instance,
    roadmap.row_id,
    roadmap.row_number
from roadmap
cross join first_look
inner join {{ ref('int_moments') }} as moments on {{ valid_at('roadmap', 'greatest(moments.moment_at, first_look.first_at)') }}
