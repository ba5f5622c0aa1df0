-- One row per MLflow experiment, deleted ones included.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            ['$.experiment_id', '$.name', '$.lifecycle_stage', '$.creation_time', '$.last_update_time']
        ) as fields,
        {{ tag_map("payload -> '$.tags'") }} as tags
    from {{ source('raw', 'mlflow_experiments') }}
    where is_current
)

select
    instance || ':' || id as experiment_id,
    instance,
    fields[2] as experiment_name,
    fields[3] as lifecycle_stage,
    coalesce(fields[3] = 'deleted', false) or deleted_at is not null as is_deleted,
    tags,
    {{ epoch_time('fields[4]') }} as created_at,
    {{ epoch_time('fields[5]') }} as updated_at,
    deleted_at
from source
