-- One row per version of a registered model and landed version of that: stages and tags move no time stamp at the source.
with source as (
    select
        instance,
        id,
        valid_from,
        valid_to,
        is_current,
        deleted_at,
        json_extract_string(
            payload,
            [
                '$.name', '$.version', '$.creation_timestamp', '$.last_updated_timestamp', '$.current_stage', '$.source',
                '$.run_id', '$.status', '$.description', '$.user_id'
            ]
        ) as fields,
        {{ tag_map("payload -> '$.tags'") }} as tags
    from {{ source('raw', 'mlflow_model_versions') }}
)

select
    instance || ':' || id as model_version_id,
    instance || ':' || fields[1] as model_id,
    instance || ':' || nullif(fields[7], '') as mlflow_run_id,
    instance,
    fields[2] as version,
    nullif(nullif(fields[5], 'None'), '') as registry_stage,
    fields[6] as source_uri,
    fields[8] as status,
    nullif(trim(fields[9]), '') as description,
    nullif(fields[10], '') as user_account,
    tags,
    {{ epoch_time('fields[3]') }} as created_at,
    {{ epoch_time('fields[4]') }} as updated_at,
    valid_from,
    valid_to,
    is_current,
    is_current and deleted_at is null as is_live,
    deleted_at
from source
