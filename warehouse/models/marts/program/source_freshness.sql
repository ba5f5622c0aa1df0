-- One row per source, instance and stream that a sync was ever attempted of.
with attempts as (
    select
        source,
        instance,
        stream,
        attempted_at,
        is_success,
        error
    from {{ ref('stg_hub__sync_attempts') }}
    where attempted_at <= {{ as_of() }}
),

latest as (
    select
        source,
        instance,
        stream,
        max(attempted_at) as last_attempt_at,
        max(attempted_at) filter (is_success) as last_success_at,
        arg_max(error, attempted_at) filter (not is_success) as last_error,
        max(attempted_at) filter (not is_success) as last_failure_at
    from attempts
    group by source, instance, stream
)

select
    source,
    instance,
    stream,
    last_attempt_at,
    last_success_at,
    {{ hours_between('last_success_at', as_of()) }} as age_hours,
    coalesce({{ hours_between('last_success_at', as_of()) }} > {{ threshold('source_stale_hours') }}, true) as is_stale,
    -- An error that a later success has healed is history.
    case when coalesce(last_failure_at > last_success_at, true) then last_error end as last_error
from latest
