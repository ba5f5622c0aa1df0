-- One row per scope (an initiative, or * for the program) with a budget: what it spends a month, and how long the rest lasts at that rate.
with lines as (
    -- A reserve is not there to be spent.
    select
        unnest([initiative_id, '*']) as scope_id,
        month_date,
        present_month_date,
        planned_value,
        planned_amount,
        actual_amount,
        is_missing,
        is_awaited
    from {{ ref('int_budget_lines__at_moments') }}
    where moment_at = {{ as_of() }} and not is_reserve
),

closed_months as (
    -- While a month's actuals are not in the books it is not closed.
    select
        scope_id,
        month_date,
        sum(planned_amount) as planned_amount,
        coalesce(sum(actual_amount) filter (where not is_missing), 0) as actual_amount,
        -- What is missing may have cost what was planned: it is neither saved nor a rate to go by.
        count(*) filter (where is_missing) as missing_count,
        coalesce(sum(planned_amount) filter (where is_missing), 0) as missing_amount,
        missing_count = 0
        and row_number() over (partition by scope_id, missing_count = 0 order by month_date desc) <= {{ threshold('run_rate_months') }}
            as is_in_rate
    from lines
    where month_date < present_month_date
    group by scope_id, month_date
    having not bool_or(is_awaited)
),

spent as (
    select
        scope_id,
        max(month_date) as last_month_date,
        sum(actual_amount) as known_amount,
        sum(missing_count) as missing_actual_count,
        sum(missing_amount) as missing_amount,
        count(*) filter (where is_in_rate) as run_rate_month_count,
        avg(actual_amount) filter (where is_in_rate) as run_rate_amount,
        avg(planned_amount) filter (where is_in_rate) as planned_rate_amount
    from closed_months
    group by scope_id
),

planned as (
    select
        scope_id,
        max(month_date) as planned_until_month_date,
        case when count(planned_value) = count(planned_amount) then coalesce(sum(planned_amount), 0) end as planned_amount
    from lines
    group by scope_id
)

select
    planned.scope_id,
    case when planned.scope_id <> '*' then planned.scope_id end as initiative_id,
    spent.last_month_date,
    cast(coalesce(spent.run_rate_month_count, 0) as integer) as run_rate_month_count,
    cast(coalesce(spent.missing_actual_count, 0) as integer) as missing_actual_count,
    planned.planned_amount,
    case when spent.missing_actual_count = 0 then spent.known_amount end as spent_amount,
    planned.planned_amount - coalesce(spent.known_amount + spent.missing_amount, 0) as remaining_amount,
    spent.run_rate_amount,
    spent.planned_rate_amount,
    case when spent.run_rate_amount > 0 then greatest(remaining_amount, 0) / spent.run_rate_amount end as runway_months,
    case
        when runway_months is not null
            then cast(spent.last_month_date + to_months(cast(ceil(least(runway_months, 1200)) as integer)) as date)
    end as runs_out_month_date,
    planned.planned_until_month_date,
    nullif(concat_ws(
        '; ',
        case
            when spent.missing_actual_count = 1 then 'one actual is missing: it counts at its plan, its month is not in the rate'
            when spent.missing_actual_count > 1
                then spent.missing_actual_count || ' actuals are missing: each counts at its plan, its month is not in the rate'
        end,
        case
            when spent.last_month_date is null then 'no month is closed yet'
            when spent.run_rate_month_count = 0 then 'no closed month has all its actuals, so there is no rate'
            when spent.run_rate_amount <= 0 then 'nothing was spent in these months'
        end,
        case when planned.planned_amount is null then 'an amount has no exchange rate' end
    ), '') as notes
from planned
left join spent on planned.scope_id = spent.scope_id
