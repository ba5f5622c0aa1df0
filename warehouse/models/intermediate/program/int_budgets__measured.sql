-- One row per moment, scope and measure of its money; initiative null for the program.
-- In the first days of a month the books of the month before are not closed: its cost is then told as of the one before that.
with closed as (
    select *
    from {{ ref('int_scopes__earned') }}
    where is_closed
),

last_closed as (
    select *
    from closed
    qualify row_number() over (partition by moment_at, scope_id order by month_date desc) = 1
),

last_booked as (
    select
        closed.*,
        '; the actuals of ' || strftime(last_closed.month_date, '%B %Y') || ' are not in the books yet' as outstanding
    from closed
    left join last_closed
        on closed.moment_at = last_closed.moment_at and closed.scope_id = last_closed.scope_id and last_closed.is_awaited
    where closed.is_awaited is not true
    qualify row_number() over (partition by closed.moment_at, closed.scope_id order by closed.month_date desc) = 1
),

outlooks as (
    -- What was spent in the closed months and what the budget's owners expect for the others.
    select
        moment_at,
        initiative_id,
        sum(
            case
                when month_date < present_month_date and not is_awaited then actual_amount
                else coalesce(forecast_amount, planned_amount)
            end
        ) as outlook_amount,
        bool_and(
            case
                when month_date < present_month_date and not is_awaited
                    then actual_amount is not null or coalesce(planned_value, 0) = 0
                else coalesce(forecast_amount, planned_amount) is not null
            end
        ) as is_known,
        count(forecast_amount) as forecast_count
    from {{ ref('int_budget_lines__at_moments') }}
    where not is_reserve
    group by moment_at, initiative_id
)

select
    initiatives.moment_at,
    initiatives.initiative_id,
    'budget' as dimension,
    'cpi' as measure,
    last_booked.cpi as value,
    [concat_ws(' ', 'earned_value', last_booked.scope_id, strftime(last_booked.month_date, '%Y-%m'))] as evidence,
    case
        when last_closed.scope_id is null then 'it has no plan with a closed month'
        when last_booked.cpi is null then coalesce(last_booked.notes, last_closed.notes, 'not measurable yet')
        else {{ spent_and_earned('last_booked') }} || coalesce(last_booked.outstanding, '')
    end as detail
from {{ ref('int_initiatives__at_moments') }} as initiatives
left join last_closed on initiatives.moment_at = last_closed.moment_at and initiatives.initiative_id = last_closed.scope_id
left join last_booked on initiatives.moment_at = last_booked.moment_at and initiatives.initiative_id = last_booked.scope_id
union all
select
    moment_at,
    null as initiative_id,
    'budget' as dimension,
    'cpi' as measure,
    cpi as value,
    ['earned_value program ' || strftime(month_date, '%Y-%m')] as evidence,
    case
        when cpi is null then coalesce(notes, 'not measurable yet')
        else {{ spent_and_earned('last_booked') }} || coalesce(outstanding, '')
    end as detail
from last_booked
where scope_id = '*'
union all
select
    outlooks.moment_at,
    outlooks.initiative_id,
    'budget' as dimension,
    'forecast_overrun_share' as measure,
    case
        when outlooks.is_known and outlooks.forecast_count > 0
            then outlooks.outlook_amount / nullif(last_closed.bac_amount, 0) - 1
    end as value,
    [concat_ws(' ', 'budget_lines', outlooks.initiative_id)] as evidence,
    case
        when not outlooks.is_known then 'an amount of the budget is unknown'
        when outlooks.forecast_count = 0 then 'the budget has no forecast'
        else {{ money('outlooks.outlook_amount') }} || ' expected in all, ' || {{ money('last_closed.bac_amount') }} || ' planned'
    end as detail
from outlooks
inner join last_closed on outlooks.moment_at = last_closed.moment_at and outlooks.initiative_id = last_closed.scope_id
