-- One row per forecast or back-test and number of weeks that trials took: a Monte Carlo walk that draws a past week for every week to come.
-- The draw depends on seed, trial and week alone, so all forecasts meet the same luck and a rebuild gives the same dates.
with recursive settings as (
    select
        cast({{ threshold('forecast_seed') }} as integer) as seed,
        cast({{ threshold('forecast_horizon_weeks') }} as integer) as horizon_weeks
),

forecasts as (
    select
        forecast_id,
        remaining_count,
        list_transform(weekly_counts, lambda c: c * throughput_factor) as weekly_counts,
        len(weekly_counts) as week_count,
        trial_count
    from (
        select
            forecast_id,
            remaining_count,
            weekly_counts,
            throughput_factor,
            cast({{ threshold('forecast_trials') }} as integer) as trial_count
        from {{ ref('int_forecasts__prepared') }}
        where reason is null
        union all
        select
            forecast_id,
            remaining_count,
            weekly_counts,
            throughput_factor,
            trial_count
        from {{ ref('int_backtests__prepared') }}
        union all
        select
            forecast_id,
            remaining_count,
            weekly_counts,
            throughput_factor,
            trial_count
        from {{ ref('int_milestones__replayed') }}
        where can_be_forecast and moment_at < {{ as_of() }}
    )
),

walk as (
    select
        forecasts.forecast_id,
        cast(trials.range as integer) as trial,
        0 as weeks,
        cast(forecasts.remaining_count as double) as remaining
    from forecasts
    cross join lateral range(forecasts.trial_count) as trials
    union all
    select
        walk.forecast_id,
        walk.trial,
        walk.weeks + 1 as weeks,
        walk.remaining
        - forecasts.weekly_counts[cast(1 + hash(settings.seed, walk.trial, walk.weeks) % forecasts.week_count as bigint)] as remaining
    from walk
    inner join forecasts on walk.forecast_id = forecasts.forecast_id
    cross join settings
    -- Counts times a factor such as 0.8 add up to whole numbers only nearly.
    where walk.remaining > 1e-6 and walk.weeks < settings.horizon_weeks
)

select
    walk.forecast_id,
    walk.weeks,
    walk.remaining <= 1e-6 as is_finished,
    count(*) as trial_count
from walk
cross join settings
where walk.remaining <= 1e-6 or walk.weeks = settings.horizon_weeks
group by all
