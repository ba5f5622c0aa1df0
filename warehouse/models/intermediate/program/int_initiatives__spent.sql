-- One row per initiative and month of its budget: what was spent up to its end; null from the first month on whose actuals are missing.
with present as (
    select cast(date_trunc('month', {{ local_date(as_of()) }}) as date) as month_date
),

lines as (
    select
        *,
        -- Blank where something was planned, or bad from the first sight on, or without a rate: unknown, not zero.
        actual_amount is null
        and (
            actual_value is not null
            or list_contains(faulty_columns, 'actual')
            or (coalesce(planned_value, 0) <> 0 and not is_reserve)
        ) as is_missing
    from {{ ref('int_budget_lines__converted') }}
    where is_in_force and initiative_id is not null and month_date is not null
),

monthly as (
    select
        initiative_id,
        month_date,
        coalesce(sum(actual_amount), 0) as month_amount,
        count(*) filter (where is_missing) as missing_count,
        min(actual_cell) filter (where is_missing) as missing_cell,
        min(concat_ws(' ', budget_line_id, strftime(month_date, '%Y-%m'))) filter (where is_missing) as missing_line
    from lines
    group by initiative_id, month_date
),

spans as (
    select
        initiative_id,
        min(month_date) as first_month_date,
        max(month_date) as last_month_date
    from monthly
    group by initiative_id
),

months as (
    select
        spans.initiative_id,
        spans.last_month_date,
        cast(unnest(generate_series(spans.first_month_date, greatest(spans.last_month_date, present.month_date), interval 1 month)) as date)
            as month_date
    from spans
    cross join present
)

select
    months.initiative_id,
    months.month_date,
    coalesce(monthly.month_amount, 0) as month_amount,
    case
        when
            months.month_date <= (select present.month_date from present)
            and sum(coalesce(monthly.missing_count, 0)) over running = 0
            then sum(coalesce(monthly.month_amount, 0)) over running
    end as ac_amount,
    sum(coalesce(monthly.missing_count, 0)) over running as missing_count,
    first(coalesce(monthly.missing_cell, monthly.missing_line) ignore nulls) over running as missing_cell,
    months.month_date > months.last_month_date as is_after_budget
from months
left join monthly on months.initiative_id = monthly.initiative_id and months.month_date = monthly.month_date
window running as (partition by months.initiative_id order by months.month_date)
