-- One row per MLflow run, deleted ones included.
with source as (
    select
        instance,
        id,
        valid_from,
        deleted_at,
        -- Typed straight from the payload: each list cut out first would be written and parsed once more.
        from_json(
            payload,
            '{
                "info": {
                    "run_name": "VARCHAR", "experiment_id": "VARCHAR", "status": "VARCHAR", "lifecycle_stage": "VARCHAR",
                    "start_time": "VARCHAR", "end_time": "VARCHAR", "user_id": "VARCHAR", "artifact_uri": "VARCHAR"
                },
                "data": {
                    "params": [{"key": "VARCHAR", "value": "VARCHAR"}],
                    "tags": [{"key": "VARCHAR", "value": "VARCHAR"}],
                    "metrics": [{"key": "VARCHAR", "value": "DOUBLE", "timestamp": "BIGINT"}]
                },
                "inputs": {"dataset_inputs": [{"dataset": {"name": "VARCHAR", "digest": "VARCHAR"}}]}
            }'
        ) as run
    from {{ source('raw', 'mlflow_runs') }}
    where is_current
),

listed as (
    select
        instance,
        id,
        valid_from,
        deleted_at,
        run.info,
        run.inputs.dataset_inputs,
        {{ keyed('run.data.params') }} as param_pairs,
        {{ keyed('run.data.tags') }} as tag_pairs,
        {{ metric_entries('run.data.metrics') }} as metric_log
    from source
),

mapped as (
    select
        *,
        {{ map_of('param_pairs') }} as params,
        {{ map_of('tag_pairs') }} as tags,
        {{ map_of("list_transform(metric_log, lambda entry: struct_pack(key := entry['key'], value := entry['value']))") }} as metrics
    from listed
)

select
    instance || ':' || id as mlflow_run_id,
    instance || ':' || info.experiment_id as experiment_id,
    instance,
    info.run_name,
    info.status,
    info.lifecycle_stage,
    -- A deleted run changes no more: its newest version is the one that told of it.
    coalesce(deleted_at, case when info.lifecycle_stage = 'deleted' then valid_from end) as gone_at,
    gone_at is not null as is_deleted,
    coalesce(tags['mlflow.user'], nullif(info.user_id, '')) as user_account,
    instance || ':' || nullif(tags['mlflow.parentRunId'], '') as parent_mlflow_run_id,
    nullif(tags['mlflow.source.git.commit'], '') as git_commit,
    tags['mlflow.source.name'] as source_name,
    nullif(trim(tags['hub.initiative']), '') as initiative,
    coalesce(list_transform(dataset_inputs, lambda input: input['dataset']), []) as datasets,
    params,
    metrics,
    metric_log,
    list_filter(map_keys(metrics), lambda name: metrics[name] is null) as metrics_without_number,
    tags,
    info.artifact_uri,
    {{ epoch_time('info.start_time') }} as started_at,
    {{ epoch_time('info.end_time') }} as ended_at,
    valid_from,
    deleted_at
from mapped
