-- One row per moment for which the program is judged: the present, and the ends of the last full local weeks.
-- What stood at the end of a week is what a build as of its Sunday shows: the last second of that local day.
-- Issues and runs tell their own history, but what came after the last look before a moment nobody knew at it.
with attempts as (
    select
        source,
        instance,
        stream,
        attempted_at
    from {{ ref('stg_hub__sync_attempts') }}
    where is_success
),

looks as (
    select
        source,
        instance,
        min(attempted_at) as first_at
    from attempts
    group by source, instance
),

bounds as (
    select
        max(first_at) as all_known_at,
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
),

last_looks as (
    select
        moments.moment_at,
        attempts.stream,
        attempts.instance,
        max(attempts.attempted_at) as looked_at
    from moments
    inner join attempts on moments.moment_at >= attempts.attempted_at
    where
        moments.week_date is not null
        and ((attempts.source = 'jira' and attempts.stream = 'issues') or (attempts.source = 'mlflow' and attempts.stream = 'runs'))
    group by moments.moment_at, attempts.stream, attempts.instance
),

known as (
    -- Of several instances the one that was looked at longest ago.
    select
        moment_at,
        min(looked_at) filter (where stream = 'issues') as issues_at,
        min(looked_at) filter (where stream = 'runs') as runs_at
    from last_looks
    group by moment_at
)

select
    moments.moment_at,
    moments.week_date,
    {{ local_date('moments.moment_at') }} as moment_date,
    cast(date_trunc('month', {{ local_date('moments.moment_at') }}) as date) as month_date,
    case when moments.moment_at >= bounds.all_known_at then 'known' else 'reconstructed' end as basis,
    coalesce(known.issues_at, moments.moment_at) as issues_known_at,
    coalesce(known.runs_at, moments.moment_at) as runs_known_at
from moments
cross join bounds
left join known on moments.moment_at = known.moment_at
