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
        list_filter(
            coalesce(
                from_json(payload -> '$.data.metrics', '[{"key": "VARCHAR", "value": "VARCHAR", "timestamp": "VARCHAR"}]'), []
            ),
            lambda entry: entry['key'] is not null
        ) as metric_entries,
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
        {{ map_of('tag_pairs') }} as tags
    from source
),

typed as (
    select
        *,
        list_transform(
            metric_entries,
            lambda entry: struct_pack(
                key := entry['key'],
                -- MLflow's servers write infinity as the largest double they can.
                value := case
                    when isfinite(try_cast(entry['value'] as double)) and abs(try_cast(entry['value'] as double)) < 1.79e308
                        then try_cast(entry['value'] as double)
                end,
                logged_at := {{ epoch_time("entry['timestamp']") }}
            )
        ) as metric_log
    from mapped
),

measured as (
    select
        *,
        {{ map_of("list_transform(metric_log, lambda entry: struct_pack(key := entry['key'], value := entry['value']))") }} as metrics
    from typed
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
    metrics,
    metric_log,
    list_filter(map_keys(metrics), lambda name: metrics[name] is null) as metrics_without_number,
    tags,
    fields[8] as artifact_uri,
    {{ epoch_time('fields[5]') }} as started_at,
    {{ epoch_time('fields[6]') }} as ended_at,
    deleted_at
from measured
