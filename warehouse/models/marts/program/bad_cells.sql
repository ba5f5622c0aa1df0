-- One row per cell of the spreadsheets that cannot be read as its column asks, in rows as they are now.
select
    instance,
    tab,
    row_key,
    coalesce(fault['cell'], tab) as cell,
    fault['value'] as value,
    fault['expected'] as expected,
    fault['message'] as message,
    valid_from as seen_at
from (
    select
        instance,
        tab,
        row_key,
        unnest(faults) as fault,
        valid_from
    from {{ ref('int_sheet_rows__listed') }}
    where is_in_force
)
