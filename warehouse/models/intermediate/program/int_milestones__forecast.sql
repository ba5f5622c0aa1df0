-- One row per moment and open milestone: the day by which it was expected then in 8 of 10 trials; null where there was no forecast.
-- The present one is the published forecast; those of the past have as many trials as a back-test.
select
    {{ as_of() }} as moment_at,
    scope_id as milestone_id,
    p80_date
from {{ ref('delivery_forecasts') }}
where scope_kind = 'milestone' and scenario = 'base'
union all
select
    replayed.moment_at,
    replayed.milestone_id,
    case
        when replayed.can_be_forecast then cast({{ local_date('replayed.moment_at') }} + 7 * ranked.p80_weeks as date)
        when replayed.open_count = 0 then replayed.last_done_date
    end as p80_date
from {{ ref('int_milestones__replayed') }} as replayed
left join {{ ref('int_forecasts__ranked') }} as ranked on replayed.forecast_id = ranked.forecast_id
where replayed.moment_at < {{ as_of() }}
