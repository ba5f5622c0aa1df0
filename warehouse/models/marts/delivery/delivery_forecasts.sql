-- One row per scope (initiative, milestone or open epic) and scenario.
with chances as (
    select
        prepared.forecast_id,
        coalesce(
            sum(walked.trial_count) filter (walked.is_finished and prepared.from_date + 7 * walked.weeks <= prepared.target_date), 0
        ) / sum(walked.trial_count) as on_time_share
    from {{ ref('int_forecasts__prepared') }} as prepared
    inner join {{ ref('int_forecasts__walked') }} as walked on prepared.forecast_id = walked.forecast_id
    where prepared.target_date is not null
    group by prepared.forecast_id
)

select
    prepared.scope_kind,
    prepared.scope_id,
    prepared.scenario,
    prepared.open_count,
    prepared.remaining_count,
    cast(len(prepared.weekly_counts) as integer) as throughput_weeks,
    list_avg(prepared.weekly_counts) as throughput_per_week,
    cast(coalesce(prepared.from_date + 7 * percentiles.p50_weeks, ended.ended_date) as date) as p50_date,
    cast(coalesce(prepared.from_date + 7 * percentiles.p80_weeks, ended.ended_date) as date) as p80_date,
    cast(coalesce(prepared.from_date + 7 * percentiles.p95_weeks, ended.ended_date) as date) as p95_date,
    prepared.target_date,
    case
        when ended.ended_date is not null then cast(ended.ended_date <= prepared.target_date as double)
        else chances.on_time_share
    end as on_time_share,
    cast(case when prepared.reason is null then {{ threshold('forecast_trials') }} end as integer) as trial_count,
    cast(case when prepared.reason is null then {{ threshold('forecast_seed') }} end as integer) as seed,
    prepared.reason,
    coalesce(calibrations.backtest_count, 0) as backtest_count,
    calibrations.p80_hit_share as backtest_p80_hit_share
from {{ ref('int_forecasts__prepared') }} as prepared
left join {{ ref('int_forecasts__ranked') }} as percentiles on prepared.forecast_id = percentiles.forecast_id
left join chances on prepared.forecast_id = chances.forecast_id
left join {{ ref('int_forecasts__calibrated') }} as calibrations
    on prepared.scope_kind = calibrations.scope_kind and prepared.scope_id = calibrations.scope_id
left join lateral (
    -- What is done has its date and no luck left.
    select coalesce(prepared.done_date, prepared.last_done_date) as ended_date
    where prepared.done_date is not null or prepared.open_count = 0
) as ended on true
