-- One row per MLflow experiment and UTC day with traces, as the connector counted them.
with source as (
    select
        instance,
        id,
        json_extract_string(
            payload,
            [
                '$.experiment_id', '$.day', '$.trace_count', '$.error_count', '$.unfinished_count', '$.latency_count',
                '$.latency_p50_ms', '$.latency_p95_ms'
            ]
        ) as fields,
        coalesce(
            from_json(
                payload -> '$.assessments',
                '[{"name": "VARCHAR", "scored_count": "BIGINT", "unscored_count": "BIGINT", "mean": "DOUBLE"}]'
            ),
            []
        ) as assessments
    from {{ source('raw', 'mlflow_trace_days') }}
    where is_current
)

select
    instance || ':' || id as trace_day_id,
    instance || ':' || fields[1] as experiment_id,
    instance,
    try_cast(fields[3] as bigint) as trace_count,
    try_cast(fields[4] as bigint) as error_count,
    try_cast(fields[5] as bigint) as unfinished_count,
    try_cast(fields[6] as bigint) as latency_count,
    try_cast(fields[7] as double) as latency_p50_ms,
    try_cast(fields[8] as double) as latency_p95_ms,
    assessments,
    try_cast(fields[2] as date) as day_date
from source
