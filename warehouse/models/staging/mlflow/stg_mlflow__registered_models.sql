-- One row per registered model and landed version of it: edits of aliases and tags move no time stamp at the source.
with source as (
    select
        instance,
        id,
        valid_from,
        valid_to,
        is_current,
        deleted_at,
        json_extract_string(
            payload, ['$.name', '$.description', '$.creation_timestamp', '$.last_updated_timestamp', '$.user_id']
        ) as fields,
        {{ tag_map("payload -> '$.tags'") }} as tags,
        coalesce(from_json(payload -> '$.aliases', '[{"alias": "VARCHAR", "version": "VARCHAR"}]'), []) as aliases
    from {{ source('raw', 'mlflow_registered_models') }}
)

select
    instance || ':' || id as model_id,
    instance,
    fields[1] as model_name,
    nullif(trim(fields[2]), '') as description,
    nullif(fields[5], '') as user_account,
    list_filter(aliases, lambda item: item['alias'] is not null and item['version'] is not null) as aliases,
    tags,
    {{ epoch_time('fields[3]') }} as created_at,
    {{ epoch_time('fields[4]') }} as updated_at,
    valid_from,
    valid_to,
    is_current,
    is_current and deleted_at is null as is_live,
    deleted_at
from source
