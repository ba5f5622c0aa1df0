-- One row per moment and line of the budget as it stood then, of an initiative and a month: what was known of its cost.
select
    moments.moment_at,
    moments.month_date as present_month_date,
    converted.row_id,
    converted.budget_line_id,
    converted.initiative_id,
    converted.month_date,
    converted.is_reserve,
    converted.planned_value,
    converted.planned_amount,
    converted.actual_amount,
    converted.forecast_amount,
    converted.actual_cell,
    -- Blank where something was planned, or bad from the first sight on, or without a rate: unknown, not zero.
    converted.actual_amount is null
    and (
        converted.actual_value is not null
        or list_contains(converted.faulty_columns, 'actual')
        or (coalesce(converted.planned_value, 0) <> 0 and not converted.is_reserve)
    ) as is_missing,
    -- Still blank in the first days after its month: the books are not closed, so nothing is missing yet.
    is_missing
    and converted.actual_value is null
    and not list_contains(converted.faulty_columns, 'actual')
    and converted.month_date = moments.month_date - interval 1 month
    and moments.moment_date < moments.month_date + cast({{ threshold('book_closing_days') }} as integer) as is_awaited
from {{ ref('int_budget_lines__converted') }} as converted
inner join {{ ref('int_moments') }} as moments on {{ valid_at('converted', 'moments.moment_at') }}
where converted.initiative_id is not null and converted.month_date is not null
