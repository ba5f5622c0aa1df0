-- One row per moment, scope and measure of its money; initiative null for the program.
with last_closed as (
    select *
    from {{ ref('int_scopes__earned') }}
    where is_closed
    qualify row_number() over (partition by moment_at, scope_id order by month_date desc) = 1
),

outlooks as (
    -- What was spent in the closed months and what the budget's owners expect for the others.
    select
        moments.moment_at,
        converted.initiative_id,
        sum(
            case
                when converted.month_date < moments.month_date then converted.actual_amount
                else coalesce(converted.forecast_amount, converted.planned_amount)
            end
        ) as outlook_amount,
        bool_and(
            case
                when converted.month_date < moments.month_date
                    then converted.actual_amount is not null or coalesce(converted.planned_value, 0) = 0
                else coalesce(converted.forecast_amount, converted.planned_amount) is not null
            end
        ) as is_known,
        count(converted.forecast_amount) as forecast_count
    from {{ ref('int_budget_lines__converted') }} as converted
    inner join {{ ref('int_moments') }} as moments on {{ valid_at('converted', 'moments.moment_at') }}
    where converted.initiative_id is not null and not converted.is_reserve
    group by moments.moment_at, converted.initiative_id
)

select
    initiatives.moment_at,
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
from {{ ref('int_initiatives__at_moments') }} as initiatives
left join last_closed on initiatives.moment_at = last_closed.moment_at and initiatives.initiative_id = last_closed.scope_id
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
        else {{ spent_and_earned('last_closed') }}
    end as detail
from last_closed
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
