-- One row per moment, scope (an initiative, or * for the program) and month: earned value and earned schedule (ANSI/EIA-748, PMBOK;
-- Lipke 2003) as known at the moment.
with valued as (
    select * from {{ ref('int_scopes__valued') }}
    where period >= 1
),

-- Planned duration: the period in which the plan reaches its budget.
durations as (
    select
        plans.moment_at,
        plans.scope_id,
        plans.status_month_date,
        min(plans.period) as planned_periods
    from {{ ref('int_plans__cumulated') }} as plans
    where plans.period >= 1 and plans.pv_amount >= plans.bac_amount * (1 - 1e-12)
    group by plans.moment_at, plans.scope_id, plans.status_month_date
),

-- N: the last period whose planned value is earned.
reached as (
    select
        valued.moment_at,
        valued.scope_id,
        valued.month_date,
        coalesce(max(plans.period) filter (where plans.pv_amount <= valued.ev_amount), 0) as n,
        coalesce(max(plans.pv_amount) filter (where plans.pv_amount <= valued.ev_amount), 0.0) as pv_n,
        min(plans.pv_amount) filter (where plans.pv_amount > valued.ev_amount) as pv_next
    from valued
    inner join {{ ref('int_plans__cumulated') }} as plans
        on
            valued.moment_at = plans.moment_at
            and valued.scope_id = plans.scope_id
            and valued.status_month_date = plans.status_month_date
    where plans.period >= 1 and valued.ev_amount is not null
    group by valued.moment_at, valued.scope_id, valued.month_date
),

measured as (
    select
        valued.*,
        durations.planned_periods,
        coalesce(valued.ev_amount >= valued.bac_amount * (1 - 1e-12), false) as is_complete,
        case
            when valued.bac_amount is null or valued.bac_amount <= 0 or valued.is_partial or valued.is_future then null
            when is_complete then durations.planned_periods
            else reached.n + (valued.ev_amount - reached.pv_n) / (reached.pv_next - reached.pv_n)
        end as earned_schedule_months,
        -- Once everything is earned the clock stands still.
        case
            when is_complete
                then min(valued.period) filter (where is_complete) over (partition by valued.moment_at, valued.scope_id)
            else valued.period
        end as actual_months,
        case when not valued.is_partial and not valued.is_future then valued.ev_amount end as closed_ev_amount,
        case
            when not valued.is_partial and not valued.is_future and not valued.is_by_spend and valued.ac_amount > 0
                then valued.ev_amount / valued.ac_amount
        end as cpi,
        case
            when not valued.is_partial and not valued.is_future and valued.pv_amount > 0
                then valued.ev_amount / valued.pv_amount
        end as spi
    from valued
    left join durations
        on
            valued.moment_at = durations.moment_at
            and valued.scope_id = durations.scope_id
            and valued.status_month_date = durations.status_month_date
    left join reached
        on valued.moment_at = reached.moment_at and valued.scope_id = reached.scope_id and valued.month_date = reached.month_date
)

select
    moment_at,
    scope_id,
    initiative_id,
    month_date,
    not is_partial and not is_future as is_closed,
    is_awaited,
    baseline_version,
    bac_amount,
    pv_amount,
    ev_amount,
    ac_amount,
    case when not is_by_spend then closed_ev_amount - ac_amount end as cv_amount,
    closed_ev_amount - pv_amount as sv_amount,
    cpi,
    spi,
    bac_amount / nullif(cpi, 0) as eac_amount,
    case when not is_by_spend then ac_amount + bac_amount - closed_ev_amount end as eac_budget_rate_amount,
    ac_amount + (bac_amount - ev_amount) / nullif(cpi * spi, 0) as eac_schedule_cost_amount,
    eac_amount - ac_amount as etc_amount,
    bac_amount - eac_amount as vac_amount,
    bac_amount * {{ threshold('variance_tolerance_share') }} as vac_tolerance_amount,
    case
        when not is_by_spend and bac_amount > ac_amount then (bac_amount - closed_ev_amount) / (bac_amount - ac_amount)
    end as tcpi,
    planned_periods as planned_duration_months,
    actual_months,
    earned_schedule_months,
    earned_schedule_months - actual_months as sv_t_months,
    earned_schedule_months / actual_months as spi_t,
    planned_periods / nullif(spi_t, 0) as ieac_t_months,
    percent_complete_share,
    nullif(
        concat_ws(
            '; ',
            nullif(notes, ''),
            case
                when is_partial or is_future then null
                when is_by_spend
                    then 'what the money earns cannot be told: progress is taken from what was spent, not from points or counts'
                when ac_amount = 0 then 'nothing was spent yet, so what the money earns cannot be told'
            end,
            case when ev_amount = 0 and not is_partial then 'nothing is earned yet, so what it will cost in all cannot be told' end,
            case when ac_amount >= bac_amount and not is_partial then 'the budget is spent: nothing is left of it for work to come' end
        ),
        ''
    ) as notes
from measured
