-- One row per MLflow run and landed version of it that is no longer the newest: in the list, in the bin or gone, with its metrics.
with source as (
    select
        instance,
        id,
        from_json(
            payload,
            '{
                "info": {"lifecycle_stage": "VARCHAR"},
                "data": {"metrics": [{"key": "VARCHAR", "value": "DOUBLE", "timestamp": "BIGINT"}]}
            }'
        ) as run,
        valid_from,
        valid_to,
        deleted_at
    from {{ source('raw', 'mlflow_runs') }}
    where not is_current
)

select
    instance || ':' || id as mlflow_run_id,
    instance,
    run.info.lifecycle_stage,
    {{ metric_entries('run.data.metrics') }} as metric_log,
    valid_from,
    valid_to,
    deleted_at
from source
