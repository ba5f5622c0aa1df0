-- One row per local day of the data, with the working hours that lie before it.
with bounds as (
    select
        coalesce({{ local_date('min(first_at)') }}, {{ local_date(as_of()) }}) - 1 as first_date,
        {{ local_date(as_of()) }} + 1 as last_date
    from (
        select min(created_at) as first_at from {{ ref('stg_jira__issues') }}
        union all
        select min(created_at) from {{ ref('stg_github__pull_requests') }}
        union all
        select min(created_at) from {{ ref('stg_github__issues') }}
        union all
        select min(created_at) from {{ ref('stg_github__deployments') }}
        union all
        select min(published_at) from {{ ref('stg_github__releases') }}
    )
),

days as (
    select cast(unnest(generate_series(first_date, last_date, interval 1 day)) as date) as day_date
    from bounds
),

classified as (
    select
        days.day_date,
        {{ day_start('days.day_date') }} as starts_at,
        {{ day_start('days.day_date + 1') }} as ends_at,
        isodow(days.day_date) < 6 and holidays.holiday_date is null as is_working_day
    from days
    left join {{ ref('holidays') }} as holidays on days.day_date = holidays.holiday_date
)

select
    *,
    coalesce(
        sum(case when is_working_day then {{ hours_between('starts_at', 'ends_at') }} else 0 end)
            over (order by day_date rows between unbounded preceding and 1 preceding),
        0
    ) as working_hours_before
from classified
