-- One row per instance, stream and field of a source, or column of a tab, that is not as it is known to be.
with drifts as (
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
        seen_at
    from {{ ref('int_payload_fields__drifted') }}
    union all by name
    select
        'sheets' as source,
        instance,
        tab as stream,
        column_name as field,
        drift,
        expected,
        found,
        affected_count,
        looked_at_count,
        seen_at
    from {{ ref('int_sheet_columns__drifted') }}
)

select
    drifts.source,
    drifts.instance,
    drifts.stream,
    drifts.field,
    drifts.drift,
    drifts.expected,
    drifts.found,
    drifts.affected_count,
    drifts.looked_at_count,
    drifts.seen_at,
    drifts.source || ' ' || drifts.instance || ', ' || drifts.stream || ': ' || drifts.field || ' is ' || drifts.drift || case drifts.drift
        when 'renamed' then ' to ' || drifts.found
        when 'retyped' then ': ' || drifts.found || ' where ' || drifts.expected || ' is expected'
        else ''
    end as finding,
    checks.remedy
from drifts
inner join {{ ref('program_checks') }} as checks on 'field_' || drifts.drift = checks.check_name
