-- One row per milestone of the roadmap.
with dated as (
    select
        milestones.*,
        forecasts.p50_date as forecast_p50_date,
        forecasts.p80_date as forecast_p80_date,
        forecasts.on_time_share,
        forecasts.reason as forecast_reason,
        date_diff('day', milestones.target_date, forecasts.p80_date) as p80_slip_days,
        date_diff('day', milestones.target_date, {{ local_date(as_of()) }}) as overdue_days
    from {{ ref('int_milestones__planned') }} as milestones
    left join {{ ref('delivery_forecasts') }} as forecasts
        on forecasts.scope_kind = 'milestone' and milestones.milestone_id = forecasts.scope_id and forecasts.scenario = 'base'
),

delays as (
    select
        milestone_id,
        'milestone_p80_slip_days' as measure,
        greatest(p80_slip_days, 0) as delay_days
    from dated
    union all
    select
        milestone_id,
        'milestone_overdue_days' as measure,
        greatest(overdue_days, 0) as delay_days
    from dated
),

verdicts as (
    select
        delays.milestone_id,
        {{ colour('delays.delay_days', 'rules') }} as status
    from delays
    inner join {{ ref('status_rules') }} as rules on delays.measure = rules.measure
),

judged as (
    select
        milestone_id,
        {{ worst('status') }} as status
    from verdicts
    where status is not null
    group by milestone_id
)

select
    dated.milestone_id,
    dated.initiative_id,
    dated.name,
    dated.baseline_date,
    dated.baseline_method,
    dated.target_date,
    case when dated.done_date is null then dated.forecast_p50_date end as forecast_p50_date,
    case when dated.done_date is null then dated.forecast_p80_date end as forecast_p80_date,
    dated.done_date,
    date_diff(
        'day', dated.baseline_date, coalesce(dated.done_date, dated.forecast_p80_date, dated.target_date)
    ) as slip_days,
    case when dated.done_date is null then dated.on_time_share end as on_time_share,
    case
        when dated.done_date is not null then 'done'
        -- Not late yet, but nothing says that it will be on time.
        when dated.p80_slip_days is null and coalesce(judged.status, 'green') = 'green' then 'white'
        else judged.status
    end as status,
    case when dated.done_date is null then dated.forecast_reason end as forecast_reason
from dated
left join judged on dated.milestone_id = judged.milestone_id
