-- One row per registered model or version and landed state of it, as a map of what people can set: description, stage, tags, aliases...
-- Each name says what it is: "tag hub.owner", "alias champion". A state of a deleted record is empty.
with models as (
    select
        'model' as subject_kind,
        model_id as subject_id,
        instance,
        'registered_models' as stream,
        model_id,
        cast(null as varchar) as version,
        deleted_at is not null as is_gone,
        created_at,
        updated_at,
        coalesce(deleted_at, valid_from) as seen_at,
        list_concat(
            [{ 'key': 'description', 'value': description }],
            list_transform(map_entries(tags), lambda tag: { 'key': 'tag ' || tag['key'], 'value': tag['value'] }),
            list_transform(aliases, lambda item: { 'key': 'alias ' || item['alias'], 'value': item['version'] })
        ) as entries
    from {{ ref('stg_mlflow__registered_models') }}
),

versions as (
    select
        'version' as subject_kind,
        model_version_id as subject_id,
        instance,
        'model_versions' as stream,
        model_id,
        version,
        deleted_at is not null as is_gone,
        created_at,
        updated_at,
        coalesce(deleted_at, valid_from) as seen_at,
        list_concat(
            [
                { 'key': 'description', 'value': description },
                { 'key': 'stage', 'value': registry_stage },
                { 'key': 'status', 'value': status }
            ],
            list_transform(map_entries(tags), lambda tag: { 'key': 'tag ' || tag['key'], 'value': tag['value'] })
        ) as entries
    from {{ ref('stg_mlflow__model_versions') }}
),

states as (
    select * from models
    union all by name
    select * from versions
)

select
    * exclude (entries),
    map_from_entries(case when is_gone then [] else list_filter(entries, lambda entry: entry['value'] is not null) end) as facts
from states
