-- One row per amount of the budget that changed between two syncs, and sync that showed it.
with versions as (
    select
        budget_line_id,
        row_id,
        month_date,
        -- A line that was deleted has no amounts until it comes back.
        case when deleted_at is null then planned_amount end as planned_amount,
        case when deleted_at is null then actual_amount end as actual_amount,
        case when deleted_at is null then forecast_amount end as forecast_amount,
        case when deleted_at is null then planned_cell end as planned_cell,
        case when deleted_at is null then actual_cell end as actual_cell,
        case when deleted_at is null then forecast_cell end as forecast_cell,
        valid_from as seen_at,
        -- The first sync is no change: what it brings was there before.
        valid_from > min(valid_from) over () as is_after_first_sync,
        row_number() over (partition by row_id order by valid_from) as version_number
    from {{ ref('int_budget_lines__converted') }}
    where budget_line_id is not null and month_date is not null
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
        lag(amount) over (partition by row_id, field order by version_number) as old_amount,
        lag(cell) over (partition by row_id, field order by version_number) as old_cell
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
