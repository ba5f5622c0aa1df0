-- One row per risk seen in the data and subject of it.
select
    signals.signal_id,
    signals.rule,
    signals.title,
    signals.severity,
    signals.subject,
    signals.initiative_id,
    signals.since_at,
    signals.evidence,
    signals.register_risk_id
from {{ ref('int_risk_signals__raised') }} as signals
