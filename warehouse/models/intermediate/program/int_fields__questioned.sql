-- One row per field of the newest payloads, or column of a tab, and check of how it may have drifted.
with looked_at as (
    select distinct
        source,
        instance,
        stream,
        field
    from {{ ref('stg_hub__payload_fields') }}
    where field <> ''
    union
    select
        'sheets' as source,
        instance,
        tab,
        column_name
    from {{ ref('stg_sheets__columns') }}
    union
    select
        source,
        instance,
        stream,
        field
    from {{ ref('field_drifts') }}
)

select
    checks.check_name,
    drifted.finding as subject,
    drifted.finding is not null as is_doubted,
    drifted.seen_at as moment
from looked_at
cross join {{ ref('program_checks') }} as checks
left join {{ ref('field_drifts') }} as drifted
    on
        looked_at.source = drifted.source and looked_at.instance = drifted.instance
        and looked_at.stream = drifted.stream and looked_at.field = drifted.field
        and checks.check_name = 'field_' || drifted.drift
where checks.area = 'payloads'
