-- One row per MLflow run and move of it that a sync saw: deleted (into MLflow's bin), restored from it, or purged for good.
with states as (
    select
        mlflow_run_id,
        instance,
        lifecycle_stage,
        deleted_at,
        valid_from
    from {{ ref('stg_mlflow__superseded_runs') }}
    union all by name
    select
        mlflow_run_id,
        instance,
        lifecycle_stage,
        deleted_at,
        valid_from
    from {{ ref('stg_mlflow__runs') }}
),

placed as (
    select
        mlflow_run_id,
        instance,
        case when deleted_at is not null then 'purged' when lifecycle_stage = 'deleted' then 'deleted' else 'restored' end as what,
        coalesce(deleted_at, valid_from) as seen_at
    from states
)

select
    *,
    lag(seen_at) over by_time as former_seen_at,
    seen_at = min(seen_at) over (partition by instance) as is_first_look
from placed
window by_time as (partition by mlflow_run_id order by seen_at)
-- Every run begins in the list: that a first version is there is no news.
qualify what <> lag(what, 1, 'restored') over by_time
