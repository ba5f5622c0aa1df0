-- One row per past local week, initiative and dimension, overall among them, and the same for the program (initiative null).
select
    moments.week_date,
    coalesce(combined.initiative_id, '*') as scope_id,
    combined.initiative_id,
    combined.dimension,
    combined.status,
    combined.rule,
    combined.value,
    combined.threshold,
    combined.reason,
    moments.basis,
    combined.dimension = 'overall' or computed.dimension is not null as is_computed
from {{ ref('int_statuses__combined') }} as combined
inner join {{ ref('int_moments') }} as moments on combined.moment_at = moments.moment_at
left join (
    select distinct
        moment_at,
        dimension
    from {{ ref('int_measures__collected') }}
) as computed on combined.moment_at = computed.moment_at and combined.dimension = computed.dimension
where moments.week_date is not null
