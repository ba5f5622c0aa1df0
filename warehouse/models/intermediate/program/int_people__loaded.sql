-- One row per moment, person and month of the allocations tab as it was known then: what is promised of them, and what they have.
select
    moment_at,
    person_id,
    month_date,
    case when not bool_or(has_unknown_share) then round(sum(allocated_share), 6) end as allocated_share,
    coalesce(max(capacity_share), 1.0) as capacity_share,
    sum(allocated_share) > coalesce(max(capacity_share), 1.0) + 1e-9 as is_over_allocated,
    list(distinct initiative_id order by initiative_id) filter (where initiative_id is not null) as initiative_ids
from {{ ref('int_people__allocated') }}
group by moment_at, person_id, month_date
