-- One row per MLflow run, deleted ones included.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            [
                '$.info.run_name', '$.info.experiment_id', '$.info.status', '$.info.lifecycle_stage',
                '$.info.start_time', '$.info.end_time', '$.info.user_id', '$.info.artifact_uri'
            ]
        ) as fields,
        {{ pairs("payload -> '$.data.params'") }} as param_pairs,
        {{ pairs("payload -> '$.data.tags'") }} as tag_pairs,
        {{ pairs("payload -> '$.data.metrics'") }} as metric_pairs,
        coalesce(
            from_json(payload -> '$.inputs.dataset_inputs', '[{"dataset": {"name": "VARCHAR", "digest": "VARCHAR"}}]'),
            []
        ) as dataset_inputs
    from {{ source('raw', 'mlflow_runs') }}
    where is_current
),

mapped as (
    select
        *,
        {{ map_of('param_pairs') }} as params,
        {{ map_of('tag_pairs') }} as tags,
        map_entries({{ map_of('metric_pairs') }}) as metric_texts
    from source
),

typed as (
    select
        *,
        list_transform(
            metric_texts, lambda entry: struct_pack(key := entry['key'], value := try_cast(entry['value'] as double))
        ) as metric_entries
    from mapped
)

select
    instance || ':' || id as mlflow_run_id,
    instance || ':' || fields[2] as experiment_id,
    instance,
    fields[1] as run_name,
    fields[3] as status,
    fields[4] as lifecycle_stage,
    coalesce(fields[4] = 'deleted', false) or deleted_at is not null as is_deleted,
    coalesce(tags['mlflow.user'], nullif(fields[7], '')) as user_account,
    instance || ':' || nullif(tags['mlflow.parentRunId'], '') as parent_mlflow_run_id,
    nullif(tags['mlflow.source.git.commit'], '') as git_commit,
    tags['mlflow.source.name'] as source_name,
    nullif(trim(tags['hub.initiative']), '') as initiative,
    list_transform(dataset_inputs, lambda input: input['dataset']) as datasets,
    params,
    -- MLflow's servers write infinity as the largest double they can.
    map_from_entries(
        list_transform(
            metric_entries,
            lambda entry: struct_pack(
                key := entry['key'],
                value := case when isfinite(entry['value']) and abs(entry['value']) < 1.79e308 then entry['value'] end
            )
        )
    ) as metrics,
    list_transform(
        list_filter(
            metric_entries, lambda entry: not coalesce(isfinite(entry['value']) and abs(entry['value']) < 1.79e308, false)
        ),
        lambda entry: entry['key']
    ) as metrics_without_number,
    tags,
    fields[8] as artifact_uri,
    {{ epoch_time('fields[5]') }} as started_at,
    {{ epoch_time('fields[6]') }} as ended_at,
    deleted_at
from typed
