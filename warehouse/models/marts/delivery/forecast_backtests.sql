-- One row per project and past month end at which the forecast could have been made.
select
    backtests.project_key,
    backtests.cutoff_date,
    backtests.remaining_count,
    cast(len(backtests.weekly_counts) as integer) as throughput_weeks,
    cast(backtests.cutoff_date + 7 * ranked.p50_weeks as date) as p50_date,
    cast(backtests.cutoff_date + 7 * ranked.p80_weeks as date) as p80_date,
    cast(backtests.cutoff_date + 7 * ranked.p95_weeks as date) as p95_date,
    observed.actual_date,
    {{ is_met('backtests.cutoff_date + 7 * ranked.p50_weeks', 'observed.actual_date') }} as is_p50_hit,
    {{ is_met('backtests.cutoff_date + 7 * ranked.p80_weeks', 'observed.actual_date') }} as is_p80_hit,
    {{ is_met('backtests.cutoff_date + 7 * ranked.p95_weeks', 'observed.actual_date') }} as is_p95_hit
from {{ ref('int_backtests__prepared') }} as backtests
inner join {{ ref('int_forecasts__ranked') }} as ranked on backtests.forecast_id = ranked.forecast_id
left join {{ ref('int_backtests__observed') }} as observed on backtests.forecast_id = observed.forecast_id
