-- One row per person of the people tab and landed version of it.
with rows as (
    {{ sheet_rows('people') }}
)

select
    row_id,
    instance,
    row_key,
    tab_title,
    row_number,
    nullif(trim(typed ->> '$.name'), '') as person_name,
    nullif(trim(typed ->> '$.email'), '') as email,
    nullif(trim(typed ->> '$.team'), '') as team,
    {{ text_list("typed -> '$.jira'") }} as jira_accounts,
    {{ text_list("typed -> '$.github'") }} as github_accounts,
    {{ text_list("typed -> '$.mlflow'") }} as mlflow_accounts,
    {{ text_list("typed -> '$.skills'") }} as skills,
    faults,
    faulty_columns,
    valid_from,
    valid_to,
    is_current,
    is_in_force,
    deleted_at
from rows
