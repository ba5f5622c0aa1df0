-- One row per person.
select
    person_id,
    display_name,
    team,
    skills,
    is_listed
from {{ ref('int_people__gathered') }}
