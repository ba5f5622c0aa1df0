-- One row per moment, initiative and month of its budget: what was spent up to its end, as known at the moment; null from the first
-- month on whose actuals are missing.
with lines as (
    select * from {{ ref('int_budget_lines__at_moments') }}
),

monthly as (
    select
        moment_at,
        initiative_id,
        month_date,
        coalesce(sum(actual_amount), 0) as month_amount,
        count(*) filter (where is_missing) as missing_count,
        count(*) filter (where is_awaited) as awaited_count,
        min(actual_cell) filter (where is_missing) as missing_cell,
        min(concat_ws(' ', budget_line_id, strftime(month_date, '%Y-%m'))) filter (where is_missing) as missing_line
    from lines
    group by moment_at, initiative_id, month_date
),

spans as (
    select
        moment_at,
        initiative_id,
        any_value(present_month_date) as present_month_date,
        min(month_date) as first_month_date,
        max(month_date) as last_month_date
    from lines
    group by moment_at, initiative_id
),

months as (
    select
        moment_at,
        initiative_id,
        present_month_date,
        last_month_date,
        cast(unnest(generate_series(first_month_date, greatest(last_month_date, present_month_date), interval 1 month)) as date)
            as month_date
    from spans
)

select
    months.moment_at,
    months.initiative_id,
    months.month_date,
    coalesce(monthly.month_amount, 0) as month_amount,
    case
        when
            months.month_date <= months.present_month_date
            and sum(coalesce(monthly.missing_count, 0)) over running = 0
            then sum(coalesce(monthly.month_amount, 0)) over running
    end as ac_amount,
    sum(coalesce(monthly.missing_count, 0)) over running as missing_count,
    first(coalesce(monthly.missing_cell, monthly.missing_line) ignore nulls) over running as missing_cell,
    -- Unknown only for what the books do not have yet.
    coalesce(monthly.awaited_count > 0 and monthly.awaited_count = sum(monthly.missing_count) over running, false) as is_awaited,
    months.month_date > months.last_month_date as is_after_budget
from months
left join monthly
    on
        months.moment_at = monthly.moment_at
        and months.initiative_id = monthly.initiative_id
        and months.month_date = monthly.month_date
window running as (partition by months.moment_at, months.initiative_id order by months.month_date)
