-- One row per moment and instance of a source that tells its own history (issues of Jira, runs of MLflow): up to when it was known then.
-- What came after the last look before a moment nobody knew at it. Before the first look at any instance of a source its past is told by
-- its own time stamps; of an instance that was added later nothing was known before, so it has no row there.
with attempts as (
    select
        source,
        instance,
        attempted_at
    from {{ ref('stg_hub__sync_attempts') }}
    where is_success and ((source = 'jira' and stream = 'issues') or (source = 'mlflow' and stream = 'runs'))
),

instances as (
    select
        source,
        instance
    from attempts
    union
    select
        'jira' as source,
        instance
    from {{ ref('stg_jira__issues') }}
    union
    select
        'mlflow' as source,
        instance
    from {{ ref('stg_mlflow__runs') }}
),

first_looks as (
    select
        source,
        min(attempted_at) as looked_at
    from attempts
    group by source
),

last_looks as (
    select
        moments.moment_at,
        attempts.source,
        attempts.instance,
        max(attempts.attempted_at) as looked_at
    from {{ ref('int_moments') }} as moments
    inner join attempts on moments.moment_at >= attempts.attempted_at
    group by moments.moment_at, attempts.source, attempts.instance
)

select
    moments.moment_at,
    moments.moment_rank,
    instances.source,
    instances.instance,
    case
        when moments.week_date is null or coalesce(moments.moment_at < first_looks.looked_at, true) then moments.moment_at
        else last_looks.looked_at
    end as known_at
from {{ ref('int_moments') }} as moments
cross join instances
left join first_looks on instances.source = first_looks.source
left join last_looks
    on
        moments.moment_at = last_looks.moment_at
        and instances.source = last_looks.source
        and instances.instance = last_looks.instance
where
    moments.week_date is null
    or coalesce(moments.moment_at < first_looks.looked_at, true)
    or last_looks.looked_at is not null
