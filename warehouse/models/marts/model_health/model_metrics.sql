-- One row per live version of a registered model and metric of its run.
select
    model_version_id,
    metric,
    model_id,
    role,
    baseline_version,
    value,
    baseline_value,
    target_value,
    delta,
    tolerance,
    direction,
    is_objective,
    is_better,
    is_regression,
    is_target_met
from {{ ref('int_model_metrics__compared') }}
where moment_at = {{ as_of() }}
