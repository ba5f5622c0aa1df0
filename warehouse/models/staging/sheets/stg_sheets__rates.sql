-- One row per currency and month of the rates tab and landed version of it.
with rows as (
    {{ sheet_rows('rates') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.currency'), '') as currency,
    try_cast(typed ->> '$.month' as date) as month_date,
    try_cast(typed ->> '$.rate' as double) as rate,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
