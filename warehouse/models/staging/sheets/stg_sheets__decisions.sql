-- One row per row of the RAID log and landed version of it.
with rows as (
    {{ sheet_rows('decisions') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.id'), '') as decision_key,
    nullif(trim(typed ->> '$.kind'), '') as kind,
    nullif(trim(typed ->> '$.text'), '') as text,
    nullif(trim(typed ->> '$.owner'), '') as owner,
    try_cast(typed ->> '$.due' as date) as due_date,
    nullif(trim(typed ->> '$.status'), '') as status,
    nullif(trim(typed ->> '$.initiative'), '') as initiative,
    list_filter(
        list_transform(regexp_split_to_array(coalesce(typed ->> '$.options', ''), '[;\n]'), lambda item: trim(item)),
        lambda item: item <> ''
    ) as options,
    nullif(trim(typed ->> '$.recommendation'), '') as recommendation,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
