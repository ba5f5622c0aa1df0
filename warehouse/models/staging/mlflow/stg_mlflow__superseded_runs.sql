-- One row per MLflow run and landed version of it that is no longer the newest: whether it was in the list, in the bin or gone.
select
    instance || ':' || id as mlflow_run_id,
    instance,
    payload ->> '$.info.lifecycle_stage' as lifecycle_stage,
    valid_from,
    valid_to,
    deleted_at
from {{ source('raw', 'mlflow_runs') }}
where not is_current
