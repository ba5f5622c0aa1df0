-- One row per amount of the budget that changed between two syncs, and sync that showed it.
with versions as (
    select
        budget_line_id,
        row_id,
        month_date,
        planned_amount,
        actual_amount,
        forecast_amount,
        planned_cell,
        actual_cell,
        forecast_cell,
        valid_from as seen_at,
        -- The first sync is no change: what it brings was there before.
        valid_from > min(valid_from) over () as is_after_first_sync,
        row_number() over (partition by row_id order by valid_from) as version_number
    from {{ ref('int_budget_lines__converted') }}
    where budget_line_id is not null and month_date is not null
    union all by name
    -- A line that was deleted has no amounts any more.
    select
        budget_line_id,
        row_id,
        month_date,
        deleted_at as seen_at,
        true as is_after_first_sync,
        1000000 as version_number
    from {{ ref('int_budget_lines__converted') }}
    where is_current and deleted_at is not null and budget_line_id is not null and month_date is not null
),

cells as (
    select
        budget_line_id,
        row_id,
        month_date,
        seen_at,
        is_after_first_sync,
        version_number,
        'planned' as field,
        planned_amount as amount,
        planned_cell as cell
    from versions
    union all
    select
        budget_line_id,
        row_id,
        month_date,
        seen_at,
        is_after_first_sync,
        version_number,
        'actual' as field,
        actual_amount as amount,
        actual_cell as cell
    from versions
    union all
    select
        budget_line_id,
        row_id,
        month_date,
        seen_at,
        is_after_first_sync,
        version_number,
        'forecast' as field,
        forecast_amount as amount,
        forecast_cell as cell
    from versions
),

compared as (
    select
        *,
        lag(amount) over (partition by row_id, field order by version_number, seen_at) as old_amount,
        lag(cell) over (partition by row_id, field order by version_number, seen_at) as old_cell
    from cells
)

select
    budget_line_id,
    month_date,
    field,
    old_amount,
    amount as new_amount,
    coalesce(cell, old_cell) as cell,
    seen_at
from compared
where is_after_first_sync and amount is distinct from old_amount
qualify row_number() over (partition by budget_line_id, month_date, field, seen_at order by version_number desc) = 1
