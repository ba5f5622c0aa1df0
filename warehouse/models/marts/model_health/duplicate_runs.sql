-- One row per finished run that repeats an earlier one: same code, data and parameters.
select
    mlflow_run_id,
    repeated_mlflow_run_id,
    experiment_id,
    started_at,
    own_hours as hours,
    own_cost_amount as cost_amount
from {{ ref('int_runs__accounted') }}
where repeated_mlflow_run_id is not null
