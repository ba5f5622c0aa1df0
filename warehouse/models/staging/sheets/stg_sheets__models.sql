-- One row per row of the models tab (a registered model, or one of its metrics) and landed version of it.
with rows as (
    {{ sheet_rows('models') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.model'), '') as model,
    nullif(trim(typed ->> '$.initiative'), '') as initiative,
    nullif(trim(typed ->> '$.owner'), '') as owner,
    nullif(trim(typed ->> '$.objective_metric'), '') as objective_metric,
    nullif(trim(typed ->> '$.direction'), '') as direction,
    nullif(trim(typed ->> '$.purpose'), '') as purpose,
    nullif(trim(typed ->> '$.risk_tier'), '') as risk_tier,
    try_cast(typed ->> '$.target' as double) as target_value,
    try_cast(typed ->> '$.tolerance' as double) as tolerance,
    try_cast(typed ->> '$.staleness_days' as double) as staleness_days,
    try_cast(typed ->> '$.next_review' as date) as next_review_date,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
