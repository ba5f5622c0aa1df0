-- One row per person, initiative and month of the allocations tab.
select
    person_id,
    initiative_id,
    month_date,
    case when not has_unknown_share then allocated_share end as allocated_share,
    skills
from {{ ref('int_people__allocated') }}
where moment_at = {{ as_of() }} and initiative_id is not null
