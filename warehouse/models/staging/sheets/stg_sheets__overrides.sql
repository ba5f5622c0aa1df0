-- One row per overridden status and landed version of it.
with rows as (
    {{ sheet_rows('overrides') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.initiative'), '') as initiative,
    nullif(trim(typed ->> '$.dimension'), '') as dimension,
    nullif(trim(typed ->> '$.status'), '') as status,
    nullif(trim(typed ->> '$.reason'), '') as reason,
    try_cast(typed ->> '$.until' as date) as until_date,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
