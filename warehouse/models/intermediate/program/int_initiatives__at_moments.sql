-- One row per moment and initiative of the roadmap as it was known then; without a roadmap, of the budget.
-- Before the first look at the tab the first one that was found stands for it.
-- An initiative's id is the one people write in the sheets and tags: it is the same in every source, so no instance stands before it.
with from_roadmap as (
    select
        moment_at,
        initiative_id,
        coalesce(first(initiative_name order by row_number) filter (where initiative_name is not null), initiative_id) as name,
        first(sponsor order by row_number) filter (where sponsor is not null) as sponsor,
        first(owner order by row_number) filter (where owner is not null) as owner,
        first(objective_id order by row_number) filter (where objective_id is not null) as objective_id,
        max(business_value) as business_value,
        max(time_criticality) as time_criticality,
        max(risk_reduction) as risk_reduction,
        max(job_size) as job_size,
        min(start_date) as start_date,
        max(target_date) as target_date,
        any_value(is_before_first_look) as is_before_first_look,
        any_value(instance) as instance
    from {{ ref('int_roadmap__at_moments') }}
    group by moment_at, initiative_id
),

budget as (
    select *
    from {{ ref('stg_sheets__budget') }}
    where row_key not in ('_tab', '_places') and initiative is not null
),

first_look as (
    select min(valid_from) as first_at
    from budget
),

from_budget as (
    select
        moments.moment_at,
        min(budget.initiative) as initiative_id,
        min(budget.initiative) as name,
        any_value(moments.moment_at < first_look.first_at) as is_before_first_look,
        any_value(budget.instance) as instance
    from budget
    cross join first_look
    inner join {{ ref('int_moments') }} as moments on {{ valid_at('budget', 'greatest(moments.moment_at, first_look.first_at)') }}
    where moments.moment_at not in (select from_roadmap.moment_at from from_roadmap)
    group by moments.moment_at, {{ normalised('budget.initiative') }}
),

named as (
    select
        *,
        true as is_on_roadmap
    from from_roadmap
    union all by name
    select
        *,
        false as is_on_roadmap
    from from_budget
)

select
    moments.moment_at,
    moments.week_date,
    moments.moment_date,
    moments.month_date,
    moments.basis,
    named.is_before_first_look,
    named.initiative_id,
    named.name,
    named.sponsor,
    named.owner,
    named.objective_id,
    named.business_value,
    named.time_criticality,
    named.risk_reduction,
    named.job_size,
    named.start_date,
    named.target_date,
    named.is_on_roadmap,
    named.instance
from named
inner join {{ ref('int_moments') }} as moments on named.moment_at = moments.moment_at
