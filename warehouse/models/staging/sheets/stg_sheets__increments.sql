-- One row per program increment and team and landed version of it.
with rows as (
    {{ sheet_rows('increments') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.increment'), '') as increment,
    nullif(trim(typed ->> '$.team'), '') as team,
    try_cast(typed ->> '$.start' as date) as start_date,
    try_cast(typed ->> '$.end' as date) as end_date,
    try_cast(typed ->> '$.planned_value' as double) as planned_value,
    try_cast(typed ->> '$.actual_value' as double) as actual_value,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
