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
        case when not bool_or(is_missing) then coalesce(sum(actual_amount), 0) end as actual_amount,
        row_number() over (partition by scope_id order by month_date desc) as recency
    from lines
    where month_date < present_month_date
    group by scope_id, month_date
    having not bool_or(is_awaited)
),

spent as (
    select
        scope_id,
        max(month_date) as last_month_date,
        case when count(*) = count(actual_amount) then sum(actual_amount) end as spent_amount,
        count(*) filter (where recency <= {{ threshold('run_rate_months') }}) as run_rate_month_count,
        case
            when run_rate_month_count = count(actual_amount) filter (where recency <= {{ threshold('run_rate_months') }})
                then avg(actual_amount) filter (where recency <= {{ threshold('run_rate_months') }})
        end as run_rate_amount,
        avg(planned_amount) filter (where recency <= {{ threshold('run_rate_months') }}) as planned_rate_amount
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
    planned.planned_amount,
    spent.spent_amount,
    planned.planned_amount - spent.spent_amount as remaining_amount,
    spent.run_rate_amount,
    spent.planned_rate_amount,
    case
        when spent.run_rate_amount > 0
            then greatest(planned.planned_amount - spent.spent_amount, 0) / spent.run_rate_amount
    end as runway_months,
    case
        when runway_months is not null
            then cast(spent.last_month_date + to_months(cast(ceil(least(runway_months, 1200)) as integer)) as date)
    end as runs_out_month_date,
    planned.planned_until_month_date
from planned
left join spent on planned.scope_id = spent.scope_id
