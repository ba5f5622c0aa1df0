-- One row per initiative, baseline version and month of the baselines tab and landed version of it.
with rows as (
    {{ sheet_rows('baselines') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.initiative'), '') as initiative,
    nullif(trim(typed ->> '$.version'), '') as baseline_version,
    try_cast(typed ->> '$.approved_date' as date) as approved_date,
    try_cast(typed ->> '$.month' as date) as month_date,
    nullif(trim(typed ->> '$.currency'), '') as currency,
    try_cast(typed ->> '$.planned' as double) as planned_value,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
