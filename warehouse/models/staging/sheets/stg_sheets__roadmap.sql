-- One row per row of the roadmap tab (a milestone, or an initiative without one) and landed version of it.
with rows as (
    {{ sheet_rows('roadmap') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.initiative_id'), '') as initiative_id,
    nullif(trim(typed ->> '$.initiative'), '') as initiative_name,
    nullif(trim(typed ->> '$.milestone_id'), '') as milestone_id,
    nullif(trim(typed ->> '$.milestone'), '') as milestone_name,
    nullif(trim(typed ->> '$.sponsor'), '') as sponsor,
    nullif(trim(typed ->> '$.owner'), '') as owner,
    nullif(trim(typed ->> '$.objective_id'), '') as objective_id,
    try_cast(typed ->> '$.business_value' as double) as business_value,
    try_cast(typed ->> '$.time_criticality' as double) as time_criticality,
    try_cast(typed ->> '$.risk_reduction' as double) as risk_reduction,
    try_cast(typed ->> '$.job_size' as double) as job_size,
    try_cast(typed ->> '$.start' as date) as start_date,
    try_cast(typed ->> '$.baseline' as date) as baseline_date,
    try_cast(typed ->> '$.target' as date) as target_date,
    try_cast(typed ->> '$.done' as date) as done_date,
    {{ text_list("typed -> '$.jira_mapping'") }} as jira_mapping,
    {{ text_list("typed -> '$.repositories'") }} as repositories,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
