-- One row per person, initiative and month of the allocations tab and landed version of it.
with rows as (
    {{ sheet_rows('allocations') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.person'), '') as person,
    nullif(trim(typed ->> '$.initiative'), '') as initiative,
    try_cast(typed ->> '$.month' as date) as month_date,
    nullif(trim(typed ->> '$.skill'), '') as skill,
    try_cast(typed ->> '$.share' as double) as share,
    try_cast(typed ->> '$.capacity' as double) as capacity,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
