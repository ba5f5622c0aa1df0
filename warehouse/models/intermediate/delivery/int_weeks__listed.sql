-- One row per local week from the first issue or pull request on; the last one is under way.
with bounds as (
    select min(first_at) as first_at
    from (
        select min(created_at) as first_at from {{ ref('stg_jira__issues') }}
        union all
        select min(created_at) from {{ ref('stg_github__pull_requests') }}
    )
),

weeks as (
    select
        cast(unnest(
            generate_series(
                {{ local_week('coalesce(first_at, ' ~ as_of() ~ ')') }},
                {{ local_week(as_of()) }},
                interval 7 days
            )
        ) as date) as week_date
    from bounds
)

select
    week_date,
    {{ day_start('week_date') }} as starts_at,
    -- What stood at the end of a week stood just before the next one; the week under way ends now.
    least({{ day_start('week_date + 7') }}, {{ as_of() }}) as ends_at,
    {{ day_start('week_date + 7') }} <= {{ as_of() }} as is_full
from weeks
