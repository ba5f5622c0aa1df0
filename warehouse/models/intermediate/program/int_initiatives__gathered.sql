-- One row per initiative of the roadmap tab; without a roadmap, of the budget.
-- An initiative's id is the one people write in the sheets and tags: it is the same in every source, so no instance stands before it.
with roadmap as (
    select
        *,
        coalesce(initiative_id, initiative_name) as id
    from {{ ref('stg_sheets__roadmap') }}
    where is_in_force and coalesce(initiative_id, initiative_name) is not null
),

from_roadmap as (
    select
        id as initiative_id,
        coalesce(first(initiative_name order by row_number) filter (where initiative_name is not null), id) as name,
        first(sponsor order by row_number) filter (where sponsor is not null) as sponsor,
        first(owner order by row_number) filter (where owner is not null) as owner,
        first(objective_id order by row_number) filter (where objective_id is not null) as objective_id,
        max(business_value) as business_value,
        max(time_criticality) as time_criticality,
        max(risk_reduction) as risk_reduction,
        max(job_size) as job_size,
        min(start_date) as start_date,
        max(target_date) as target_date,
        true as is_on_roadmap,
        any_value(instance) as instance
    from roadmap
    group by id
),

from_budget as (
    select
        min(initiative) as initiative_id,
        min(initiative) as name,
        false as is_on_roadmap,
        any_value(instance) as instance
    from {{ ref('stg_sheets__budget') }}
    where
        is_in_force
        and initiative is not null
        and not exists (select 1 from roadmap)
    group by {{ normalised('initiative') }}
)

select
    initiative_id,
    name,
    sponsor,
    owner,
    objective_id,
    business_value,
    time_criticality,
    risk_reduction,
    job_size,
    start_date,
    target_date,
    is_on_roadmap,
    instance
from from_roadmap
union all by name
select
    initiative_id,
    name,
    null as sponsor,
    null as owner,
    null as objective_id,
    null as business_value,
    null as time_criticality,
    null as risk_reduction,
    null as job_size,
    null as start_date,
    null as target_date,
    is_on_roadmap,
    instance
from from_budget
