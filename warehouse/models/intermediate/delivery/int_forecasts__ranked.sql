-- One row per forecast or back-test: the weeks by whose end 50, 80 and 95 % of its trials were done; null if not within the horizon.
with cumulated as (
    select
        forecast_id,
        weeks,
        is_finished,
        sum(trial_count) over (partition by forecast_id order by weeks asc, is_finished desc rows unbounded preceding)
        / sum(trial_count) over (partition by forecast_id) as share_by_then
    from {{ ref('int_forecasts__walked') }}
)

select
    forecast_id,
    cast(min(weeks) filter (is_finished and share_by_then >= 0.50) as integer) as p50_weeks,
    cast(min(weeks) filter (is_finished and share_by_then >= 0.80) as integer) as p80_weeks,
    cast(min(weeks) filter (is_finished and share_by_then >= 0.95) as integer) as p95_weeks
from cumulated
group by forecast_id
