-- One row per instance, stream and field of a source, or column of a tab, that is not as it is known to be.
select
    source,
    instance,
    stream,
    field,
    drift,
    expected,
    found,
    affected_count,
    looked_at_count,
    seen_at,
    finding,
    remedy
from {{ ref('int_fields__drifted') }}
