-- One row per scope and measure of its money; initiative null for the program.
with last_closed as (
    select *
    from {{ ref('earned_value') }}
    where is_closed
    qualify row_number() over (partition by scope_id order by month_date desc) = 1
),

outlooks as (
    -- What was spent in the closed months and what the budget's owners expect for the others.
    select
        initiative_id,
        sum(
            case
                when month_date < date_trunc('month', {{ local_date(as_of()) }}) then actual_amount
                else coalesce(forecast_amount, planned_amount)
            end
        ) as outlook_amount,
        bool_and(
            case
                when
                    month_date < date_trunc('month', {{ local_date(as_of()) }})
                    then actual_amount is not null or coalesce(planned_value, 0) = 0
                else coalesce(forecast_amount, planned_amount) is not null
            end
        ) as is_known,
        count(forecast_amount) as forecast_count
    from {{ ref('int_budget_lines__converted') }}
    where is_in_force and initiative_id is not null and not is_reserve
    group by initiative_id
)

select
    initiatives.initiative_id,
    'budget' as dimension,
    'cpi' as measure,
    last_closed.cpi as value,
    [concat_ws(' ', 'earned_value', last_closed.scope_id, strftime(last_closed.month_date, '%Y-%m'))] as evidence,
    case
        when last_closed.scope_id is null then 'it has no plan with a closed month'
        when last_closed.cpi is null then coalesce(last_closed.notes, 'not measurable yet')
        else {{ spent_and_earned('last_closed') }}
    end as detail
from {{ ref('int_initiatives__gathered') }} as initiatives
left join last_closed on initiatives.initiative_id = last_closed.scope_id
union all
select
    null as initiative_id,
    'budget' as dimension,
    'cpi' as measure,
    cpi as value,
    ['earned_value program ' || strftime(month_date, '%Y-%m')] as evidence,
    case
        when cpi is null then coalesce(notes, 'not measurable yet')
        else {{ spent_and_earned('last_closed') }}
    end as detail
from last_closed
where scope_id = '*'
union all
select
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
inner join last_closed on outlooks.initiative_id = last_closed.scope_id
