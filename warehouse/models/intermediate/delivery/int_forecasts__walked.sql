-- One row per forecast or back-test and number of weeks that trials took: a Monte Carlo walk that draws a past week for every week to come.
-- The draw depends on seed, trial and week alone, so all forecasts meet the same luck and a rebuild gives the same dates;
-- and those that draw from the same past weeks, at whatever speed, are on the same walk.
with recursive settings as (
    select
        cast({{ threshold('forecast_seed') }} as integer) as seed,
        cast({{ threshold('forecast_horizon_weeks') }} as integer) as horizon_weeks
),

forecasts as (
    select
        forecast_id,
        weekly_counts,
        trial_count,
        -- Finished so many, however fast: counts times a factor such as 0.8 add up to whole numbers only nearly.
        (remaining_count - 1e-6) / throughput_factor as needed_count,
        dense_rank() over (order by weekly_counts, trial_count) as history_number
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

histories as (
    select
        history_number,
        any_value(weekly_counts) as weekly_counts,
        cast(len(any_value(weekly_counts)) as integer) as week_count,
        any_value(trial_count) as trial_count,
        max(needed_count) as needed_count
    from forecasts
    group by history_number
),

past_weeks as (
    select
        history_number,
        cast(unnest(range(week_count)) as integer) as number,
        unnest(weekly_counts) as finished_count
    from histories
),

walk as (
    select
        histories.history_number,
        histories.week_count,
        histories.needed_count,
        cast(trials.range as integer) as trial,
        0 as weeks,
        cast(-1 as bigint) as before_count,
        cast(0 as bigint) as finished_count
    from histories
    cross join lateral range(histories.trial_count) as trials
    union all
    select
        walk.history_number,
        walk.week_count,
        walk.needed_count,
        walk.trial,
        walk.weeks + 1 as weeks,
        walk.finished_count as before_count,
        walk.finished_count + past_weeks.finished_count as finished_count
    from walk
    cross join settings
    inner join past_weeks
        on
            walk.history_number = past_weeks.history_number
            and cast(hash(settings.seed, walk.trial, walk.weeks) % walk.week_count as integer) = past_weeks.number
    where walk.finished_count < walk.needed_count and walk.weeks < settings.horizon_weeks
),

steps as (
    select
        history_number,
        weeks,
        before_count,
        finished_count,
        count(*) as trial_count
    from walk
    group by all
),

finished as (
    select
        forecasts.forecast_id,
        steps.weeks,
        cast(sum(steps.trial_count) as bigint) as trial_count
    from forecasts
    inner join steps
        on
            forecasts.history_number = steps.history_number
            and forecasts.needed_count > steps.before_count
            and forecasts.needed_count <= steps.finished_count
    group by all
),

unfinished as (
    select
        forecasts.forecast_id,
        any_value(settings.horizon_weeks) as weeks,
        cast(any_value(forecasts.trial_count) - coalesce(sum(finished.trial_count), 0) as bigint) as trial_count
    from forecasts
    cross join settings
    left join finished on forecasts.forecast_id = finished.forecast_id
    group by forecasts.forecast_id
)

select
    forecast_id,
    weeks,
    true as is_finished,
    trial_count
from finished
union all
select
    forecast_id,
    weeks,
    false as is_finished,
    trial_count
from unfinished
where trial_count > 0
