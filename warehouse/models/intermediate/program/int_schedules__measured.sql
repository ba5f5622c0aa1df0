-- One row per moment, scope and measure of its schedule; initiative null for the program.
with last_closed as (
    select *
    from {{ ref('int_scopes__earned') }}
    where is_closed
    qualify row_number() over (partition by moment_at, scope_id order by month_date desc) = 1
),

open_milestones as (
    select
        milestones.*,
        date_diff('day', milestones.target_date, moments.moment_date) as overdue_days,
        date_diff('day', milestones.target_date, forecasts.p80_date) as p80_slip_days,
        forecasts.p80_date
    from {{ ref('int_milestones__recorded') }} as milestones
    inner join {{ ref('int_moments') }} as moments on milestones.moment_at = moments.moment_at
    left join {{ ref('int_milestones__forecast') }} as forecasts
        on milestones.moment_at = forecasts.moment_at and milestones.milestone_id = forecasts.milestone_id
    where milestones.done_date is null
),

latest_slips as (
    select
        moment_at,
        initiative_id,
        max(p80_slip_days) as p80_slip_days,
        list(milestone_id order by p80_slip_days desc, milestone_id asc) filter (where p80_slip_days > 0) as late_milestone_ids,
        arg_max(name, (p80_slip_days, milestone_id)) filter (where p80_slip_days is not null) as worst_name,
        arg_max(p80_date, (p80_slip_days, milestone_id)) filter (where p80_slip_days is not null) as worst_p80_date,
        arg_max(target_date, (p80_slip_days, milestone_id)) filter (where p80_slip_days is not null) as worst_target_date,
        max(overdue_days) as overdue_days,
        list(milestone_id order by overdue_days desc, milestone_id asc) filter (where overdue_days > 0) as overdue_milestone_ids,
        arg_max(name, (overdue_days, milestone_id)) filter (where overdue_days is not null) as overdue_name,
        arg_max(target_date, (overdue_days, milestone_id)) filter (where overdue_days is not null) as overdue_target_date
    from open_milestones
    group by moment_at, initiative_id
)

select
    initiatives.moment_at,
    initiatives.initiative_id,
    'schedule' as dimension,
    'spi_t' as measure,
    last_closed.spi_t as value,
    [concat_ws(' ', 'earned_value', last_closed.scope_id, strftime(last_closed.month_date, '%Y-%m'))] as evidence,
    case
        when last_closed.scope_id is null then 'it has no plan with a closed month'
        when last_closed.spi_t is null then coalesce(last_closed.notes, 'not measurable yet')
        else
            {{ planned_and_done('last_closed') }}
    end as detail
from {{ ref('int_initiatives__at_moments') }} as initiatives
left join last_closed on initiatives.moment_at = last_closed.moment_at and initiatives.initiative_id = last_closed.scope_id
union all
select
    moment_at,
    null as initiative_id,
    'schedule' as dimension,
    'spi_t' as measure,
    spi_t as value,
    ['earned_value program ' || strftime(month_date, '%Y-%m')] as evidence,
    case
        when spi_t is null then coalesce(notes, 'not measurable yet')
        else
            {{ planned_and_done('last_closed') }}
    end as detail
from last_closed
where scope_id = '*'
union all
select
    moment_at,
    initiative_id,
    'schedule' as dimension,
    'milestone_p80_slip_days' as measure,
    greatest(p80_slip_days, 0) as value,
    coalesce(late_milestone_ids, []) as evidence,
    case
        when p80_slip_days > 0
            then
                '"' || worst_name || '" is expected by ' || worst_p80_date || ' (8 chances in 10), '
                || {{ counted('p80_slip_days', 'day') }} || ' after its target ' || worst_target_date
        when p80_slip_days is not null then 'Every open milestone is expected on or before its target (8 chances in 10)'
        else 'no open milestone has both a target and a forecast'
    end as detail
from latest_slips
union all
select
    moment_at,
    initiative_id,
    'schedule' as dimension,
    'milestone_overdue_days' as measure,
    greatest(overdue_days, 0) as value,
    coalesce(overdue_milestone_ids, []) as evidence,
    case
        when overdue_days > 0
            then '"' || overdue_name || '" was due on ' || overdue_target_date || ', ' || {{ counted('overdue_days', 'day') }} || ' ago'
        when overdue_days is not null then 'No open milestone is past its target'
        else 'no open milestone has a target'
    end as detail
from latest_slips
