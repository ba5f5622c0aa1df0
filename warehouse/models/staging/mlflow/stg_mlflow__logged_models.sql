-- One row per model that an MLflow run logged, registered or not, deleted ones included.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            [
                '$.info.experiment_id', '$.info.name', '$.info.status', '$.info.model_type', '$.info.source_run_id',
                '$.info.artifact_uri', '$.info.creation_timestamp_ms', '$.info.last_updated_timestamp_ms'
            ]
        ) as fields,
        {{ tag_map("payload -> '$.data.params'") }} as params,
        {{ tag_map("payload -> '$.info.tags'") }} as tags,
        coalesce(
            from_json(
                payload -> '$.data.metrics',
                '[{"key": "VARCHAR", "value": "VARCHAR", "dataset_name": "VARCHAR", "dataset_digest": "VARCHAR"}]'
            ),
            []
        ) as metrics
    from {{ source('raw', 'mlflow_logged_models') }}
    where is_current
)

select
    instance || ':' || id as logged_model_id,
    instance || ':' || fields[1] as experiment_id,
    instance || ':' || nullif(fields[5], '') as mlflow_run_id,
    instance,
    fields[2] as logged_model_name,
    fields[4] as model_type,
    nullif(fields[3], '') as status,
    fields[6] as artifact_uri,
    params,
    tags,
    metrics,
    {{ epoch_time('fields[7]') }} as created_at,
    {{ epoch_time('fields[8]') }} as updated_at,
    deleted_at
from source
