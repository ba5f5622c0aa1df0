-- One row per line and month of the budget tab and landed version of it.
with rows as (
    {{ sheet_rows('budget') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.line_id'), '') as line_id,
    nullif(trim(typed ->> '$.initiative'), '') as initiative,
    nullif(trim(typed ->> '$.category'), '') as category,
    try_cast(typed ->> '$.month' as date) as month_date,
    nullif(trim(typed ->> '$.currency'), '') as currency,
    nullif(trim(typed ->> '$.reserve'), '') as reserve,
    try_cast(typed ->> '$.planned' as double) as planned_value,
    try_cast(typed ->> '$.actual' as double) as actual_value,
    try_cast(typed ->> '$.forecast' as double) as forecast_value,
    addresses['planned'] as planned_cell,
    addresses['actual'] as actual_cell,
    addresses['forecast'] as forecast_cell,
    addresses['month'] as month_cell,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
