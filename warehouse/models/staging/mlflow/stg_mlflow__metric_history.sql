-- One row per MLflow run and metric whose values are all read, in a list ordered by step and time.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(payload, ['$.run_id', '$.key']) as fields,
        coalesce(
            from_json(payload -> '$.metrics', '[{"value": "VARCHAR", "timestamp": "VARCHAR", "step": "BIGINT"}]'), []
        ) as metric_values
    from {{ source('raw', 'mlflow_metric_history') }}
    where is_current
)

select
    instance || ':' || id as metric_history_id,
    instance || ':' || fields[1] as mlflow_run_id,
    instance,
    fields[2] as metric,
    len(metric_values) as value_count,
    -- A value that is NaN or infinite is null, as in the runs: MLflow's servers write infinity as the largest double.
    list_sort(
        list_transform(
            metric_values,
            lambda item: struct_pack(
                step := coalesce(item['step'], 0),
                logged_at := {{ epoch_time("item['timestamp']") }},
                value := case
                    when isfinite(try_cast(item['value'] as double)) and abs(try_cast(item['value'] as double)) < 1.79e308
                        then try_cast(item['value'] as double)
                end
            )
        )
    ) as metric_values,
    deleted_at
from source
