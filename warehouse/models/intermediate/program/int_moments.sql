-- One row per moment for which the program is judged: the present, and the ends of the last full local weeks.
-- What stood at the end of a week is what a build as of its Sunday shows: the last second of that local day.
with looks as (
    select
        source,
        min(attempted_at) as first_at
    from {{ ref('stg_hub__sync_attempts') }}
    where is_success
    group by source
),

bounds as (
    select
        -- An instance that is added later takes no week back; and no status of a week reads what GitHub tells.
        max(first_at) filter (where source <> 'github') as all_known_at,
        least(
            min({{ local_week('first_at') }}), (select min(listed.week_date) from {{ ref('int_weeks__listed') }} as listed)
        ) as first_week_date
    from looks
),

weeks as (
    select cast({{ local_week(as_of()) }} - 7 * cast(numbers.range as integer) as date) as week_date
    from range(cast({{ threshold('status_history_weeks') }} as bigint) + 1) as numbers
),

moments as (
    select
        weeks.week_date,
        {{ day_start('weeks.week_date + 7') }} - interval 1 second as moment_at
    from weeks
    inner join bounds on weeks.week_date >= bounds.first_week_date
    where {{ day_start('weeks.week_date + 7') }} - interval 1 second < {{ as_of() }}
    union all by name
    select {{ as_of() }} as moment_at
)

select
    moments.moment_at,
    row_number() over (order by moments.moment_at) as moment_rank,
    moments.week_date,
    {{ local_date('moments.moment_at') }} as moment_date,
    cast(date_trunc('month', {{ local_date('moments.moment_at') }}) as date) as month_date,
    case when moments.moment_at >= bounds.all_known_at then 'known' else 'reconstructed' end as basis
from moments
cross join bounds
