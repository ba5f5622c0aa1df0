-- One row per key result of the objectives tab and landed version of it.
with rows as (
    {{ sheet_rows('objectives') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.objective_id'), '') as objective_id,
    nullif(trim(typed ->> '$.objective'), '') as objective,
    nullif(trim(typed ->> '$.key_result'), '') as key_result,
    nullif(trim(typed ->> '$.source'), '') as value_source,
    try_cast(typed ->> '$.baseline' as double) as baseline_value,
    try_cast(typed ->> '$.target' as double) as target_value,
    try_cast(typed ->> '$.current' as double) as current_value,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
