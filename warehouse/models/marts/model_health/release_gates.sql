-- One row per live model version and release gate.
select
    model_version_id,
    gate,
    title,
    model_id,
    framework_reference,
    eu_ai_act,
    nist_ai_rmf,
    sr_11_7,
    obligation,
    obligation_from_date,
    is_required,
    evidence,
    status,
    waiver_reason,
    waiver_until_date,
    remedy,
    plain_remedy
from {{ ref('int_release_gates__checked') }}
where moment_at = {{ as_of() }}
