-- One row per line and month of the budget as the sheet has it now; a bad cell keeps its last good value.
select
    budget_line_id,
    month_date,
    initiative_id,
    initiative_as_given,
    category,
    is_reserve,
    planned_amount,
    actual_amount,
    forecast_amount,
    currency,
    rate,
    planned_cell,
    actual_cell,
    forecast_cell,
    list_transform(faults, lambda fault: fault['message']) as faults
from {{ ref('int_budget_lines__converted') }} as lines
where {{ is_in_budget('lines') }}
