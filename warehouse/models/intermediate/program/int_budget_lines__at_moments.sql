-- One row per moment and line of the budget as it stood then, of an initiative and a month: what was known of its cost.
with lines as (
    select
        moments.moment_at,
        moments.moment_date,
        moments.month_date as present_month_date,
        referenced.initiative_id,
        converted.* exclude (initiative_id, rate, planned_amount, actual_amount, forecast_amount),
        {{ worth('converted.currency', 'rates') }} as rate
    from {{ ref('int_budget_lines__converted') }} as converted
    inner join {{ ref('int_moments') }} as moments on {{ valid_at('converted', 'moments.moment_at') }}
    inner join {{ ref('int_initiatives__referenced') }} as referenced
        on {{ normalised('converted.initiative_as_given') }} = referenced.reference and moments.moment_at = referenced.moment_at
    left join {{ ref('int_exchange_rates__spread') }} as rates
        on {{ rate_of('rates', 'moments.moment_at', 'converted.currency', 'converted.month_date') }}
    where converted.month_date is not null
)

select
    moment_at,
    present_month_date,
    row_id,
    budget_line_id,
    initiative_id,
    month_date,
    is_reserve,
    planned_value,
    planned_value * rate as planned_amount,
    actual_value * rate as actual_amount,
    forecast_value * rate as forecast_amount,
    actual_cell,
    -- Blank where something was planned, or bad from the first sight on, or without a rate: unknown, not zero.
    actual_amount is null
    and (
        actual_value is not null
        or list_contains(faulty_columns, 'actual')
        or (coalesce(planned_value, 0) <> 0 and not is_reserve)
    ) as is_missing,
    -- Still blank in the first days after its month: the books are not closed, so nothing is missing yet.
    is_missing
    and actual_value is null
    and not list_contains(faulty_columns, 'actual')
    and month_date = present_month_date - interval 1 month
    and moment_date < present_month_date + cast({{ threshold('book_closing_days') }} as integer) as is_awaited
from lines
