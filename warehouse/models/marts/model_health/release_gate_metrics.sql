-- One row per live model version, release gate and metric that is evidence for it, slice by slice.
select
    model_version_id,
    gate,
    metric,
    model_id,
    slice,
    value,
    minimum,
    maximum,
    bounds_source,
    status,
    finding
from {{ ref('int_gate_metrics__bounded') }}
where moment_at = {{ as_of() }}
