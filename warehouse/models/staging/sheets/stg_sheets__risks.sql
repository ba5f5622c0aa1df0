-- One row per row of the risk register and landed version of it.
with rows as (
    {{ sheet_rows('risks') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.risk_id'), '') as risk_id,
    nullif(trim(typed ->> '$.title'), '') as title,
    nullif(trim(typed ->> '$.initiative'), '') as initiative,
    nullif(trim(typed ->> '$.owner'), '') as owner,
    try_cast(typed ->> '$.probability' as double) as probability,
    try_cast(typed ->> '$.impact' as double) as impact,
    nullif(trim(typed ->> '$.response'), '') as response,
    nullif(trim(typed ->> '$.contingency_plan'), '') as contingency_plan,
    try_cast(typed ->> '$.contingency_amount' as double) as contingency_amount,
    try_cast(typed ->> '$.residual_probability' as double) as residual_probability,
    try_cast(typed ->> '$.due' as date) as due_date,
    try_cast(typed ->> '$.review' as date) as review_date,
    nullif(trim(typed ->> '$.status'), '') as status,
    nullif(trim(typed ->> '$.trigger'), '') as trigger,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
