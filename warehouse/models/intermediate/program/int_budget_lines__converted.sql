-- One row per line and month of the budget and landed version of it, in the program currency at the rates of today.
-- An amount in a currency without a rate is unknown: null. A cost whose initiative is not on the roadmap belongs to none.
with lines as (
    select
        *,
        cast(date_trunc('month', month_date) as date) as budget_month_date,
        instance || ':' || coalesce(line_id, concat_ws(' / ', initiative, category)) as line_key,
        coalesce(upper(currency), {{ setting('currency') }}) as amount_currency
    from {{ ref('stg_sheets__budget') }}
    where row_key not in ('_tab', '_places')
),

numbered as (
    -- A second row of the same line and month stays a line of its own: nothing is dropped from a sum.
    select
        *,
        dense_rank() over (partition by line_key, budget_month_date order by row_key) as twin_number
    from lines
)

select
    numbered.row_id,
    numbered.line_key || case when numbered.twin_number > 1 then ' #' || numbered.twin_number else '' end as budget_line_id,
    referenced.initiative_id,
    numbered.initiative as initiative_as_given,
    numbered.category,
    numbered.budget_month_date as month_date,
    numbered.amount_currency as currency,
    coalesce(lower(numbered.reserve) in ('true', 'yes', 'y', '1', '1.0', 'x', 'ja', 'oui'), false) as is_reserve,
    {{ worth('numbered.amount_currency', 'rates') }} as rate,
    numbered.planned_value,
    numbered.actual_value,
    numbered.forecast_value,
    numbered.planned_value * {{ worth('numbered.amount_currency', 'rates') }} as planned_amount,
    numbered.actual_value * {{ worth('numbered.amount_currency', 'rates') }} as actual_amount,
    numbered.forecast_value * {{ worth('numbered.amount_currency', 'rates') }} as forecast_amount,
    numbered.planned_cell,
    numbered.actual_cell,
    numbered.forecast_cell,
    numbered.faults,
    numbered.faulty_columns,
    numbered.valid_from,
    numbered.valid_to,
    numbered.is_current,
    numbered.is_in_force,
    numbered.deleted_at
from numbered
left join {{ ref('int_initiatives__referenced') }} as referenced
    on {{ normalised('numbered.initiative') }} = referenced.reference and referenced.moment_at = {{ as_of() }}
left join {{ ref('int_exchange_rates__spread') }} as rates
    on {{ rate_of('rates', as_of(), 'numbered.amount_currency', 'numbered.budget_month_date') }}
