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
    case
        when observed.actual_date is not null then observed.actual_date <= backtests.cutoff_date + 7 * ranked.p80_weeks
        -- Not there yet: missed once the date is past, open until then.
        when {{ local_date(as_of()) }} > backtests.cutoff_date + 7 * ranked.p80_weeks then false
    end as is_p80_hit
from {{ ref('int_backtests__prepared') }} as backtests
inner join {{ ref('int_forecasts__ranked') }} as ranked on backtests.forecast_id = ranked.forecast_id
left join {{ ref('int_backtests__observed') }} as observed on backtests.forecast_id = observed.forecast_id
