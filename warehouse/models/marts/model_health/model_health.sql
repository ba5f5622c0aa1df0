-- One row per live registered model.
select
    model_id,
    model_name as name,
    initiative_id,
    status,
    reasons,
    turns_green_when,
    evidence,
    champion_version,
    staleness_days,
    staleness_limit_days,
    regression_count,
    drift_share,
    drift_feature_count,
    run_failure_share_30d,
    run_count_30d,
    reproducible_share,
    reproducible_run_count,
    has_owner,
    has_linked_issue,
    open_gate_count,
    last_trained_at,
    last_promoted_at
from {{ ref('int_models__coloured') }}
where moment_at = {{ as_of() }}
